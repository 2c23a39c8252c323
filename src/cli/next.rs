//! The next command to type, at every ending.

use std::path::Path;

use super::args::RUNS_DIR;
use super::settings::{DoctorSettings, ImportSettings};
use crate::journal::SessionKind;
use crate::render::command_line;
use crate::report::{NextStep, Report, RunEnding, RunEntry, VerifyReport};

mod of_run;

pub(super) use of_run::OfRun;
use of_run::name_of;

/// What to do after an import, with the command for it.
pub(super) fn after_import(settings: &ImportSettings, run: &str, report: &Report) -> String {
    if settings.is_rehearsal() {
        let real = again_with(
            settings,
            &["--jira-url", "https://jira.example.org", "--dry-run"],
            &["--sandbox", "--new-run"],
        );
        return format!("with JIRA_TOKEN set, look at the plan for your Jira:\n  {real}");
    }
    let totals = report.totals();
    let is_left = totals.not_attempted + totals.in_doubt + totals.failed > 0;
    if !is_left && totals.invalid > 0 {
        let import = again_with(settings, &[], &["--new-run"]);
        return format!(
            "mend the rows that are not valid, then run again; rows that are there are skipped:\n  {import}"
        );
    }
    if !is_left && settings.limit.is_some() && totals.not_selected > 0 {
        let others = again_with(settings, &[], &["--limit", "--new-run"]);
        return format!(
            "look at what became of the pilot in Jira, then create the others:\n  {others}"
        );
    }
    let has_stdin = settings.input.has_stdin();
    after_run(
        &OfRun::new(&settings.invocation.typed, run, has_stdin),
        report,
        OffSheet::default(),
    )
}

/// How many rows of a run are left that its sheets have no more, or not so that they are known again.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct OffSheet {
    pub not_attempted: u64,
    pub failed: u64,
}

/// What to do after a session of the run `run`.
pub(super) fn after_run(run: &OfRun<'_>, report: &Report, off_sheet: OffSheet) -> String {
    let totals = report.totals();
    let resume = run.resume();
    if totals.not_attempted > off_sheet.not_attempted {
        return format!("go on with the rows that had no turn:\n  {resume}");
    }
    if totals.in_doubt > 0 {
        return format!(
            "look for the rows in doubt again; if they stay so, look for them in Jira and decide by \
             `--adopt ROW=ID` or `--absent ROW`:\n  {resume}"
        );
    }
    if totals.failed > off_sheet.failed {
        return format!("mend what the errors name in the sheet, then go on:\n  {resume}");
    }
    if totals.not_attempted + totals.failed > 0 {
        return format!(
            "what is left of the run is in its sheet no more; if it is wanted, put it back as it was, then go on (and if not, \
             `gij import FILE --new-run` creates what the sheet has now):\n  {resume}"
        );
    }
    if report.may_lack_rows() {
        return with_lost_rows();
    }
    let verify = run.verify();
    format!("in a while, see which of them Jira has indexed:\n  {verify}")
}

/// What to do about a run whose journal has lost what Jira held before it: it can be sent no more.
pub(super) fn without_baseline() -> String {
    "look in Jira for the rows in doubt; take in what is there by `--adopt ROW=ID`, and import what is missing from a sheet \
     of its own:\n  gij import FILE"
        .to_owned()
}

/// What to do about a run whose journal has lost rows.
pub(super) fn with_lost_rows() -> String {
    "see which rows of the sheet Jira does not show; an import creates those and skips what is there:\n  gij import FILE \
     --dry-run"
        .to_owned()
}

/// What to do after a verification.
pub(super) fn after_verify(run: &OfRun<'_>, report: &VerifyReport, is_undone: bool) -> String {
    if report
        .duplicates
        .iter()
        .any(|double| double.may_have_created > 1)
    {
        return remove_doubles(run);
    }
    if !report.appeared.is_empty() || !report.in_doubt.is_empty() {
        // Once begun, taking back is all that goes on.
        // What the undo was to take back is not known here.
        let settling = if is_undone {
            run.look_before_undo()
        } else {
            run.resume()
        };
        return format!("settle the rows in doubt:\n  {settling}");
    }
    if report.totals.gone > 0 {
        return "somebody removed what is gone; import a sheet of those rows if they are wanted"
            .into();
    }
    if report.totals.not_yet > 0 {
        let verify = run.verify();
        return format!(
            "what is not indexed yet may still be, or its credential does not work (see it in Jira); look again:\n  {verify}"
        );
    }
    "nothing is left to do".into()
}

