//! An unfinished run of the same file or of the same rows on the same Jira, which is to be resumed and not begun anew.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::connect::Destination;
use super::exit::{Exit, Failure};
use super::import::Import;
use super::just_removed::is_of;
use super::next::{FILE, Given, NextCommand};
use crate::journal::{Key, RunState, StoredRun, StoredRuns, Totals};
use crate::model::{Outcome, Place};
use crate::plan::Plan;
use crate::render::count;

/// Refuses to begin a run of a file whose last run on this Jira is not finished. A dry run says so and goes on; it gets that
/// run's id.
pub(super) fn refuse_second_run(import: &Import<'_>) -> Result<Option<String>, Failure> {
    let (args, screen) = (import.args, &import.context.screen);
    let Some((run, state)) = unfinished(import)? else {
        return Ok(None);
    };
    let message = format!(
        "the run {} of the same input is not finished: {}",
        run.id,
        left(state.totals())
    );
    if run.is_at_work() && !args.dry_run {
        let failure = format!(
            "another gij is at work on the run {} of the same input",
            run.id
        );
        let failure = Failure::usage(format!("{failure}; nothing was sent"));
        return Err(failure.help("wait until it has ended, or stop it"));
    }
    if state.has_lost_baseline() {
        let message =
            format!("{message}; its journal is damaged, and this run can send nothing more");
        let help = "begin another run with `--new-run`, which skips what Jira shows by then";
        if args.dry_run {
            screen.problem(&format!("warning: {message}; {help}\n"));
            return Ok(None);
        }
        return Err(Failure::usage(format!("{message}; nothing was sent")).help(help));
    }
    let resume = resume(&import.context.given, &run);
    if args.dry_run {
        screen.problem(&format!("warning: {message}\n"));
        return Ok(Some(run.id));
    }
    let failure = Failure::usage(format!("{message}; nothing was sent"));
    Err(failure.help(format!(
        "go on with it: `{resume}`; or begin another run with `--new-run`, which skips what Jira shows by then"
    )))
}

/// Refuses to create rows that are in doubt in another run on the Jira at `url`, by whatever file that knows them: they may
/// be there, and its list not show them yet. A dry run says so and goes on.
pub(super) fn refuse_rows_in_doubt(
    import: &Import<'_>,
    plan: &Plan,
    url: &str,
) -> Result<(), Failure> {
    let (args, screen) = (import.args, &import.context.screen);
    if args.new_run || args.sandbox {
        return Ok(());
    }
    let mut keys: HashMap<String, Vec<(Key, &Place)>> = HashMap::new();
    for row in plan.to_create() {
        if let Some(key) = row.record.key().map(Key::from) {
            let of_name = keys.entry(key.name.clone()).or_default();
            of_name.push((key, &row.place));
        }
    }
    if keys.is_empty() {
        return Ok(());
    }
    // A directory that cannot be read has been told of by now, and a dry run needs none.
    let stored = StoredRuns::below(&args.runs.runs_dir).unwrap_or_default();
    let is_candidate = |run: &StoredRun| !run.opened.rehearsal && is_of(run, url);
    for run in stored.runs.into_iter().filter(is_candidate) {
        // What cannot be read says nothing, and whoever needs it is told so.
        let Ok(read) = run.read() else { continue };
        let in_doubt = read.state.rows().filter_map(|(_, row)| {
            let theirs = row
                .key
                .as_ref()
                .filter(|_| row.outcome == Outcome::InDoubt)?;
            let mut ours = keys.get(&theirs.name)?.iter();
            let (_, place) = ours.find(|(ours, _)| may_be_same(ours, theirs))?;
            Some(*place)
        });
        let places: Vec<&Place> = in_doubt.collect();
        let Some((place, others)) = places.split_first() else {
            continue;
        };
        let others = match others.len() {
            0 => String::new(),
            more => format!(" (and {})", count(more as u64, "more row", "more rows")),
        };
        let message = format!(
            "{place}{others} may be in Jira already: in the run {} that is in doubt",
            run.id
        );
        let given = &import.context.given;
        let settle = if read.state.is_undone() {
            let undo = given.next("undo").operands([run.id.clone()]);
            undo.options(&["--dry-run"])
        } else {
            resume(given, &run)
        };
        let help = format!(
            "settle it there first: `{settle}`; or begin with `--new-run`, which skips only what Jira shows by then"
        );
        if args.dry_run {
            screen.problem(&format!("warning: {message}; {help}\n"));
            continue;
        }
        return Err(Failure::usage(format!("{message}; nothing was sent")).help(help));
    }
    Ok(())
}

/// Whether two keys of the same name may be of one integration; no origin matches any.
fn may_be_same(ours: &Key, theirs: &Key) -> bool {
    let is_same_origin = match (&ours.origin, &theirs.origin) {
        (Some(ours), Some(theirs)) => ours == theirs,
        _ => true,
    };
    ours.integration_type == theirs.integration_type && is_same_origin
}

/// The last run of one of the files on this Jira, if it is not finished. Earlier ones are settled
/// by it: whoever began it knew of them.
fn unfinished(import: &Import<'_>) -> Result<Option<(StoredRun, RunState)>, Failure> {
    let args = import.args;
    let Destination::Jira(base) = &import.destination else {
        return Ok(None);
    };
    if args.new_run {
        return Ok(None);
    }
    let files = args.input.files.iter();
    let files = files.filter(|file| file.as_os_str() != "-");
    let ours: Vec<PathBuf> = files.filter_map(|file| identity(file)).collect();
    let is_of_files = |run: &StoredRun| {
        let mut inputs = run
            .opened
            .inputs
            .iter()
            .filter_map(|input| input.path.as_deref());
        inputs.any(|path| identity(Path::new(path)).is_some_and(|path| ours.contains(&path)))
    };
    let is_of_jira = |run: &StoredRun| is_of(run, base.as_str());
    let stored = match StoredRuns::below(&args.runs.runs_dir) {
        Ok(stored) => stored,
        // A dry run needs no place for runs.
        Err(_) if args.dry_run => return Ok(None),
        Err(error) => {
            let runs_dir = args.runs.runs_dir.display();
            let failure = Failure::new(Exit::Stopped, format!("cannot read {runs_dir}: {error}"));
            return Err(
                failure.help("check who may read it, or name another directory by `--runs-dir`")
            );
        }
    };
    let last = stored
        .runs
        .into_iter()
        .find(|run| !run.opened.rehearsal && is_of_files(run) && is_of_jira(run));
    let Some(run) = last else {
        return Ok(None);
    };
    let state = run.read().map_err(Failure::usage)?.state;
    Ok(state.is_unfinished().then_some((run, state)))
}

/// The command that resumes a run.
fn resume(given: &Given, run: &StoredRun) -> NextCommand {
    let file = run.has_stdin().then(|| FILE.to_owned());
    let operands = [run.id.clone()].into_iter().chain(file);
    given.next("resume").operands(operands)
}

/// By what a file is known again, wherever a command is typed and through links.
fn identity(file: &Path) -> Option<PathBuf> {
    file.canonicalize()
        .or_else(|_| std::path::absolute(file))
        .ok()
}

fn left(totals: Totals) -> String {
    let no_turn = count(totals.not_attempted, "row", "rows");
    let in_doubt = count(totals.in_doubt, "is in doubt", "are in doubt");
    match (totals.not_attempted, totals.in_doubt) {
        (_, 0) => format!("{no_turn} had no turn"),
        (0, rows) => count(rows, "row is in doubt", "rows are in doubt"),
        _ => format!("{no_turn} had no turn, {in_doubt}"),
    }
}
