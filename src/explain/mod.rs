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

pub use code::{CodeTopic, ExampleTopic, Said, Shown};
pub use entry::{Entry, Example, LETTERS, entry};
pub use field::{FieldTopic, NeededBy};
pub use integration_type::{TypeTopic, Used};
pub use list::{Listed, Lists, Product};
pub use topic::{Topic, Unknown, explain};
