//! The document of `gij runs`: the runs on disk.

use std::fmt::{self, Display};
use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use crate::journal::{
    Ending, Jira, ReadError, ReadRun, RemovalOutcome, RunState, SessionKind, SkippedDir, StoredRun,
    Totals, in_millis, in_millis_or_null,
};

#[derive(Clone, PartialEq, Debug, Serialize)]
pub(crate) struct RunsReport {
    pub runs_dir: String,
    /// The newest first.
    pub runs: Vec<RunEntry>,
    /// Directories beside them that are no runs.
    #[serde(rename = "passed_over")]
    pub others: Vec<OtherDirectory>,
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a key of the document"
)]
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(crate) struct RunEntry {
    /// Its id.
    pub run: String,
    pub directory: String,
    /// Whether it went to a sandbox.
    pub rehearsal: bool,
    pub jira: Jira,
    pub files: Vec<String>,
    /// When it was opened.
    #[serde(serialize_with = "in_millis")]
    pub started: Timestamp,
    /// When its last session ended; none while it goes on, or if it died.
    #[serde(serialize_with = "in_millis_or_null")]
    pub finished: Option<Timestamp>,
    /// The command of the last session that was allowed to change something; none if it died before it did anything.
    pub command: Option<SessionKind>,
    /// How that session ended.
    pub ending: RunEnding,
    /// What stopped it, or why its journal cannot be read.
    pub why: Option<String>,
    /// Whether an undo has begun, so that it can no longer be resumed.
    pub undo_begun: bool,
    /// Whether its journal has lost lines.
    pub damaged: bool,
    /// Whether its journal has lost what Jira held before it, so that it can send no more.
    pub baseline_lost: bool,
    /// Whether its journal has lost rows, or may have.
    pub may_lack_rows: bool,
    /// Whether there are rows that are in doubt or were not attempted.
    pub unfinished: bool,
    /// None if the journal cannot be read.
    pub totals: Option<Totals>,
    /// How many of the integrations that it created an undo has removed, or found gone.
    pub removed: u64,
    /// How many rows undos have still to undo.
    pub to_undo: usize,
    /// How many rows undos left alone.
    pub left_alone: usize,
    /// None if nothing is left to do.
    pub next: Option<NextStep>,
}

/// How the last session of a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RunEnding {
    /// It has not ended.
    AtWork,
    /// Every row was attempted.
    Complete,
    /// It stopped by itself.
    Stopped,
    /// Somebody stopped it.
    Interrupted,
    /// It was killed, or the machine went down.
    Died,
    /// Its journal cannot be read beyond the first line.
    Unreadable,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct NextStep {
    /// What for, in words.
    pub does: &'static str,
    /// The command to type.
    pub command: String,
}

impl NextStep {
    pub(crate) fn new(does: &'static str, command: impl Display) -> Self {
        let command = command.to_string();
        Self { does, command }
    }
}

impl Display for NextStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:\n  {}", self.does, self.command)
    }
}

/// A directory that is no run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct OtherDirectory {
    pub directory: String,
    /// What it lacks.
    pub why: String,
}

impl RunsReport {
    pub(crate) fn new(runs_dir: &Path, runs: Vec<RunEntry>, others: &[SkippedDir]) -> Self {
        let others = others.iter().map(|other| OtherDirectory {
            directory: other.path.display().to_string(),
            why: other.why.to_string(),
        });
        Self {
            runs_dir: runs_dir.display().to_string(),
            runs,
            others: others.collect(),
        }
    }
}

impl RunEntry {
    /// A run at which no process is at work, as its journal has it, without a next step.
    pub(crate) fn new(stored: &StoredRun, read: &Result<ReadRun, ReadError>) -> Self {
        let opened = &stored.opened;
        // A file has an input for each of its sheets.
        let mut files: Vec<String> = opened.inputs.iter().map(|of| of.file.clone()).collect();
        files.dedup();
        let state = read.as_ref().ok().map(|read| &read.state);
        let closed = state.and_then(|run| run.closed);
        let ending = match closed {
            _ if state.is_none() => RunEnding::Unreadable,
            Some((Ending::Complete, _)) => RunEnding::Complete,
            Some((Ending::Stopped, _)) => RunEnding::Stopped,
            Some((Ending::Interrupted, _)) => RunEnding::Interrupted,
            None => RunEnding::Died,
        };
        Self {
            run: stored.id.clone(),
            directory: stored.path.display().to_string(),
            rehearsal: opened.rehearsal,
            jira: opened.jira.clone(),
            files,
            started: opened.at,
            finished: closed.map(|(_, at)| at),
            command: state.and_then(RunState::command),
            ending,
            why: match read {
                Ok(read) if ending == RunEnding::Stopped => read.state.stopped.clone(),
                Ok(_) => None,
                Err(error) => Some(error.to_string()),
            },
            undo_begun: state.is_some_and(|run| run.is_undone),
            damaged: read.as_ref().is_ok_and(|read| !read.damaged.is_empty()),
            baseline_lost: state.is_some_and(RunState::has_lost_baseline),
            may_lack_rows: state.is_some_and(RunState::may_lack_rows),
            unfinished: state.is_some_and(RunState::is_unfinished),
            totals: state.map(RunState::totals),
            removed: state.map_or(0, |state| state.totals().removed),
            to_undo: state.map_or(0, |state| state.to_undo().count()),
            left_alone: state.map_or(0, |state| {
                let removals = state.rows().map(|(_, row)| row.removal_outcome());
                let left = removals.filter(|outcome| *outcome == Some(RemovalOutcome::LeftAlone));
                left.count()
            }),
            next: None,
        }
    }
}
