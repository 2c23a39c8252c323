//! What an auditor asks for, in the words of a report: what was done where, by whom, with which version and options.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::value::{Report, ReportKind, ReportRun, ReportStatus};
use crate::journal::{ConfirmedBy, Ending, SessionKind, SessionStart};
use crate::model::Outcome;

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

    /// How many rows have each status that the report can have, in order.
    pub(super) fn statuses(&self) -> Vec<(ReportStatus, u64)> {
        let first = match self.kind {
            ReportKind::Check => vec![ReportStatus::Valid],
            ReportKind::Plan if self.is_update => vec![ReportStatus::Update],
            ReportKind::Plan => vec![ReportStatus::Create],
            ReportKind::Run => Vec::new(),
        };
        let others = if self.is_update {
            &[Outcome::Created, Outcome::Exists][..]
        } else {
            &[Outcome::Updated, Outcome::Unchanged, Outcome::Absent]
        };
        let ended = Outcome::ALL
            .into_iter()
            .filter(|outcome| !others.contains(outcome));
        let statuses = first.into_iter().chain(ended.map(ReportStatus::Ended));
        statuses
            .map(|status| (status, self.count(status)))
            .collect()
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
            facts.extend(options(&made.options));
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
    facts.extend(options(&run.options));
    facts
}

fn options(
    options: &BTreeMap<String, String>,
) -> impl Iterator<Item = (&'static str, String)> + '_ {
    let options = options.iter();
    options.map(|(name, value)| ("Option", format!("{name} = {value}")))
}

/// `2026-11-22 10:15:03 UTC`.
pub(super) fn time(at: &Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// What a session did, in a word.
pub(super) fn session_name(session: &SessionStart) -> &'static str {
    match session.kind {
        SessionKind::Import => "import",
        SessionKind::Update => "update",
        SessionKind::Resume => "resume",
        SessionKind::Undo => "undo",
        SessionKind::Verify => "verify",
    }
}

/// How a session was confirmed.
pub(super) fn confirmation(session: &SessionStart) -> &'static str {
    match session.confirmed_by {
        ConfirmedBy::Answer => "answered on a terminal",
        ConfirmedBy::Yes => "--yes",
        ConfirmedBy::NotNeeded => "not needed",
        ConfirmedBy::Declined => "declined",
    }
}
