//! Bytes become tables: CSV and XLSX, by content, each cell knowing its place.
//!
//! Uses `model` for places only and knows no field of the API: whether a header means something is asked of the
//! [`Sink`]. The decision to know: tables are pushed to the sink in [`Block`]s of rows, so that a million rows never
//! stand in memory at once and blocks can be looked at on several cores.

mod block;
mod csv;
mod csv_block;
mod error;
mod header;
mod options;
mod plain;
mod positioned;
mod read;
mod source;
mod split;
mod transcode;
mod xlsx;

pub use block::{Block, Value};
pub(crate) use block::{Display, RowView};
pub use error::InputError;
pub(crate) use error::InputErrorKind;
pub(crate) use options::HiddenRows;
pub use options::ReadOptions;
pub(crate) use read::is_same_sheet;
pub use read::{Interest, Sink, SkipReason, TableHead, read};
pub use source::Source;
