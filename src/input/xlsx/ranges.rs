//! Rows and cells as ranges, so that a million of them take no more room than one.

use std::fmt;

use super::attributes;
use crate::model::column_letters;

/// Most ranges that are kept; the others are counted.
const MOST_KEPT: usize = 20;

/// A block of cells, both ends included: rows from 1, columns from 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct CellRange {
    pub rows: (u32, u32),
    pub columns: (u32, u32),
}

impl CellRange {
    /// Reads `B2:C7`.
    pub(super) fn of(reference: &str) -> Option<Self> {
        let (start, end) = reference.split_once(':').unwrap_or((reference, reference));
        let (start, end) = (attributes::cell(start)?, attributes::cell(end)?);
        (start.0 <= end.0 && start.1 <= end.1).then_some(Self {
            rows: (start.0, end.0),
            columns: (start.1, end.1),
        })
    }
}

impl fmt::Display for CellRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letters = |column: u32| column_letters(column as usize);
        let (start, end) = (letters(self.columns.0), letters(self.columns.1));
        write!(f, "{start}{}:{end}{}", self.rows.0, self.rows.1)
    }
}

/// Rows in the order in which they come.
#[derive(Debug, Default)]
pub(super) struct RowRanges {
    ranges: Few<(u32, u32)>,
    /// The last range, which may yet grow.
    open: Option<(u32, u32)>,
    /// All rows.
    pub count: u64,
}

impl RowRanges {
    pub(super) fn push(&mut self, row: u32) {
        self.count += 1;
        match &mut self.open {
            Some((_, last)) if last.checked_add(1) == Some(row) => *last = row,
            open => {
                if let Some(done) = open.replace((row, row)) {
                    self.ranges.push(done);
                }
            }
        }
    }

    /// `2, 4 to 7, …`; empty if there are none.
    pub(super) fn in_words(mut self) -> String {
        if let Some(open) = self.open.take() {
            self.ranges.push(open);
        }
        self.ranges.in_words(|(first, last)| {
            if first == last {
                first.to_string()
            } else {
                format!("{first} to {last}")
            }
        })
    }
}

/// The first of many things, and how many more there are.
#[derive(Debug)]
pub(super) struct Few<T> {
    kept: Vec<T>,
    more: u64,
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self {
            kept: Vec::new(),
            more: 0,
        }
    }
}

impl<T> Few<T> {
    pub(super) fn push(&mut self, one: T) {
        if self.kept.len() < MOST_KEPT {
            self.kept.push(one);
        } else {
            self.more += 1;
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.kept.len() as u64 + self.more
    }

    pub(super) fn in_words(&self, word: impl Fn(&T) -> String) -> String {
        let words: Vec<String> = self.kept.iter().map(word).collect();
        let more = match self.more {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!("{}{more}", words.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_follow_each_other_are_one_range() {
        let mut rows = RowRanges::default();
        (2..=1_000_000)
            .chain([1_000_003])
            .for_each(|row| rows.push(row));
        assert_eq!(rows.count, 1_000_000);
        assert_eq!(rows.in_words(), "2 to 1000000, 1000003");
    }

    #[test]
    fn of_many_ranges_the_first_are_kept() {
        let mut rows = RowRanges::default();
        (0..1_000_000).for_each(|row| rows.push(2 * row));
        assert!(rows.in_words().ends_with("36, 38 and 999980 more"));
    }

    #[test]
    fn ranges_of_cells_are_read_and_written_alike() {
        for text in ["A1:B2", "AA10:XFD1048576"] {
            assert_eq!(CellRange::of(text).unwrap().to_string(), text);
        }
        for text in ["B2:A1", "A1:", "A1:B2:C3", "A:B"] {
            assert_eq!(CellRange::of(text), None);
        }
    }
}
