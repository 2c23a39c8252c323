//! `gij` takes spreadsheets of *integrations* for the Jira app *Git Integration for Jira* (Data Center), validates them,
//! and creates each integration exactly once, or updates those that exist.
//!
//! This is the library behind the program of the same name. It has two ways in:
//!
//! - [`cli::run`] runs a command line, as `main` does. [`cli::command`] is its definition, for completions and documentation.
//! - [`sandbox::Sandbox`] is a simulated Jira, to rehearse and to test against.
//!
//! Everything else is private; `cargo doc --document-private-items` shows it. A row takes this way through the modules:
//!
//! ```text
//! files ─▶ input ─▶ validate ─▶ plan ─▶ engine ─▶ journal ─▶ report
//! ```
//!
//! - `input` reads CSV and XLSX into cells that know where they are, and `validate` makes records and diagnostics of them.
//! - `plan` compares the records with Jira's list. `engine` carries the plan out, with the requests in `jira`: the intent is in the
//!   `journal` before its request is sent.
//! - `report` makes documents of a check, a plan or a journal; `render` is what people see on a terminal.
//! - `model` has the nouns and `secret` the secrets. `probe` tries credentials at git hosts, `http` is the client of both.
//! - `sheets` writes the workbooks that people fill in, and `explain` knows what codes, types and fields mean.
//!
//! `ARCHITECTURE.md` has the protocol by which each row happens once, and the words that the code uses.

#![warn(unreachable_pub)]

pub mod cli;
mod engine;
mod explain;
mod http;
mod input;
mod jira;
mod journal;
mod model;
mod plan;
mod probe;
mod render;
mod report;
pub mod sandbox;
mod secret;
mod sheets;
mod validate;

/// What the tests, benchmarks and fuzz targets use of the inside. Not an interface: it changes with them.
#[doc(hidden)]
pub mod testing {
    pub mod input {
        pub use crate::input::{
            Block, InputError, Interest, ReadOptions, Sink, SkipReason, Source, TableHead, Value,
            read,
        };
    }
    pub mod jira {
        #[cfg(fuzzing)]
        pub use crate::jira::answer_next;
        pub use crate::jira::{
            Access, Answer, BaseUrl, Client, Connection, CreatedIntegration, Ended, Exchange,
            JiraError, Refusal,
        };
    }
    pub mod journal {
        pub use crate::journal::{ReadError, ReadRun, RowState, RunState, lock_jira, read};
        pub use crate::model::Remote;
    }
    pub mod model {
        pub use crate::model::{
            Code, Diagnostic, Field, IntegrationType, Kind, Outcome, Place, Record, RecordDraft,
            Severity, TableName,
        };
    }
    pub mod probe {
        pub use crate::probe::{HOSTS, HostAnswer, problems};
    }
    pub mod render {
        pub use crate::render::{Detail, diagnostics, more, summary};
    }
    pub mod report {
        pub use crate::report::{FORMS, Report, tally};
    }
    pub mod secret {
        pub use crate::secret::{Secret, SecretPolicy, SplitCell};
    }
    pub mod validate {
        pub use crate::validate::{
            Options, Purpose, RowCounts, Validation, field_of, validate_sources,
        };
    }
}
