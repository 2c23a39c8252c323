//! What other runs on the same Jira mean for an import or a resume: a file whose last run is unfinished, rows that are in
//! doubt, and integrations that an undo has just deleted or may still delete.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use super::connect::Destination;
use super::exit::{Exit, Failure};
use super::import::Import;
use super::next::{FILE, Given, NextCommand};
use crate::jira::BaseUrl;
use crate::journal::{History, Key, PastRun, RecentDeletions, StoredRun, Totals};
use crate::model::{Place, RemoteIntegration};
use crate::plan::Plan;
use crate::render::{Screen, count};

/// Reads the runs below `runs_dir` that went to the Jira at `url`.
pub(super) fn history(runs_dir: &Path, url: &str) -> io::Result<History> {
    History::read(runs_dir, |jira| {
        BaseUrl::parse(&jira.url).is_ok_and(|base| base.as_str() == url)
    })
}

/// Reads the runs on the Jira of an import; none for a rehearsal, which has its Jira to itself.
pub(super) fn history_of(import: &Import<'_>) -> Result<History, Failure> {
    let Destination::Jira(base) = &import.destination else {
        return Ok(History::default());
    };
    let runs_dir = &import.args.runs.runs_dir;
    match history(runs_dir, base.as_str()) {
        // A dry run needs no directory of runs.
        Err(_) if import.args.dry_run => Ok(History::default()),
        read => read.map_err(|error| {
            let message = format!("cannot read {}: {error}", runs_dir.display());
            Failure::new(Exit::Stopped, message)
                .help("check its permissions, or choose another directory with `--runs-dir`")
        }),
    }
}

/// Refuses to start a run of a file whose last run on this Jira is unfinished. A dry run warns and continues; it gets that
/// run's id.
pub(super) fn refuse_second_run(
    import: &Import<'_>,
    history: &History,
) -> Result<Option<String>, Failure> {
    let (args, screen) = (import.args, &import.context.screen);
    let files = args.input.files.iter();
    let files = files.filter(|file| file.as_os_str() != "-");
    let files: Vec<PathBuf> = files.filter_map(|file| identity(file)).collect();
    let is_of_files = |run: &&PastRun| {
        let paths = run.stored.opened.inputs.iter();
        let mut paths = paths.filter_map(|input| input.path.as_deref());
        paths.any(|path| identity(Path::new(path)).is_some_and(|path| files.contains(&path)))
    };
    // Earlier runs are settled by the last one: whoever started it knew of them.
    let last = history.runs.iter().find(is_of_files);
    let Some(PastRun { stored, facts }) = last.filter(|_| !args.new_run) else {
        return Ok(None);
    };
    let facts = facts.as_ref().map_err(Failure::usage)?;
    if !facts.is_unfinished {
        return Ok(None);
    }
    let id = &stored.id;
    if stored.is_at_work() && !args.dry_run {
        let message = format!("another gij is at work on the run {id} of the same input");
        let failure = Failure::usage(format!("{message}; nothing was sent"));
        return Err(failure.help("wait until it has ended, or stop it"));
    }
    let left = left(facts.totals);
    let mut message = format!("the run {id} of the same input is unfinished: {left}");
    let mut help = "start a new run with `--new-run`, which skips what Jira shows".to_owned();
    if facts.has_lost_baseline {
        message.push_str("; its journal is damaged, and this run can send nothing more");
    } else {
        let resume = resume(&import.context.given, stored);
        help = format!("continue it with `{resume}`, or {help}");
    }
    if !args.dry_run {
        return Err(Failure::usage(format!("{message}; nothing was sent")).help(help));
    }
    if facts.has_lost_baseline {
        screen.problem(&format!("warning: {message}; {help}\n"));
        return Ok(None);
    }
    screen.problem(&format!("warning: {message}\n"));
    Ok(Some(id.clone()))
}

