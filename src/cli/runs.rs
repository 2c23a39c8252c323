//! `gij runs`.

use std::path::Path;

use super::args::RunsArgs;
use super::check::write_json;
use super::exit::{Exit, Failure};
use super::next;
use crate::journal::{StoredRun, StoredRuns};
use crate::render::{Screen, runs as table};
use crate::report::{RunActivity, RunEntry, RunsReport, document};

/// Lists the runs and what is left to do about each.
pub(super) fn runs(args: &RunsArgs, is_json: bool, screen: &Screen) -> Result<Exit, Failure> {
    let runs_dir = &args.runs_dir;
    let stored = StoredRuns::below(runs_dir).map_err(|error| {
        let failure = Failure::usage(format!("cannot read {}: {error}", runs_dir.display()));
        failure.help("check who may read it, or name another directory by `--runs-dir`")
    })?;
    let listed = stored.runs.iter().map(|run| entry(run, runs_dir));
    let report = RunsReport::new(runs_dir, listed.collect(), &stored.passed_over);
    if is_json {
        write_json(&document(&report))?;
    } else {
        show(&report, screen);
    }
    Ok(Exit::Done)
}

fn entry(run: &StoredRun, runs_dir: &Path) -> RunEntry {
    let mut read = run.read();
    let mut activity = RunActivity::None;
    if matches!(&read, Ok(read) if read.state.closed().is_none()) {
        if run.is_at_work() {
            activity = RunActivity::AtWork;
        } else {
            // It may have ended since its journal was read.
            read = run.read();
        }
    }
    let mut listed = RunEntry::new(run, &read, activity);
    listed.next = next::about_run(&listed, runs_dir);
    listed
}

fn show(report: &RunsReport, screen: &Screen) {
    if report.runs.is_empty() {
        screen.result(&format!("there are no runs in {} yet\n", report.runs_dir));
        screen.info(&format!("\nNext: {}\n", next::without_runs()));
    } else {
        screen.result(&table(report));
    }
    for other in &report.others {
        screen.info(&format!("skipped {}: {}\n", other.directory, other.why));
    }
}
