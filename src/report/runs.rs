//! The list of the runs on disk.

use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use super::run::FORMAT;
use crate::journal::{
    Ending, Jira, PassedOver, ReadError, ReadRun, RunState, SessionKind, StoredRun, Totals,
    in_millis, in_millis_or_null,
};

/// The runs on disk. Serialised, it is the document of `--format json`, keys in this order.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(crate) struct RunsReport {
    format: u32,
    /// The directory of the runs.
    pub runs_dir: String,
    /// The runs, the newest first.
    pub runs: Vec<ListedRun>,
    /// Directories beside them that are no runs.
    pub passed_over: Vec<OtherDirectory>,
}

/// One of the runs.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a key of the document"
)]
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(crate) struct ListedRun {
    /// Its id.
    pub run: String,
    /// Its directory.
    pub directory: String,
    /// Whether it went to a sandbox.
    pub rehearsal: bool,
    /// The Jira.
    pub jira: Jira,
    /// The files that it read.
    pub files: Vec<String>,
    /// When it was opened.
    #[serde(serialize_with = "in_millis")]
    pub started: Timestamp,
    /// When its last command ended; none while it goes on, or if it died.
    #[serde(serialize_with = "in_millis_or_null")]
    pub finished: Option<Timestamp>,
    /// The last command that took it up, verifications aside; none if it died before it did anything.
    pub command: Option<SessionKind>,
    /// How that ended.
    pub ending: RunEnding,
    /// What stopped it, or why its journal cannot be read.
    pub why: Option<String>,
    /// Whether somebody began to take it back, so that it can no longer be resumed.
    pub undo_begun: bool,
    /// Whether its journal has lost lines.
    pub damaged: bool,
    /// Whether its journal has lost what Jira held before it, so that it can send no more.
    pub baseline_lost: bool,
    /// Whether its journal has lost rows, or may have.
    pub may_lack_rows: bool,
    /// Whether there are rows that are in doubt or had no turn.
    pub unfinished: bool,
    /// How many rows ended how; none if the journal cannot be read.
    pub totals: Option<Totals>,
    /// What to do next; none if nothing is left to do.
    pub next: Option<NextStep>,
}

/// How the last command of a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RunEnding {
    /// It has not ended.
    AtWork,
    /// Every row had its turn.
    Complete,
    /// It stopped by itself.
    Stopped,
    /// Somebody stopped it.
    Interrupted,
    /// It has not said how: it was killed, or the machine went down.
    Died,
    /// Its journal cannot be read beyond the first line.
    Unreadable,
}

/// What to do next about a run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct NextStep {
    /// What for, in words.
    pub does: &'static str,
    /// The command to type.
    pub command: String,
}

/// A directory that is no run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct OtherDirectory {
    /// The directory.
    pub directory: String,
    /// What it lacks.
    pub why: String,
}

/// Whether a process is at work on a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Work {
    /// One is.
    UnderWay,
    /// None is.
    Over,
}

impl RunsReport {
    /// The list of `runs` below `runs_dir`.
    pub(crate) fn new(runs_dir: &Path, runs: Vec<ListedRun>, passed_over: &[PassedOver]) -> Self {
        let other = |other: &PassedOver| OtherDirectory {
            directory: other.path.display().to_string(),
            why: other.why.to_string(),
        };
        Self {
            format: FORMAT,
            runs_dir: runs_dir.display().to_string(),
            runs,
            passed_over: passed_over.iter().map(other).collect(),
        }
    }
}

impl ListedRun {
    /// A run and what its journal tells, with nothing to do next.
    pub(crate) fn of(stored: &StoredRun, read: &Result<ReadRun, ReadError>, work: Work) -> Self {
        let opened = &stored.opened;
        let mut files: Vec<String> = Vec::new();
        for input in &opened.inputs {
            if !files.contains(&input.file) {
                files.push(input.file.clone());
            }
        }
        let state = read.as_ref().ok().map(|read| &read.state);
        let closed = state.and_then(RunState::closed);
        Self {
            run: stored.id.clone(),
            directory: stored.path.display().to_string(),
            rehearsal: opened.rehearsal,
            jira: opened.jira.clone(),
            files,
            started: opened.at,
            finished: closed.map(|(_, at)| at),
            command: state.and_then(|state| {
                let kinds = state.sessions().iter().map(|session| session.kind);
                // A verification changes nothing of how the run stands.
                kinds.rev().find(|kind| *kind != SessionKind::Verify)
            }),
            ending: match (state, closed, work) {
                (None, ..) => RunEnding::Unreadable,
                (_, Some((Ending::Complete, _)), _) => RunEnding::Complete,
                (_, Some((Ending::Stopped, _)), _) => RunEnding::Stopped,
                (_, Some((Ending::Interrupted, _)), _) => RunEnding::Interrupted,
                (_, None, Work::UnderWay) => RunEnding::AtWork,
                (_, None, Work::Over) => RunEnding::Died,
            },
            why: match read {
                Ok(read) => match closed {
                    Some((Ending::Stopped, _)) => read.state.stopped().map(str::to_owned),
                    _ => None,
                },
                Err(error) => Some(error.to_string()),
            },
            undo_begun: state.is_some_and(RunState::is_undone),
            damaged: read.as_ref().is_ok_and(|read| !read.damaged.is_empty()),
            baseline_lost: state.is_some_and(RunState::has_lost_baseline),
            may_lack_rows: state.is_some_and(RunState::may_lack_rows),
            unfinished: state.is_some_and(RunState::is_unfinished),
            totals: state.map(RunState::totals),
            next: None,
        }
    }
}
