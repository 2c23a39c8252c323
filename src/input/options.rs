//! How tables are to be read.

use encoding_rs::Encoding;

/// What is said about tables from outside, where finding it out is not wanted. The default finds everything out.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// The number of the header row, from 1.
    pub header_row: Option<u32>,
    /// What separates the cells of a CSV.
    pub delimiter: Option<u8>,
    /// The encoding of a CSV.
    pub encoding: Option<&'static Encoding>,
    /// The only sheets to read; all if it is empty.
    pub sheets: Vec<String>,
}
