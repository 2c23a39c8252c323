//! The events of a run. A line of the journal is one of them, as serde writes it.
//!
//! No event holds a secret, or the hash of a secret alone, or a cell of an unknown column.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::row_event::{Answered, Intent, Planned, RowRead, Settled, in_millis};
use crate::model::Remote;

/// The version of the journal's format. A new event or a new optional field raises the minor number and older readers
/// skip it; any other change raises the major number and older readers refuse the journal.
///
/// Version 2.5 records that a session was declined. Version 2.4 keeps what Jira showed before the first update. Version 2.3
/// has runs that update, and the base URL that Jira gives itself. Version 2.2 keeps the times of creation in lists. Version 2.1 keeps the cells of invalid rows and of the
/// column of `--split-by`. Version 2 keeps the settings of a run as values; version 1 kept them as command-line words.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Version {
    pub major: u32,
    pub minor: u32,
}

/// The version that this `gij` writes.
pub(crate) const VERSION: Version = Version { major: 2, minor: 5 };

/// Something that happened in a run, or, for an [`Intent`], is about to.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The run begins; always the first event.
    Opened(Box<RunOpened>),
    Row(Box<RowRead>),
    /// A command begins to work on the run.
    Session(Box<SessionStart>),
    /// Somebody agreed to what the session is about to do.
    Confirmed {
        by: ConfirmedBy,
        #[serde(serialize_with = "in_millis")]
        at: Timestamp,
    },
    /// Somebody declined it, and the session changed nothing.
    Declined {
        #[serde(serialize_with = "in_millis")]
        at: Timestamp,
    },
    /// Jira's list was read.
    Listed(Listed),
    Plan(Planned),
    /// A request is about to be sent.
    Intent(Intent),
    /// A request was answered, or given up.
    Outcome(Answered),
    /// A row in doubt was judged.
    Settled(Settled),
    /// Sending paused, for so many milliseconds.
    Paused {
        why: String,
        ms: u64,
    },
    /// Sending stopped before every row was attempted.
    Stopped {
        why: String,
        #[serde(serialize_with = "in_millis")]
        at: Timestamp,
    },
    Audit(Audit),
    /// The session ended in good order.
    Closed {
        how: Ending,
        #[serde(serialize_with = "in_millis")]
        at: Timestamp,
    },
    /// An event of a newer minor version; never written.
    #[serde(other, skip_serializing)]
    Unknown,
}

/// The beginning of a run.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct RunOpened {
    /// First, for a reader of another version may understand nothing else.
    pub version: Version,
    /// The version of `gij`.
    pub gij: String,
    /// The run's id, which is its directory's name.
    pub run: String,
    /// Whether the run goes to a sandbox.
    pub rehearsal: bool,
    pub jira: Jira,
    /// The options on reading and selecting rows that are in force, by their names: `only` → `Team=Payments`.
    pub options: BTreeMap<String, String>,
    /// The settings by which the tables are read again; the journal does not look into them. Null in version 1.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub settings: Value,
    /// The same as command-line words, in journals of version 1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reading: Vec<String>,
    pub inputs: Vec<Input>,
    #[serde(serialize_with = "in_millis")]
    pub at: Timestamp,
}

impl RunOpened {
    /// Whether the run read standard input, which cannot be read again.
    pub fn has_stdin(&self) -> bool {
        self.inputs.iter().any(|input| input.file == "-")
    }

    /// Whether the run updates integrations and creates none.
    pub(crate) fn is_update(&self) -> bool {
        self.settings.pointer("/input/update").is_some()
    }
}

/// The Jira of a run.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Jira {
    /// The base URL.
    pub url: String,
    /// The base URL that Jira gives itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_url: Option<String>,
    /// The name that its administrators gave it.
    pub title: Option<String>,
    /// Its version: `10.3.2`.
    pub version: Option<String>,
    /// The user as whom the run was opened.
    pub user: Option<String>,
}

impl Jira {
    /// The address by which it is told from others: its own, however its URL was typed.
    pub(crate) fn identity(&self) -> &str {
        self.own_url.as_deref().unwrap_or(&self.url)
    }
}

/// A table that the run read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Input {
    /// The file as the user named it.
    pub file: String,
    /// Where the file lies, in full; none for standard input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// None in a CSV.
    pub sheet: Option<String>,
    /// The SHA-256 of the whole file, in hexadecimal.
    pub sha256: String,
    /// The headers, of unknown columns too: their names only, for their cells may hold secrets.
    pub columns: Vec<String>,
    /// How many rows between the others are blank.
    pub rows_blank: u64,
}

