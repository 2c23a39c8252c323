//! What an auditor asks for, in the words of a report: what was done where, by whom, with which version and options.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::value::{Report, ReportAudit, ReportKind, ReportRow, ReportRun, ReportStatus};
use crate::journal::{ConfirmedBy, Ending, Jira, RemovalOutcome, SessionStart};
use crate::model::Outcome;

/// What rows are counted by: their status and, beside it, what an undo did to their integrations.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Tally {
    Status(ReportStatus),
    Removal(RemovalOutcome),
}

impl Tally {
    pub(super) fn in_words(self) -> String {
        match self {
            Self::Status(status) => status.in_words(),
            Self::Removal(outcome) => outcome.in_words().to_owned(),
        }
    }

    /// How many of `rows` it counts.
    pub(super) fn count<'a>(self, rows: impl IntoIterator<Item = &'a ReportRow>) -> usize {
        let is_counted = |row: &&ReportRow| match self {
            Self::Status(status) => row.status == status,
            Self::Removal(outcome) => {
                let removal = row.removal.as_ref();
                removal.is_some_and(|removal| removal.outcome == outcome)
            }
        };
        rows.into_iter().filter(is_counted).count()
    }
}

impl Report {
    /// `Import of onboarding.xlsx into Acme Jira`.
    pub(super) fn title(&self) -> String {
        let mut files: Vec<&str> = self.tables.iter().map(|table| &*table.file).collect();
        files.dedup();
        let files = match files.as_slice() {
            [] => "no file".to_owned(),
            files => files.join(", "),
        };
        match self.kind {
            ReportKind::Check => format!("Check of {files}"),
            ReportKind::Plan => format!("Plan for {files} in {}", self.place()),
            ReportKind::Run if self.is_update => {
                format!("Update of {} from {files}", self.place())
            }
            ReportKind::Run => format!("Import of {files} into {}", self.place()),
        }
    }

    /// The name of the Jira, or its URL.
    pub(super) fn place(&self) -> &str {
        match &self.jira {
            _ if self.is_rehearsal() => "the sandbox",
            Some(jira) => jira.title.as_deref().unwrap_or(&jira.url),
            None => "Jira",
        }
    }

    /// What its rows are counted by, in order, as far as there are some.
    pub(super) fn tallies(&self) -> Vec<(Tally, usize)> {
        let statuses = [
            ReportStatus::Valid,
            ReportStatus::Create,
            ReportStatus::Update,
        ];
        let ended = Outcome::ALL.into_iter().map(ReportStatus::Ended);
        let statuses = statuses.into_iter().chain(ended).map(Tally::Status);
        let removals = RemovalOutcome::ALL.into_iter().map(Tally::Removal);
        let all = statuses.chain(removals);
        let all = all.map(|tally| (tally, tally.count(&self.rows)));
        all.filter(|(_, rows)| *rows > 0).collect()
    }

    /// The commands that have worked on the run, each with who ran it, how it was confirmed, and the options in force.
    pub(super) fn history(&self) -> Vec<(&'static str, String)> {
        let sessions = self.run.iter().flat_map(|run| &run.sessions);
        let history = sessions.map(|session| {
            let jira_user = session.jira_user.as_deref().unwrap_or("an unnamed user");
            let mut facts = vec![
                time(&session.at),
                format!("by {}@{}", session.os_user, session.host),
                format!("as {jira_user} in Jira"),
                format!("confirmation: {}", confirmation(session)),
                format!("gij {}", session.gij),
            ];
            facts.extend(options(&session.options));
            (session.kind.name(), facts.join(", "))
        });
        history.collect()
    }

    /// Facts with their labels, for the end of a report.
    pub(super) fn facts(&self) -> Vec<(&'static str, String)> {
        let (run, jira, made) = (self.run.as_ref(), self.jira.as_ref(), self.made.as_ref());
        let current = made.map(|_| env!("CARGO_PKG_VERSION"));
        let version = run.map(|run| &*run.gij).or(current);
        let paused = run.map(|run| run.paused_ms).filter(|ms| *ms > 0);
        let lost = "it has lost rows; they are not in this report";
        let finished = run.and_then(|run| run.finished);
        let journal = run.and_then(|run| run.journal_sha256.clone());
        let audit = self.valid_audit().map(audit_in_words);
        let facts = [
            ("Run", run.map(|run| run.id.clone())),
            ("Jira", jira.map(jira_in_words)),
            ("Jira user", jira.and_then(|jira| jira.user.clone())),
            ("Digest of the plan", self.digest.clone()),
            ("gij version", version.map(str::to_owned)),
            ("Started", run.map(|run| time(&run.started))),
            ("Finished", finished.as_ref().map(time)),
            ("Ending", run.map(|run| ending(run).to_owned())),
            ("Stopped because", run.and_then(|run| run.stopped.clone())),
            ("Paused", paused.map(|ms| format!("{ms} ms"))),
            ("Journal", self.may_lack_rows().then(|| lost.to_owned())),
            ("SHA-256 of the journal", journal),
            ("Made", made.map(|made| time(&made.at))),
            ("Machine", made.map(|made| made.host.clone())),
            ("OS user", made.map(|made| made.os_user.clone())),
            ("Comparison with Jira's list", audit),
        ];
        let known = facts
            .into_iter()
            .filter_map(|(label, fact)| Some((label, fact?)));
        let mut facts: Vec<(&str, String)> = known.collect();
        let in_force = run
            .map(|run| &run.options)
            .or(made.map(|made| &made.options));
        let in_force = in_force.into_iter().flat_map(options);
        facts.extend(in_force.map(|option| ("Option", option)));
        // A file has the same hash for all of its sheets.
        let hashes = self.tables.iter().filter_map(|table| {
            let hash = table.sha256.as_ref()?;
            Some(("SHA-256", format!("{}: {hash}", table.file)))
        });
        facts.extend(hashes);
        facts.dedup();
        facts
    }
}

fn jira_in_words(jira: &Jira) -> String {
    let names = [jira.title.as_deref(), jira.version.as_deref()];
    let words = names.into_iter().flatten().chain([&*jira.url]);
    words.collect::<Vec<_>>().join(" ")
}

fn audit_in_words(audit: &ReportAudit) -> String {
    let found = audit.missing.len() + audit.duplicates.len() + audit.appeared.len();
    let result = match found {
        0 => "every row is there once".to_owned(),
        found => format!("{found} differences, see the problems"),
    };
    format!("{}: {result}", time(&audit.at))
}

fn ending(run: &ReportRun) -> &'static str {
    match run.ending {
        Some(Ending::Complete) => "every row was attempted",
        Some(Ending::Stopped) => "it stopped by itself",
        Some(Ending::Interrupted) => "it was interrupted",
        None if run.is_active => "it is still running",
        None => "its last session has not ended, or was killed",
    }
}

fn options(options: &BTreeMap<String, String>) -> impl Iterator<Item = String> {
    let options = options.iter();
    options.map(|(name, value)| format!("{name} = {value}"))
}

/// `2026-11-22 10:15:03 UTC`.
pub(super) fn time(at: &Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// How a session was confirmed.
fn confirmation(session: &SessionStart) -> &'static str {
    match session.confirmed_by {
        ConfirmedBy::Answer => "answered on a terminal",
        ConfirmedBy::Yes => "--yes",
        ConfirmedBy::NotNeeded => "not needed",
        ConfirmedBy::Declined => "declined",
    }
}
