//! What is said about a diagnostic, an integration type or a field to someone who asks.
//!
//! Uses `input`, `model`, `secret` and `validate`; no network, no file. The decision to know: an example is a table, and
//! what is shown for it is what the validation says about it, so that no text here can promise another program.

mod code;
mod codes;
mod entry;
mod field;
mod integration_type;
mod list;
mod topic;

pub(crate) use code::{CodeTopic, ExampleTopic};
pub(crate) use entry::LETTERS;
pub(crate) use field::{FieldTopic, NeededBy};
pub(crate) use integration_type::{TypeTopic, Used};
pub(crate) use list::Lists;
pub(crate) use topic::{Topic, explain};