/// A command that begins to work on the run.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SessionStart {
    pub kind: SessionKind,
    /// The version of `gij`.
    pub gij: String,
    /// The machine's name.
    pub host: String,
    /// The user of the operating system.
    pub os_user: String,
    pub jira_user: Option<String>,
    #[serde(serialize_with = "in_millis")]
    pub at: Timestamp,
    /// How long Jira is given to show what it created, in milliseconds.
    pub settle_ms: u64,
    pub confirmed_by: ConfirmedBy,
    /// The options on connection and pace that are in force, by their names: `concurrency` → `4`.
    pub options: BTreeMap<String, String>,
}

impl SessionStart {
    /// Whether it was allowed to change something.
    pub(crate) fn is_confirmed(&self) -> bool {
        matches!(self.confirmed_by, ConfirmedBy::Answer | ConfirmedBy::Yes)
    }

    /// Whether it is about chosen rows only.
    pub(super) fn has_selection(&self) -> bool {
        ["rows", "only"]
            .iter()
            .any(|option| self.options.contains_key(*option))
    }
}

/// The command of a session.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionKind {
    Import,
    Update,
    Resume,
    Undo,
    Verify,
}

impl SessionKind {
    /// The command on screen.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Update => "update",
            Self::Resume => "resume",
            Self::Undo => "undo",
            Self::Verify => "verify",
        }
    }
}

/// How a session was allowed to change Jira.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfirmedBy {
    /// An answer to the question on a terminal.
    Answer,
    /// `--yes` on the command line.
    Yes,
    /// Nothing to confirm: a rehearsal, or a session that only reads.
    NotNeeded,
    /// By nobody: the answer was no.
    Declined,
}

/// A list of integrations read from Jira.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Listed {
    pub why: ListReason,
    /// When its request began.
    #[serde(serialize_with = "in_millis")]
    pub at: Timestamp,
    #[serde(flatten)]
    pub found: Found,
    /// When each of `ids` was created, in milliseconds since 1970-01-01 UTC.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub init_dates: Vec<Option<i64>>,
}

impl Listed {
    /// A list of which all integrations are kept: of a baseline or a plan.
    pub(crate) fn all(
        why: ListReason,
        at: Timestamp,
        remotes: impl IntoIterator<Item = Remote>,
    ) -> Self {
        let remotes = remotes
            .into_iter()
            .map(|remote| (remote.id, remote.init_date));
        let (ids, init_dates) = remotes.unzip();
        Self {
            why,
            at,
            found: Found::Ids(ids),
            init_dates,
        }
    }

    /// The integrations of a list of which all are kept.
    pub(super) fn remotes(&self) -> Option<impl Iterator<Item = Remote>> {
        let Found::Ids(ids) = &self.found else {
            return None;
        };
        let init_dates = self.init_dates.iter().copied();
        let init_dates = init_dates.chain(std::iter::repeat(None));
        let remotes = ids.iter().zip(init_dates);
        Some(remotes.map(|(&id, init_date)| Remote { id, init_date }))
    }
}

/// What a list is read for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListReason {
    /// The last list before the first request.
    Baseline,
    /// To judge rows in doubt. Earlier versions had another reason: to learn whether it is the user or the row that was refused.
    #[serde(alias = "access")]
    Settle,
    /// To plan what is to be done now.
    Plan,
    /// The comparison at the end.
    Audit,
}

/// What a list held.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// All ids: of a baseline or a plan.
    Ids(Vec<i64>),
    /// What is new against the baseline and of no row that is known to be created: of any other list. It is there to be read
    /// by people.
    New(Vec<Value>),
}

/// The comparison of the rows with Jira's list at the end.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Audit {
    /// When the list's request began.
    #[serde(serialize_with = "in_millis")]
    pub at: Timestamp,
    #[serde(flatten)]
    pub found: Discrepancies,
}

/// What differs between the rows and a list. Empty lists: it balances.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Discrepancies {
    /// Rows that were created and are not in the list.
    pub missing: Vec<u32>,
    /// Rows whose key is in the list more than once, or still is after what the run created was removed.
    #[serde(rename = "doubles")]
    pub duplicates: Vec<Duplicate>,
    /// Rows that Jira refused and that are in the list after all.
    pub appeared: Vec<u32>,
}

impl Discrepancies {
    pub(crate) fn is_none(&self) -> bool {
        self.rows() == 0
    }

    /// How many rows differ.
    pub(crate) fn rows(&self) -> usize {
        self.missing.len() + self.duplicates.len() + self.appeared.len()
    }
}

/// A key that Jira holds more than once.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Duplicate {
    /// The row of that key.
    pub n: u32,
    /// All integrations of that key.
    pub remotes: Vec<Remote>,
}

/// How a session ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Every row was attempted.
    Complete,
    /// It stopped by itself.
    Stopped,
    /// Somebody stopped it.
    Interrupted,
}

#[cfg(test)]
mod tests;