/// What to do about integrations that several requests of ours created for one row of a run.
pub(super) fn remove_doubles(run: &OfRun<'_>) -> String {
    let undo = run.undo_of_doubles();
    format!("remove what is there twice, one by one:\n  {undo}")
}

/// What to do after an undo that left something, or rows in doubt.
pub(super) fn after_undo(run: &OfRun<'_>, is_something_left: bool, are_in_doubt: bool) -> String {
    let undo = run.undo();
    if is_something_left {
        return format!("see to what is named above, then go on taking it back:\n  {undo}");
    }
    if are_in_doubt {
        return format!(
            "look in Jira for the rows in doubt, and decide by `--adopt ROW=ID` (then with `--include-found`) or \
             `--absent ROW`:\n  {undo}"
        );
    }
    "what was to be taken back is gone; nothing is left to do".to_owned()
}

/// What to do after an undo of a run whose journal has lost rows.
pub(super) fn after_undo_with_lost_rows() -> String {
    "what is known of the run is taken back; look in Jira for what the rows that its journal has lost created, and remove it \
     there by hand"
        .to_owned()
}

/// What to do after the plan of an undo was shown: the same command without `--dry-run`.
pub(super) fn after_undo_dry_run(typed: &[String]) -> String {
    let words = typed.iter().map(String::as_str);
    let words = words.filter(|word| *word != "--dry-run");
    format!(
        "remove them:\n  {}",
        command_line(std::iter::once("gij").chain(words))
    )
}

/// What to do after a dry run.
pub(super) fn after_dry_run(settings: &ImportSettings, to_create: usize) -> String {
    if to_create == 0 {
        return "every valid row is there; nothing is left to do".to_owned();
    }
    let does = if settings.is_rehearsal() {
        "rehearse it"
    } else {
        "create them"
    };
    format!("{does}:\n  {}", again(settings, &[]))
}

/// What to do after nobody agreed to the plan of an import.
pub(super) fn after_declined(settings: &ImportSettings) -> String {
    if_wanted(&again(settings, &[]))
}

/// What to do after nobody agreed to what `command` does.
pub(super) fn if_wanted(command: &str) -> String {
    format!("if it is wanted after all:\n  {command}")
}

/// What to do after a dry run of a file whose last run, `run`, is not finished.
pub(super) fn instead(settings: &ImportSettings, run: &str) -> String {
    let resume = OfRun::new(&settings.invocation.typed, run, false).resume();
    format!("go on with the run that is not finished:\n  {resume}")
}

/// What to do about rows that Jira holds already, where none may be.
pub(super) fn after_existing(settings: &ImportSettings) -> String {
    let skip = again_with(settings, &[], &["--on-existing"]);
    format!("take these rows out, or skip what is there: `{skip}`")
}

/// Options of an import that a check does not have: flags, and those with a value.
const FLAGS_OF_IMPORT: [&str; 8] = [
    "--dry-run",
    "--skip-invalid",
    "--new-run",
    "--yes",
    "-y",
    "--sandbox",
    "--insecure",
    "--allow-plain-http",
];
const VALUES_OF_IMPORT: [&str; 18] = [
    "--limit",
    "--on-existing",
    "--jira-url",
    "--token-file",
    "--password-file",
    "--ca-cert",
    "--client-cert",
    "--proxy",
    "--timeout",
    "--connect-timeout",
    "--concurrency",
    "--rate",
    "--max-wait",
    "--retries",
    "--settle",
    "--max-failures",
    "--runs-dir",
    "--name",
];

/// What to do about files that are not valid: the import as it was typed, as a check.
pub(super) fn after_check(settings: &ImportSettings) -> String {
    let mut words = vec!["gij"];
    let mut typed = settings.invocation.typed.iter().map(String::as_str);
    let mut is_command_said = false;
    while let Some(word) = typed.next() {
        let name = name_of(word);
        if VALUES_OF_IMPORT.contains(&name) {
            if name == word {
                typed.next();
            }
        } else if word == "import" && !is_command_said {
            is_command_said = true;
            words.push("check");
        } else if !FLAGS_OF_IMPORT.contains(&word) {
            words.push(as_file(word));
        }
    }
    format!(
        "mend the files, then check them again:\n  {}",
        command_line(words)
    )
}

