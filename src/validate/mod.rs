//! Tables become records: headers are matched to fields, cells are read by their kinds, and rows are checked against their
//! types and against each other.
//!
//! The way of a row: `headers` → `cell` → `fields` → `rules` → `duplicates`. `run` leads the files through it.
//!
//! Uses `input`, `model` and `secret`; no network. The decision to know: nothing here stops at the first problem. A row
//! gives a [`Record`](crate::model::Record) or at least one error, and both may come with warnings.

mod cell;
mod compiled;
mod duplicates;
mod fields;
mod header_names;
mod headers;
mod no_table;
mod options;
mod result;
mod row;
mod rules;
mod run;
mod selection;
mod tokens;
mod workers;

pub use header_names::field_of;
pub(crate) use header_names::is_inverted;
pub(crate) use options::Preset;
pub use options::{Options, Purpose};
pub(crate) use result::{FileRead, TableRead};
pub use result::{RowCounts, Validation};
pub(crate) use run::validate;
pub use run::validate_sources;
pub(crate) use selection::{Only, RowRange};
