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

pub use block::{Block, Display, RowView, Value};
pub use error::{InputError, InputErrorKind};
pub use options::{HiddenRows, ReadOptions};
pub use read::{Interest, Sink, TableHead, is_same_sheet, read};
pub use source::Source;
