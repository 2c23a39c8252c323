//! Workbooks: calamine's streaming reader of cells, watched by a scan of our own.
//!
//! Uses `model` for places and diagnostics. The decision to know: calamine trusts what a workbook claims and shows neither
//! hidden rows nor merged cells nor formulas without a value. So [`claims`] checks the small parts before calamine sees
//! them, and the large ones, the shared texts and the sheets, are unpacked by a scan on another core that bounds them and
//! finds what calamine does not show. calamine reads what that scan has gone past: [`feed`] brings it, and [`shelf`] makes
//! it look like an archive.

mod attributes;
mod calendar;
mod cells;
mod claims;
mod facts;
mod feed;
mod format;
mod guard;
mod handover;
mod limits;
mod package;
mod part;
mod plain;
mod ranges;
mod read;
mod reader;
mod rows;
mod scan;
mod sheet;
mod shelf;
mod structure;
mod surroundings;

pub(super) use read::{read, refuse_ole};

#[cfg(test)]
mod tests;
