//! `gij runs`.

use std::path::Path;

use super::context::{Context, write_json};
use super::exit::{Exit, Failure};
use super::loaded_run::RunsArgs;
use super::next::{FILE, Given, adopt_or_import, left_to_do};
use crate::journal::{
    FindRunError, ReadError, ReadRun, RunState, SessionKind, StoredRun, StoredRuns,
};
use crate::render::{Screen, runs as table};
use crate::report::{NextStep, RunEnding, RunEntry, RunsReport};

/// Lists the runs and what is left to do about each.
pub(super) fn runs(args: &RunsArgs, context: &Context) -> Result<Exit, Failure> {
    let runs_dir = &args.runs_dir;
    let stored = StoredRuns::below(runs_dir).map_err(|error| {
        let failure = Failure::usage(format!("cannot read {}: {error}", runs_dir.display()));
        failure.help("check its permissions, or choose another directory with `--runs-dir`")
    })?;
    let given = &context.given;
    let listed = stored.read_each(|run, read| listed(run, read, given));
    let report = RunsReport::new(runs_dir, listed, &stored.skipped);
    if context.is_json {
        write_json(&report)?;
    } else {
        show(&report, runs_dir, &context.screen);
    }
    Ok(Exit::Done)
}

fn listed(run: &StoredRun, mut read: Result<ReadRun, ReadError>, given: &Given) -> RunEntry {
    let is_open = matches!(&read, Ok(read) if read.state.closed.is_none());
    let is_at_work = is_open && run.is_at_work();
    if is_open && !is_at_work {
        // It may have ended since its journal was read.
        read = run.read();
    }
    let mut listed = RunEntry::new(run, &read);
    if is_at_work {
        listed.ending = RunEnding::AtWork;
    }
    listed.next = read.ok().and_then(|read| next(&listed, &read.state, given));
    listed
}

fn show(report: &RunsReport, runs_dir: &Path, screen: &Screen) {
    if report.runs.is_empty() {
        let none = FindRunError::no_runs(runs_dir);
        screen.result(&format!("{none}\n"));
        screen.info(&format!("{}\n", none.help));
        screen
            .info("\nNext: to rehearse without contacting a Jira:\n  gij import FILE --sandbox\n");
    } else {
        screen.result(&table(report));
    }
    for other in &report.others {
        screen.info(&format!("skipped {}: {}\n", other.directory, other.why));
    }
}

