//! How much of everything a workbook may have.
//!
//! Nearly all of Excel's own limits are far below these; what is beyond them is no sheet that anyone filled in. They keep
//! memory below some 200 MB and the time to a few seconds.

use std::cell::Cell;

/// Unpacked bytes of all parts that are read, counted as they are unpacked.
pub(super) const UNPACKED: u64 = 1 << 30;

/// Unpacked bytes of a part that is kept in memory: the list of the sheets, the theme and the like.
pub(super) const STRUCTURE_PART: u64 = 16 << 20;

/// Unpacked bytes of the part that holds the cell styles.
pub(super) const STYLES_PART: u64 = 64 << 20;

/// Unpacked bytes and number of the shared texts, all of which calamine keeps in memory.
pub(super) const STRINGS_PART: u64 = 96 << 20;
pub(super) const STRINGS: u64 = if cfg!(test) { 80_000 } else { 1 << 21 };

/// Packed bytes of the parts of a workbook that is converted, which are copied into memory.
pub(super) const PACKED: u64 = 64 << 20;

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

/// Cells of a sheet.
pub(super) const CELLS: u64 = 1 << 25;

/// Cells of a sheet that calamine does not show as they are, and bytes of their texts.
pub(super) const ODD_CELLS: u64 = 1 << 18;
pub(super) const ODD_TEXT: u64 = 16 << 20;

/// Merged ranges of a sheet.
pub(super) const MERGED: u64 = 1 << 16;

/// Formats, fonts, fills and borders together. calamine copies them into every cell style.
pub(super) const STYLES: u64 = 1 << 17;

/// Bytes of a tag that names a font or a number format.
pub(super) const LONGEST_STYLE: usize = 2048;

/// Rows and columns of a sheet.
pub(super) const ROWS: u32 = 1 << 20;
pub(super) const COLUMNS: u32 = 1 << 14;

/// The unpacked bytes that are left, of all parts together and of the token that is read.
#[derive(Debug)]
pub(super) struct Budget {
    left: Cell<u64>,
    token: Cell<usize>,
}

impl Budget {
    pub(super) fn new(bytes: u64) -> Self {
        Self {
            left: Cell::new(bytes),
            token: Cell::new(0),
        }
    }

    /// Takes `bytes` off it; false if there are fewer left.
    pub(super) fn take(&self, bytes: u64) -> bool {
        let left = self.left.get().checked_sub(bytes);
        self.left.set(left.unwrap_or(0));
        left.is_some()
    }

    /// A token begins.
    pub(super) fn begin_token(&self) {
        self.token.set(0);
    }

    /// Adds `bytes` to the token; false once it is too long.
    pub(super) fn extend_token(&self, bytes: usize) -> bool {
        let before = self.token.get();
        self.token.set(before + bytes);
        before <= LONGEST_TOKEN
    }
}