/// Refuses to create rows that are in doubt in another run, by whatever file that knows them: they may be there, and Jira's
/// list not show them yet. A dry run warns and continues.
pub(super) fn refuse_rows_in_doubt(
    import: &Import<'_>,
    plan: &Plan,
    history: &History,
) -> Result<(), Failure> {
    let (args, given) = (import.args, &import.context.given);
    let mut ours: HashMap<String, Vec<(Key, &Place)>> = HashMap::new();
    for row in plan.to_create().filter(|_| !args.new_run) {
        if let Some(key) = row.record.key().map(Key::from) {
            let of_name = ours.entry(key.name.clone()).or_default();
            of_name.push((key, &row.place));
        }
    }
    for PastRun { stored, facts } in &history.runs {
        // A run that cannot be read tells nothing, and whoever needs it is told so.
        let Ok(facts) = facts else { continue };
        let in_doubt = facts.in_doubt.iter().filter_map(|theirs| {
            let mut of_name = ours.get(&theirs.name)?.iter();
            let (_, place) = of_name.find(|(ours, _)| may_be_same(ours, theirs))?;
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
        let id = &stored.id;
        let message =
            format!("{place}{others} may exist in Jira already: in doubt in the run {id}");
        let settle = if facts.is_undone {
            undo_dry_run(given, id)
        } else {
            resume(given, stored)
        };
        let help = format!(
            "settle it there first with `{settle}`, or start a new run with `--new-run`, which only skips what Jira shows"
        );
        if !args.dry_run {
            return Err(Failure::usage(format!("{message}; nothing was sent")).help(help));
        }
        let screen = &import.context.screen;
        screen.problem(&format!("warning: {message}; {help}\n"));
    }
    Ok(())
}

/// Takes what an undo has just deleted out of a list that still shows it.
pub(super) fn leave_out_deleted(
    deletions: &RecentDeletions,
    list: &mut Vec<RemoteIntegration>,
    screen: &Screen,
) {
    let shown = list.len();
    list.retain(|shown| !deletions.is_gone(shown));
    let stale = shown - list.len();
    if stale > 0 {
        let what = count(stale as u64, "integration", "integrations");
        screen.info(&format!(
            "note: Jira's list still shows {what} that an undo has just removed, which are ignored\n"
        ));
    }
}

/// Refuses a plan by which a row exists that a deletion may still remove.
pub(super) fn refuse_deletions_in_doubt(
    deletions: &RecentDeletions,
    plan: &Plan,
    given: &Given,
) -> Result<(), Failure> {
    match deletion_in_doubt(deletions, plan, given) {
        Some((message, help)) => {
            Err(Failure::usage(format!("{message}; nothing was sent")).help(help))
        }
        None => Ok(()),
    }
}

/// What keeps such a plan from being carried out, and what to do about it.
pub(super) fn deletion_in_doubt(
    deletions: &RecentDeletions,
    plan: &Plan,
    given: &Given,
) -> Option<(String, String)> {
    let rows = plan.rows().iter();
    let mut rows = rows.filter_map(|row| {
        let id = row.action.id()?;
        Some((row, id, deletions.in_doubt(id)?))
    });
    let (row, id, run) = rows.next()?;
    let others = match rows.count() as u64 {
        0 => String::new(),
        more => format!(" (also for {})", count(more, "more row", "more rows")),
    };
    let place = &row.row.place;
    let message = format!(
        "Jira shows integration {id} for {place}, but the undo of {run} may still remove it: its request is in doubt{others}"
    );
    let undo = undo_dry_run(given, run);
    let help = format!(
        "settle that first with `{undo}`, or wait: an integration that Jira still shows some minutes later stays"
    );
    Some((message, help))
}

/// Whether two keys of the same name may be of one integration; no origin matches any.
fn may_be_same(ours: &Key, theirs: &Key) -> bool {
    let is_same_origin = match (&ours.origin, &theirs.origin) {
        (Some(ours), Some(theirs)) => ours == theirs,
        _ => true,
    };
    ours.integration_type == theirs.integration_type && is_same_origin
}

/// The command that resumes a run.
fn resume(given: &Given, run: &StoredRun) -> NextCommand {
    let file = run.has_stdin().then(|| FILE.to_owned());
    let operands = [run.id.clone()].into_iter().chain(file);
    given.next("resume").operands(operands)
}

/// The command that shows what is left to undo of a run.
fn undo_dry_run(given: &Given, run: &str) -> NextCommand {
    let undo = given.next("undo").operands([run.to_owned()]);
    undo.options(&["--dry-run"])
}

/// What a file is recognised by, wherever a command is typed and through links.
fn identity(file: &Path) -> Option<PathBuf> {
    let path = file.canonicalize().or_else(|_| std::path::absolute(file));
    path.ok()
}

fn left(totals: Totals) -> String {
    let not_attempted = count(totals.not_attempted, "row", "rows");
    let in_doubt = count(totals.in_doubt, "is in doubt", "are in doubt");
    match (totals.not_attempted, totals.in_doubt) {
        (_, 0) => format!("{not_attempted} not attempted"),
        (0, rows) => count(rows, "row is in doubt", "rows are in doubt"),
        _ => format!("{not_attempted} not attempted, {in_doubt}"),
    }
}
