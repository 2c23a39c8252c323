//! The examples that `--help` and the manual pages show.

/// What to type for common tasks, by command.
const EXAMPLES: [(&str, &str); 16] = [
    (
        "check",
        "\
  # report every problem, with its cell and its fix
  gij check hosts.xlsx
  # treat warnings as errors, and write a report for a CI server
  gij check hosts.csv --strict -o check.xml
  # write a workbook for each team, with each message at its cell
  gij check hosts.xlsx -o problems.xlsx --split-by Team
",
    ),
    (
        "probe",
        "\
  # try each credential once, after showing the hosts and asking
  gij probe hosts.xlsx
  # secrets are in files below a directory
  gij probe hosts.xlsx --secrets-dir /run/secrets --yes
",
    ),
    (
        "template",
        "\
  # a workbook with a column for every field and an example for every type
  gij template -o hosts.xlsx
  # a plain sheet for two types
  gij template -o hosts.csv --type GITHUB,AZURE
",
    ),
    (
        "doctor",
        "\
  # check the connection, the login and the app; changes nothing
  gij doctor --jira-url https://jira.example.org --token-file jira.token
",
    ),
    (
        "import",
        "\
  # rehearse; no Jira is contacted
  gij import hosts.xlsx --sandbox
  # show the plan and stop
  gij import hosts.xlsx --dry-run
  # a pilot of five rows, each credential tried at its host first
  gij import hosts.xlsx --limit 5 --probe
  # the rows of one team, without a question, with a report for a CI server
  gij import hosts.xlsx --only Team=Payments --yes -o import.xml
",
    ),
    (
        "update",
        "\
  # show which tokens would be set, and stop
  gij update hosts.xlsx --fields pat --dry-run
  # set them, each tried at its host first
  gij update hosts.xlsx --fields pat --probe --yes
  # change which projects see the integrations
  gij update hosts.xlsx --fields global,projectKeys
",
    ),
    (
        "resume",
        "\
  # continue the last run
  gij resume
  # row 34 of the sheet Azure is integration 611
  gij resume onboarding --adopt 'Azure!34=611'
",
    ),
    (
        "verify",
        "\
  # wait until each integration of the last run has found repositories
  gij verify --wait 10m
",
    ),
    (
        "undo",
        "\
  # show what would be removed and stop
  gij undo --dry-run
  # remove what a run created for rows of one type
  gij undo onboarding --only type=AZURE
",
    ),
    (
        "report",
        "\
  # the report of the last run, for people and as a workbook
  gij report -o onboarding.html -o onboarding.xlsx
",
    ),
    (
        "export",
        "\
  # everything that Jira shows of its integrations; changes nothing
  gij export -o hosts.xlsx
",
    ),
    (
        "runs",
        "\
  # the runs that were started elsewhere
  gij runs --runs-dir /srv/gij/gij-runs
",
    ),
    (
        "explain",
        "\
  # a diagnostic, an integration type, a column
  gij explain origin-is-clone-url
  gij explain GITHUB_SERVER
  gij explain projectKeys
",
    ),
    (
        "sandbox",
        "\
  # a slow Jira that loses one answer in ten
  gij sandbox --latency 200ms --fault cut-after-commit=0.1
  # one that holds what another Jira does
  gij sandbox --seed export.xlsx
",
    ),
    (
        "completions",
        "\
  gij completions bash > ~/.local/share/bash-completion/completions/gij
  gij completions fish > ~/.config/fish/completions/gij.fish
",
    ),
    (
        "man",
        "\
  gij man ~/.local/share/man/man1
",
    ),
];

/// The examples of a command; none for the program as a whole.
pub(super) fn examples(command: &str) -> &'static str {
    let found = EXAMPLES.iter().find(|(name, _)| *name == command);
    found.map_or("", |(_, text)| text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::command;

    #[test]
    fn every_command_has_examples_and_each_is_valid() {
        for subcommand in command().get_subcommands() {
            let name = subcommand.get_name();
            let mut lines = examples(name).lines().map(str::trim);
            let commands: Vec<&str> = lines
                .by_ref()
                .filter(|line| !line.starts_with('#'))
                .collect();
            assert!(!commands.is_empty(), "{name}");
            for line in commands {
                let words = line.split(' ').take_while(|word| *word != ">");
                let words = words.map(|word| word.trim_matches('\''));
                let parsed = command().try_get_matches_from(words);
                assert_eq!(parsed.unwrap().subcommand_name(), Some(name), "{line}");
            }
        }
    }
}
