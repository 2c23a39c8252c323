//! The list of the runs on disk.

use std::fmt::Write as _;

use super::style::{BOLD, DIM, YELLOW, count, one_line, paint};
use crate::journal::{SessionKind, Totals};
use crate::model::Outcome;
use crate::report::{RunEnding, RunEntry, RunsReport};

/// The table of the runs, the newest first: below each what it did, and the next command where something is left to do.
pub(crate) fn runs(report: &RunsReport) -> String {
    let widths = report.runs.iter().map(|run| run.run.chars().count());
    let width = widths.max().unwrap_or_default();
    let mut text = String::new();
    let head = format!("{:width$}  {:21}  STATUS", "RUN", "STARTED");
    let _ = writeln!(text, "{}", paint(DIM, head));
    for run in &report.runs {
        let id = paint(BOLD, format!("{:width$}", one_line(&run.run)));
        let started = run.started.strftime("%e %b %Y %H:%M UTC");
        let _ = writeln!(text, "{id}  {started}  {}", status(run));
        let _ = writeln!(text, "    {}", one_line(&what(run)));
        if let Some(next) = &run.next {
            let _ = writeln!(text, "    {}: `{}`", next.does, next.command);
        }
    }
    text
}

/// How it ended: `finished, 36 failed`, `stopped: Jira refused the login`, `undo interrupted`.
fn status(run: &RunEntry) -> String {
    let ending = match run.ending {
        RunEnding::AtWork => "running",
        RunEnding::Complete => "finished",
        RunEnding::Stopped => "stopped",
        RunEnding::Interrupted => "interrupted",
        RunEnding::Died => "ended abruptly",
        RunEnding::Unreadable => "unreadable",
    };
    let command = run.command.filter(|kind| *kind != SessionKind::Import);
    let command = command.map_or_else(String::new, |kind| format!("{} ", kind.name()));
    let rehearsal = if run.rehearsal { "rehearsal " } else { "" };
    let mut text = format!("{rehearsal}{command}{ending}");
    if let Some(totals) = run.totals.filter(|_| run.ending == RunEnding::Complete) {
        use Outcome::{Absent, Failed, InDoubt, Invalid};
        for outcome in [Failed, InDoubt, Absent, Invalid] {
            if let rows @ 1.. = totals.of(outcome) {
                let _ = write!(text, ", {rows} {outcome}");
            }
        }
    }
    if !matches!(run.ending, RunEnding::Complete | RunEnding::AtWork) {
        text = paint(YELLOW, text);
    }
    if let Some(why) = &run.why {
        let _ = write!(text, ": {}", one_line(why));
    }
    if run.damaged {
        text.push_str("; its journal is damaged");
    }
    text
}

/// `onboarding.xlsx into Acme Jira (https://jira.example.org): 180 rows, 169 created, 11 exist`.
fn what(run: &RunEntry) -> String {
    let jira = match &run.jira.title {
        _ if run.rehearsal => "the sandbox".to_owned(),
        Some(title) => format!("{title} ({})", run.jira.url),
        None => run.jira.url.clone(),
    };
    let rows = run.totals.map(|totals| rows(&totals, run));
    format!(
        "{} into {jira}{}",
        run.files.join(", "),
        rows.unwrap_or_default()
    )
}

fn rows(totals: &Totals, run: &RunEntry) -> String {
    let is_at_work = run.ending == RunEnding::AtWork;
    let mut text = format!(": {}", count(totals.read, "row", "rows"));
    for outcome in Outcome::ALL {
        let number = totals.of(outcome);
        let words = match outcome {
            Outcome::Exists if number != 1 => "exist".to_owned(),
            Outcome::InDoubt if is_at_work => "in progress or in doubt".to_owned(),
            Outcome::NotAttempted if is_at_work => "still to do".to_owned(),
            outcome => outcome.to_string(),
        };
        if number > 0 {
            let _ = write!(text, ", {number} {words}");
        }
    }
    for (number, words) in [
        (totals.removed, "removed since"),
        (totals.restored, "put back since"),
        (run.left_alone as u64, "left alone"),
        (run.to_undo as u64, "still to undo"),
    ] {
        if number > 0 {
            let _ = write!(text, ", {number} {words}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::journal::samples::{answered, closed, intent, opened, row, session};
    use crate::journal::{End, ReadError, ReadRun, RunState, StoredRun, Verdict};
    use crate::report::NextStep;

    fn stored(id: &str) -> StoredRun {
        StoredRun {
            path: PathBuf::from("gij-runs").join(id),
            id: id.into(),
            opened: opened(),
        }
    }

    fn state() -> RunState {
        let mut state = RunState::new(opened());
        let events = [
            row(1),
            row(2),
            session(),
            intent(1, 1),
            answered(1, 1, Verdict::Created),
            intent(2, 1),
        ];
        for event in events {
            state.apply(event);
        }
        state
    }

    fn listed(id: &str, state: RunState) -> RunEntry {
        let read = ReadRun {
            state,
            is_torn: false,
            damaged: Vec::new(),
            end: End::default(),
        };
        RunEntry::new(&stored(id), &Ok(read))
    }

    #[test]
    fn each_run_is_listed_with_what_it_did_and_what_is_next() {
        let mut complete = state();
        complete.apply(answered(2, 1, Verdict::Created));
        complete.apply(closed());
        let mut died = listed("20261122T101503Z-b", state());
        let mut at_work = listed("a", state());
        at_work.ending = RunEnding::AtWork;
        died.next = Some(NextStep {
            does: "continue",
            command: "gij resume b".into(),
        });
        let lost = Err(ReadError::NoOpening("b/journal.jsonl".into()));
        let runs = vec![
            at_work,
            died,
            listed("c", complete),
            RunEntry::new(&stored("d"), &lost),
        ];
        let text = super::runs(&RunsReport::new(Path::new("gij-runs"), runs, &[]));
        let text = anstream::adapter::strip_str(&text).to_string();
        insta::assert_snapshot!(text);
    }
}
