//! What the targets share.

mod collect;
mod panics;
mod text;
mod validate;

pub use collect::{Collector, Table, collect};
pub use panics::own_panics_are_fatal;
pub use text::in_json;
pub use validate::validate;

/// A word that stands for a secret: cells that hold it are looked for in what is said about a table.
pub const CANARY: &str = "canary";
