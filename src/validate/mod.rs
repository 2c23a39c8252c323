//! Tables become records: headers are matched to fields, cells read by their kinds, rows checked against their types and
//! against each other.
//!
//! Uses `input`, `model` and `secret`; no network. The decision to know: nothing here stops at the first problem. A row
//! gives a [`Record`](crate::model::Record) or at least one error, and both may come with warnings.

mod cell;
mod columns;
mod duplicates;
mod lint;
mod messages;
mod row;
mod run;
mod spread;

pub use columns::is_header;
pub use run::{FileRead, Options, Purpose, RowCounts, TableRead, Validation, validate};
