//! What an auditor asks for, in the words of a report: what was done where, by whom, with which version and options.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::value::{Report, ReportKind, ReportRow, ReportRun, ReportStatus};
use crate::journal::{ConfirmedBy, Ending, RemovalOutcome, SessionStart};
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
        let mut facts = Vec::new();
        if let Some(run) = &self.run {
            facts.push(("Run", run.id.clone()));
        }
        if let Some(jira) = &self.jira {
            let names = [jira.title.as_deref(), jira.version.as_deref()];
            let names: Vec<&str> = names.into_iter().flatten().collect();
            facts.push((
                "Jira",
                format!("{} {}", names.join(" "), jira.url)
                    .trim()
                    .to_owned(),
            ));
            facts.extend(jira.user.clone().map(|user| ("Jira user", user)));
        }
        facts.extend(
            self.digest
                .clone()
                .map(|digest| ("Digest of the plan", digest)),
        );
        if let Some(run) = &self.run {
            facts.extend(run_facts(run));
        }
        if let Some(made) = &self.made {
            facts.extend([
                ("gij version", env!("CARGO_PKG_VERSION").to_owned()),
                ("Made", time(&made.at)),
                ("Machine", made.host.clone()),
                ("OS user", made.os_user.clone()),
            ]);
            facts.extend(options(&made.options).map(|option| ("Option", option)));
        }
        if let Some(audit) = self.valid_audit() {
            let found = audit.missing.len() + audit.duplicates.len() + audit.appeared.len();
            let result = match found {
                0 => "every row is there once".to_owned(),
                found => format!("{found} differences, see the problems"),
            };
            facts.push((
                "Comparison with Jira's list",
                format!("{}: {result}", time(&audit.at)),
            ));
        }
        for table in &self.tables {
            // A file has the same hash for all of its sheets.
            let hash = table
                .sha256
                .as_ref()
                .map(|hash| format!("{}: {hash}", table.file));
            if let Some(hash) = hash.filter(|hash| facts.iter().all(|(_, fact)| fact != hash)) {
                facts.push(("SHA-256", hash));
            }
        }
        facts
    }
}

fn run_facts(run: &ReportRun) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("gij version", run.gij.clone()),
        ("Started", time(&run.started)),
    ];
    let ending = match run.ending {
        Some(Ending::Complete) => "every row was attempted",
        Some(Ending::Stopped) => "it stopped by itself",
        Some(Ending::Interrupted) => "it was interrupted",
        None => "its last session has not ended, or was killed",
    };
    facts.extend(run.finished.map(|at| ("Finished", time(&at))));
    facts.push(("Ending", ending.to_owned()));
    facts.extend(run.stopped.clone().map(|why| ("Stopped because", why)));
    if run.paused_ms > 0 {
        facts.push(("Paused", format!("{} ms", run.paused_ms)));
    }
    if run.may_lack_rows {
        let lost = "it has lost rows; they are not in this report";
        facts.push(("Journal", lost.to_owned()));
    }
    facts.extend(
        run.journal_sha256
            .clone()
            .map(|hash| ("SHA-256 of the journal", hash)),
    );
    facts.extend(options(&run.options).map(|option| ("Option", option)));
    facts
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
