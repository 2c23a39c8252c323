//! Workbooks: calamine's streaming reader of cells, watched by a scan of our own.
//!
//! Uses `model` for places and diagnostics. The decision to know: calamine trusts what a workbook claims and shows neither
//! hidden rows nor merged cells nor formulas without a value. So [`claims`] checks every part that calamine reads as a
//! whole before calamine sees it, and while it streams the cells of a sheet, [`scan`] runs ahead of it over the same bytes
//! on another core: it bounds them, and hands over what calamine does not show, cell by cell.

mod attributes;
mod calendar;
mod cells;
mod claims;
mod facts;
mod format;
mod guard;
mod handover;
mod limits;
mod package;
mod part;
mod ranges;
mod read;
mod reader;
mod rows;
mod scan;
mod sheet;
mod structure;
mod surroundings;

pub(super) use read::{read, refuse_ole};

#[cfg(test)]
mod tests;
