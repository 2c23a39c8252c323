//! How much of everything a workbook may have, and what is said of more.
//!
//! Excel's own limits are far below these; what is beyond them is no spreadsheet that anyone filled in.

use std::sync::atomic::{AtomicU64, Ordering};

/// Unpacked bytes of all parts that are read, counted as they are unpacked.
pub(super) const UNPACKED: u64 = 1 << 30;

/// Unpacked bytes of a part that calamine keeps in memory: the list of the sheets, the theme and the like.
pub(super) const STRUCTURE_PART: u64 = 16 << 20;

/// Unpacked bytes of the part that holds the cell styles.
pub(super) const STYLES_PART: u64 = 64 << 20;

/// Bytes of a tag, a cell, or a shared text.
pub(super) const LONGEST_TOKEN: usize = 16 << 20;

/// Bytes of the texts of one row.
pub(super) const LONGEST_ROW: usize = 16 << 20;

/// Elements within elements; a worksheet has some ten.
pub(super) const DEEPEST: usize = 200;

/// Files within the archive.
pub(super) const PARTS: u64 = 65_535;

/// Sheets of a workbook.
pub(super) const SHEETS: u64 = 1000;

/// Shared texts of a workbook.
pub(super) const STRINGS: u64 = 1 << 23;

/// Formats, fonts, fills and borders together; Excel has 65,490 of each at most.
pub(super) const STYLES: u64 = 1 << 18;

/// Bytes of a tag that names a font or a number format: calamine keeps a copy per cell style.
pub(super) const LONGEST_STYLE: usize = 2048;

/// Rows and columns of a sheet.
pub(super) const ROWS: u32 = 1 << 20;
pub(super) const COLUMNS: u32 = 1 << 14;

/// The unpacked bytes that are left.
#[derive(Debug)]
pub(super) struct Budget(AtomicU64);

impl Budget {
    pub(super) fn new(bytes: u64) -> Self {
        Self(AtomicU64::new(bytes))
    }

    /// Takes `bytes` off it; false if there are fewer left.
    pub(super) fn take(&self, bytes: u64) -> bool {
        let less = |left: u64| left.checked_sub(bytes);
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less)
            .is_ok()
    }
}
