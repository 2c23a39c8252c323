//! The next command to type, at every ending.

use super::settings::{ImportSettings, TargetSettings};
use crate::model::Outcome;
use crate::render::command_line;
use crate::report::Report;

/// What to do after a run, with the command for it.
pub(super) fn after_run(settings: &ImportSettings, report: &Report) -> String {
    let totals = &report.totals;
    let import = import_command(settings, &[]);
    let dry_run = import_command(settings, &["--dry-run"]);
    if matches!(settings.target, TargetSettings::Sandbox) {
        let real = real_command(settings, &["--dry-run"]);
        return format!("with JIRA_TOKEN set, look at the plan for your Jira:\n  {real}");
    }
    if totals.of(Outcome::InDoubt) > 0 {
        return format!(
            "in a minute, see which of the rows in doubt Jira shows (`exists`); those without a display name cannot be \
             recognised, so look for them in Jira:\n  {dry_run}"
        );
    }
    if totals.of(Outcome::Failed) > 0 {
        return format!(
            "mend the rows that failed, then run again; rows that are there are skipped:\n  {import}"
        );
    }
    if totals.of(Outcome::NotAttempted) > 0 {
        return format!(
            "go on with the rows that had no turn; rows that are there are skipped:\n  {import}"
        );
    }
    format!("nothing is left to do; see that every named row exists:\n  {dry_run}")
}

/// What to do after a dry run.
pub(super) fn after_dry_run(settings: &ImportSettings, to_create: usize) -> String {
    match &settings.target {
        _ if to_create == 0 => "every row is there; nothing is left to do".to_owned(),
        TargetSettings::Sandbox => format!("rehearse it:\n  {}", import_command(settings, &[])),
        TargetSettings::Jira(_) => format!("create them:\n  {}", import_command(settings, &[])),
    }
}

/// What to do about files that are not valid.
pub(super) fn after_check(settings: &ImportSettings) -> String {
    let files = settings
        .input
        .files
        .iter()
        .map(|file| file.display().to_string());
    let words: Vec<String> = ["gij".to_owned(), "check".to_owned()]
        .into_iter()
        .chain(files)
        .chain(secret_options(settings))
        .collect();
    format!("mend the files, then check them again:\n  {}", line(&words))
}

/// This import again, without what was only for once.
fn import_command(settings: &ImportSettings, more: &[&str]) -> String {
    let target = match &settings.target {
        TargetSettings::Sandbox => vec!["--sandbox".to_owned()],
        TargetSettings::Jira(jira) => {
            let mut words = vec!["--jira-url".to_owned(), jira.base.as_str().to_owned()];
            for (option, file) in [
                ("--token-file", &jira.token_file),
                ("--password-file", &jira.password_file),
            ] {
                if let Some(file) = file {
                    words.extend([option.to_owned(), file.display().to_string()]);
                }
            }
            words
        }
    };
    with(settings, &target, more)
}

/// This import to a real Jira.
fn real_command(settings: &ImportSettings, more: &[&str]) -> String {
    let target = [
        "--jira-url".to_owned(),
        "https://jira.example.org".to_owned(),
    ];
    with(settings, &target, more)
}

fn with(settings: &ImportSettings, target: &[String], more: &[&str]) -> String {
    let files = settings
        .input
        .files
        .iter()
        .map(|file| file.display().to_string());
    let mut words: Vec<String> = vec!["gij".into(), "import".into()];
    words.extend(files);
    words.extend(secret_options(settings));
    words.extend(target.iter().cloned());
    words.extend(more.iter().map(|word| (*word).to_owned()));
    line(&words)
}

fn secret_options(settings: &ImportSettings) -> Vec<String> {
    let secrets = &settings.input.secrets;
    let patterns = secrets.allow_env.iter();
    let mut words: Vec<String> = patterns
        .flat_map(|pattern| ["--allow-env".to_owned(), pattern.clone()])
        .collect();
    if let Some(dir) = &secrets.secrets_dir {
        words.extend(["--secrets-dir".to_owned(), dir.display().to_string()]);
    }
    words
}

fn line(words: &[String]) -> String {
    command_line(words.iter().map(String::as_str))
}
