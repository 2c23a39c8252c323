//! What the journal says: one event a line.
//!
//! No event holds a secret, or the hash of a secret alone, or a cell of an unknown column.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::event_parts::{ConfirmedBy, Duplicate, Input, Jira, NewIntegration, Version};
use super::row_event::{Answered, Intent, Planned, RowRead, Settled};
use super::time::in_millis;

/// Something that happened in a run, or, for an [`Intent`], is about to.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The run begins; always the first event.
    Opened(Box<RunOpened>),
    /// A row was read.
    Row(Box<RowRead>),
    /// A command takes the run up.
    Session(Box<SessionStart>),
    /// Somebody agreed to what the session is about to do.
    Confirmed {
        /// How.
        by: ConfirmedBy,
        /// When.
        #[serde(serialize_with = "in_millis")]
        at: Timestamp,
    },
    /// Jira's list was read.
    Listed(Listed),
    /// What is to become of a row.
    Plan(Planned),
    /// A request is about to be sent.
    Intent(Intent),
    /// What became of a request.
    Outcome(Answered),
    /// A row in doubt was judged.
    Settled(Settled),
    /// Sending paused.
    Paused {
        /// What made it pause.
        why: String,
        /// How long, in milliseconds.
        ms: u64,
    },
    /// Sending stopped before all rows had their turn.
    Stopped {
        /// What made it stop.
        why: String,
        /// When.
        #[serde(serialize_with = "in_millis")]
        at: Timestamp,
    },
    /// The rows were compared with Jira's list at the end.
    Audit(Audit),
    /// The session ended in good order.
    Closed {
        /// How.
        how: Ending,
        /// When.
        #[serde(serialize_with = "in_millis")]
        at: Timestamp,
    },
    /// An event of a newer minor version; never written.
    #[serde(other, skip_serializing)]
    Unknown,
}

/// The beginning of a run.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RunOpened {
    /// The version of the journal's format; first, for a reader may understand nothing else.
    pub version: Version,
    /// The version of `gij`.
    pub gij: String,
    /// The run's id, which is its directory's name.
    pub run: String,
    /// Whether the run goes to a sandbox.
    pub rehearsal: bool,
    /// The Jira that it goes to.
    pub jira: Jira,
    /// The options on reading and selecting rows that are in force, by their names: `only` → `Team=Payments`.
    pub options: BTreeMap<String, String>,
    /// The settings by which the tables are read again; the journal does not look into them. Null in version 1.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub settings: Value,
    /// The same as command-line words, in journals of version 1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reading: Vec<String>,
    /// The tables read.
    pub inputs: Vec<Input>,
    /// When.
    #[serde(serialize_with = "in_millis")]
    pub at: Timestamp,
}

impl RunOpened {
    /// Whether the run read standard input, which cannot be read again.
    pub fn has_stdin(&self) -> bool {
        self.inputs.iter().any(|input| &*input.file == "-")
    }
}

/// A command that takes the run up.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SessionStart {
    /// The command.
    pub kind: SessionKind,
    /// The version of `gij`.
    pub gij: String,
    /// The machine's name.
    pub host: String,
    /// The user of the operating system.
    pub os_user: String,
    /// The user of Jira.
    pub jira_user: Option<String>,
    /// When.
    #[serde(serialize_with = "in_millis")]
    pub at: Timestamp,
    /// How long Jira is given to show what it created, in milliseconds.
    pub settle_ms: u64,
    /// How the session was confirmed.
    pub confirmed_by: ConfirmedBy,
    /// The options on connection and pace that are in force, by their names: `concurrency` → `4`.
    pub options: BTreeMap<String, String>,
}

/// The command of a session.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionKind {
    /// `gij import`.
    Import,
    /// `gij resume`.
    Resume,
    /// `gij undo`.
    Undo,
    /// `gij verify`.
    Verify,
}

/// A list of integrations read from Jira.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Listed {
    /// What the list was read for.
    pub why: ListReason,
    /// When its request began.
    #[serde(serialize_with = "in_millis")]
    pub at: Timestamp,
    /// The node of Jira that answered, if it said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// What it held.
    #[serde(flatten)]
    pub found: Found,
}

/// What a list is read for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListReason {
    /// The last list before the first request.
    Baseline,
    /// To learn whether it is the user or the row that was refused.
    Access,
    /// To judge rows in doubt.
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
    /// All ids: of a baseline.
    Ids(Vec<i64>),
    /// What is new against the baseline and of no row that is known to be created: of any later list.
    New(Vec<NewIntegration>),
}

/// The comparison of the rows with Jira's list at the end. Empty lists: it balances.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Audit {
    /// When the list's request began.
    #[serde(serialize_with = "in_millis")]
    pub at: Timestamp,
    /// Rows that were created and are not in the list.
    pub missing: Vec<u32>,
    /// Keys that are in the list more than once.
    #[serde(rename = "doubles")]
    pub duplicates: Vec<Duplicate>,
    /// Rows that Jira refused and that are in the list after all.
    pub appeared: Vec<u32>,
}

/// How a session ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Every row had its turn.
    Complete,
    /// It stopped by itself.
    Stopped,
    /// Somebody stopped it.
    Interrupted,
}

#[cfg(test)]
mod tests;
