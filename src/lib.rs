//! `gij` takes spreadsheets of *integrations* for the Jira app *Git Integration for Jira* (Data Center), validates them,
//! and creates each integration exactly once.
//!
//! The way through: files → `input` → `validate` → `plan` → `engine` → `journal` → `report`. The nouns are in `model` and
//! `secret`, the requests in `jira`, what people see in `render`, workbooks for
//! people to fill in in `sheets`, what codes, types and fields mean in `explain`, the commands in [`cli`], and a simulated
//! Jira in [`sandbox`].

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
            JiraError, Refusal, StopReason,
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
    #[cfg(fuzzing)]
    pub mod probe {
        pub use crate::probe::read_as_all;
    }
    pub mod render {
        pub use crate::render::{Detail, diagnostics, more, summary, tally};
    }
    pub mod report {
        pub use crate::report::{FORMS, Report};
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