/// What is left to do about a run; none if nothing is, or while it is at work.
fn next(run: &RunEntry, state: &RunState, given: &Given) -> Option<NextStep> {
    let totals = run.totals?;
    if run.rehearsal || run.ending == RunEnding::AtWork {
        return None;
    }
    let is_update = state.opened.is_update();
    if !state.has_begun() {
        // It is not resumed.
        let name = if is_update { "update" } else { "import" };
        let again = given.next(name).operands([FILE.to_owned()]);
        let does = "nothing was sent; start again with the options that it had";
        return (totals.not_attempted > 0).then(|| NextStep::new(does, again));
    }
    // An undo that has undone nothing yet, or duplicates alone, leaves the run as it was.
    let has_undone = run.undo_begun || totals.removed + totals.restored + totals.not_undone > 0;
    let is_left = run.to_undo > 0 || has_undone && run.ending != RunEnding::Complete;
    if run.command == Some(SessionKind::Undo) && is_left {
        let does = if run.undo_begun {
            "see what is left to undo"
        } else {
            // The rows are not known here, so the next undo must not delete yet.
            "see what is left to undo, with the same rows selected"
        };
        return Some(NextStep::new(does, given.undo_dry_run(&run.run)));
    }
    // After an undo of the whole run has begun, it is not resumed.
    if run.undo_begun {
        return None;
    }
    if run.baseline_lost && totals.not_attempted + totals.in_doubt + totals.failed > 0 {
        return Some(adopt_or_import(given));
    }
    let has_stdin = run.files.iter().any(|file| file == "-");
    let resume = given.resume(&run.run, has_stdin);
    left_to_do(&totals, is_update, run.may_lack_rows, &resume, given)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::command;
    use crate::journal::Totals;
    use crate::journal::samples::{intent, opened};
    use crate::model::Outcome;

    /// A complete run with one row created, and `change`.
    fn run(change: impl FnOnce(&mut RunEntry)) -> RunEntry {
        let opened = opened();
        let mut run = RunEntry {
            run: "a".into(),
            directory: "gij-runs/a".into(),
            rehearsal: false,
            jira: opened.jira,
            files: Vec::new(),
            started: opened.at,
            finished: Some(opened.at),
            command: Some(SessionKind::Import),
            ending: RunEnding::Complete,
            why: None,
            undo_begun: false,
            damaged: false,
            baseline_lost: false,
            may_lack_rows: false,
            unfinished: false,
            totals: Some(Totals {
                read: 1,
                created: 1,
                ..Totals::default()
            }),
            removed: 0,
            to_undo: 0,
            left_alone: 0,
            next: None,
        };
        change(&mut run);
        run
    }

    fn given() -> Given {
        let mut root = command();
        let matches = root.try_get_matches_from_mut(["gij", "runs"]).unwrap();
        Given::new(root, &matches)
    }

    fn next_of(change: impl FnOnce(&mut RunEntry)) -> Option<String> {
        let run = run(change);
        let mut state = RunState::new(opened());
        state.apply(intent(1, 1));
        next(&run, &state, &given()).map(|next| next.command)
    }

    #[test]
    fn a_run_that_sent_nothing_is_begun_again() {
        let state = RunState::new(opened());
        let next_of = |outcome| {
            let next = next(&run(with(outcome)), &state, &given());
            next.map(|next| next.command)
        };
        let again = next_of(Outcome::NotAttempted);
        assert_eq!(again.as_deref(), Some("gij import FILE"));
        assert_eq!(next_of(Outcome::Exists), None);
    }

    fn with(outcome: Outcome) -> impl FnOnce(&mut RunEntry) {
        move |run| {
            let rows = [(Outcome::Created, None), (outcome, None)];
            run.totals = Some(rows.into_iter().collect());
        }
    }

    #[test]
    fn a_run_with_something_left_to_do_has_a_next_command() {
        for outcome in Outcome::ALL {
            let is_left = [Outcome::Failed, Outcome::InDoubt, Outcome::NotAttempted];
            let expected = is_left
                .contains(&outcome)
                .then(|| "gij resume a".to_owned());
            assert_eq!(next_of(with(outcome)), expected, "{outcome}");
        }
    }

    #[test]
    fn a_rehearsal_and_a_run_at_work_have_none() {
        for change in [
            (|run| run.rehearsal = true) as fn(&mut RunEntry),
            |run| run.ending = RunEnding::AtWork,
            |run| run.totals = None,
        ] {
            let next = next_of(|run| {
                with(Outcome::NotAttempted)(run);
                change(run);
            });
            assert_eq!(next, None);
        }
    }

    #[test]
    fn after_an_undo_has_begun_only_that_continues() {
        let undo = |command, ending| {
            next_of(|run| {
                with(Outcome::NotAttempted)(run);
                run.undo_begun = true;
                run.command = Some(command);
                run.ending = ending;
            })
        };
        assert_eq!(
            undo(SessionKind::Undo, RunEnding::Died).as_deref(),
            Some("gij undo a --dry-run")
        );
        assert_eq!(undo(SessionKind::Undo, RunEnding::Complete), None);
        assert_eq!(undo(SessionKind::Verify, RunEnding::Complete), None);
        let next = next_of(|run| {
            with(Outcome::Failed)(run);
            run.command = Some(SessionKind::Undo);
            run.to_undo = 1;
        });
        assert_eq!(next.as_deref(), Some("gij undo a --dry-run"));
    }

    #[test]
    fn a_run_that_can_send_no_more_is_not_resumed() {
        for outcome in [Outcome::Failed, Outcome::InDoubt, Outcome::NotAttempted] {
            let next = next_of(|run| {
                with(outcome)(run);
                run.baseline_lost = true;
            });
            assert_eq!(next.as_deref(), Some("gij import FILE"), "{outcome}");
        }
        assert_eq!(next_of(|run| run.baseline_lost = true), None);
    }

    #[test]
    fn rows_that_a_journal_has_lost_are_searched_for_when_nothing_else_is_left() {
        let next = next_of(|run| run.may_lack_rows = true);
        assert_eq!(next.as_deref(), Some("gij import FILE --dry-run"));
        let next = next_of(|run| {
            with(Outcome::InDoubt)(run);
            run.may_lack_rows = true;
        });
        assert_eq!(next.as_deref(), Some("gij resume a"));
    }
}