/// What to do after Jira was looked at.
pub(super) fn after_doctor(settings: &DoctorSettings, is_usable: bool) -> String {
    let typed = settings.invocation.typed.iter().map(String::as_str);
    if !is_usable {
        return format!(
            "once that is mended, look again:\n  {}",
            command_line(std::iter::once("gij").chain(typed))
        );
    }
    let mut words = vec!["gij"];
    for word in typed {
        match word {
            "doctor" if !words.contains(&"import") => words.extend(["import", "FILE"]),
            word => words.push(word),
        }
    }
    words.push("--dry-run");
    format!(
        "look at the plan for your sheet:\n  {}",
        command_line(words)
    )
}

/// What is left to do about a run that is not at work; none if nothing is.
pub(super) fn about_run(run: &RunEntry, runs_dir: &Path) -> Option<NextStep> {
    let totals = run.totals?;
    if run.rehearsal || run.ending == RunEnding::AtWork {
        return None;
    }
    // It can take in what is there, and send no more.
    let is_stuck = run.baseline_lost && totals.not_attempted + totals.in_doubt + totals.failed > 0;
    let is_undo_over = run.command != Some(SessionKind::Undo) || run.ending == RunEnding::Complete;
    let (does, command) = match totals {
        // Once begun, taking back is all that goes on.
        _ if run.undo_begun && is_undo_over => return None,
        // Which rows it was to take back is not in the journal, so the next one only looks.
        _ if run.undo_begun => (
            "see what is left to take back, choosing rows as before",
            "undo",
        ),
        _ if is_stuck => (
            "it can send no more; take in what Jira shows of it by `gij resume RUN --adopt ROW=ID`, and import what is missing \
             from a sheet of its own",
            "import",
        ),
        _ if totals.not_attempted > 0 => ("go on", "resume"),
        _ if totals.in_doubt > 0 => ("settle the rows in doubt", "resume"),
        _ if totals.failed > 0 => ("mend the rows that failed, then", "resume"),
        _ if run.may_lack_rows => (
            "its journal has lost rows; see which of the sheet Jira does not show",
            "import",
        ),
        _ => return None,
    };
    let mut words = match command {
        "import" if is_stuck => vec!["gij", command, "FILE"],
        "import" => vec!["gij", command, "FILE", "--dry-run"],
        "undo" => vec!["gij", command, &run.run, "--dry-run"],
        command => vec!["gij", command, &run.run],
    };
    let runs_dir = runs_dir.to_string_lossy();
    if runs_dir != RUNS_DIR {
        words.extend(["--runs-dir", &runs_dir]);
    }
    if command == "resume" && run.files.iter().any(|file| &**file == "-") {
        words.push("FILE");
    }
    Some(NextStep {
        does,
        command: command_line(words),
    })
}

/// The rehearsal as it was typed.
pub(super) fn rehearse_again(settings: &ImportSettings) -> String {
    again(settings, &[])
}

/// What to do where there are no runs.
pub(super) fn without_runs() -> String {
    "begin with a rehearsal, which touches no Jira, or name another directory by `--runs-dir`:\n  \
     gij import FILE --sandbox"
        .to_owned()
}

/// A word that was typed; what was read from standard input cannot be read again, and needs a file in its place.
fn as_file(word: &str) -> &str {
    if word == "-" { "FILE" } else { word }
}

/// The command as it was typed, with `more`, and without what was for once only.
fn again(settings: &ImportSettings, more: &[&str]) -> String {
    again_with(settings, more, &[])
}

fn again_with(settings: &ImportSettings, more: &[&str], less: &[&str]) -> String {
    let mut words = vec!["gij"];
    let mut typed = settings.invocation.typed.iter().map(String::as_str);
    while let Some(word) = typed.next() {
        let name = name_of(word);
        if name != "--dry-run" && !less.contains(&name) {
            words.push(as_file(word));
        } else if name == word && VALUES_OF_IMPORT.contains(&name) {
            typed.next();
        }
    }
    // What stands behind `--` is a file.
    let end = words
        .iter()
        .position(|word| *word == "--")
        .unwrap_or(words.len());
    words.splice(end..end, more.iter().copied());
    command_line(words)
}

#[cfg(test)]
mod tests;
