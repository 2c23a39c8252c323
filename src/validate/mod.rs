//! Tables become records: headers are matched to fields, cells read by their kinds, rows checked against their types and
//! against each other.
//!
//! Uses `input`, `model` and `secret`; no network. The decision to know: nothing here stops at the first problem. A row
//! gives a [`Record`](crate::model::Record) or at least one error, and both may come with warnings.

mod cell;
mod checked;
mod columns;
mod compiled;
mod duplicates;
mod lint;
mod messages;
mod no_table;
mod options;
mod policy;
mod quoted;
mod result;
mod row;
mod row_cells;
mod row_secrets;
mod run;
mod selection;
mod spread;
mod tables;

pub use columns::field_of;
pub(crate) use options::Preset;
pub use options::{Options, Purpose};
pub(crate) use result::{FileRead, TableRead};
pub use result::{RowCounts, Validation};
pub(crate) use run::validate;
pub use run::validate_sources;
pub(crate) use selection::{Only, RowRange};
