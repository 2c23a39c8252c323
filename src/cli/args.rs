//! The commands, and the options that every command has. The options of a command stand in its own file.

use clap::builder::styling::{AnsiColor, Styles};
use clap::{CommandFactory as _, Parser, Subcommand};

use super::check::CheckArgs;
use super::completions::CompletionsArgs;
use super::context::CommonArgs;
use super::doctor::DoctorArgs;
use super::explain::ExplainArgs;
use super::export::ExportArgs;
use super::import::ImportArgs;
use super::loaded_run::RunsArgs;
use super::man::ManArgs;
use super::probe::ProbeArgs;
use super::report::ReportRunArgs;
use super::resume::ResumeArgs;
use super::sandbox::SandboxArgs;
use super::template::TemplateArgs;
use super::undo::UndoArgs;
use super::update::UpdateArgs;
use super::verify::VerifyArgs;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold());

const TEMPLATE: &str = "\
{about}

{usage-heading} {usage}

Prepare:
  check        Validate spreadsheets and report every problem; no network
  probe        Try each row's credential at its git host, before Jira gets it
  template     Write a starter spreadsheet with explanations and drop-down lists
  doctor       Check the connection, the login and the app, and suggest fixes

Run:
  import       Validate, show the plan, ask, create each integration once
  update       Change named fields of existing integrations, such as tokens
  resume       Continue a run that was interrupted or has failed rows

Afterwards:
  verify       Show which integrations Jira has indexed, and what they found
  undo         Remove what a run created, or put back what it updated
  report       Write the report of a run again, in any form
  export       Write what Jira holds as a spreadsheet that check and import read
  runs         List the runs, how each ended, and the next command to type

Help:
  explain      Explain a diagnostic, an integration type or a column
  sandbox      Run a simulated Jira to rehearse against
  completions  Write completions for a shell
  man          Write manual pages
  help         Show help for a command

Options:
{options}

To rehearse without touching Jira:  gij import FILE --sandbox
";

/// Create and update Git Integration for Jira integrations from spreadsheets: validated first, each row once
#[derive(Debug, Parser)]
#[command(name = "gij", version, styles = STYLES, help_template = TEMPLATE, max_term_width = 100)]
#[command(arg_required_else_help = true)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub common: CommonArgs,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Validate spreadsheets and report every problem; no network
    Check(CheckArgs),
    /// Try each row's credential at its git host, before Jira gets it
    Probe(ProbeArgs),
    /// Write a starter spreadsheet with explanations and drop-down lists
    Template(TemplateArgs),
    /// Check the connection, the login and the app, and suggest fixes
    Doctor(DoctorArgs),
    /// Validate, show the plan, ask, create each integration once
    Import(Box<ImportArgs>),
    /// Change named fields of existing integrations, such as tokens
    Update(Box<UpdateArgs>),
    /// Continue a run that was interrupted or has failed rows
    Resume(Box<ResumeArgs>),
    /// Show which integrations Jira has indexed, and what they found
    Verify(VerifyArgs),
    /// Remove what a run created, or put back what it updated
    Undo(Box<UndoArgs>),
    /// Write the report of a run again, in any form
    Report(ReportRunArgs),
    /// Write what Jira holds as a spreadsheet that check and import read
    Export(ExportArgs),
    /// List the runs, how each ended, and the next command to type
    Runs(RunsArgs),
    /// Explain a diagnostic, an integration type or a column
    Explain(ExplainArgs),
    /// Run a simulated Jira to rehearse against
    Sandbox(SandboxArgs),
    /// Write completions for a shell
    Completions(CompletionsArgs),
    /// Write manual pages
    Man(ManArgs),
}

/// The command as clap knows it: for tests and documentation.
pub fn command() -> clap::Command {
    let header = STYLES.get_header();
    Cli::command().mut_subcommands(|command| {
        let examples = examples(command.get_name());
        command.after_long_help(format!("{header}Examples:{header:#}\n{examples}"))
    })
}

/// The examples of a command, one a line; none for the program as a whole.
fn examples(command: &str) -> &'static str {
    // Each begins with a line that names its command.
    let mut sections = include_str!("examples.txt").split("\n\n");
    let found = sections.find_map(|section| section.strip_prefix(command)?.strip_prefix('\n'));
    found.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clap_finds_no_fault_in_the_definitions() {
        command().debug_assert();
    }

    #[test]
    fn every_command_stands_in_the_overview() {
        for command in command().get_subcommands() {
            let line = format!(
                "  {:12} {}",
                command.get_name(),
                command.get_about().unwrap()
            );
            assert!(TEMPLATE.contains(&line), "{line}");
            assert!(line.len() <= 80, "too long for a terminal: {line}");
        }
    }

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
