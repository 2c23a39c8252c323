//! The scans that bound what calamine reads, and find what it does not show.
//!
//! The decision to know: what is found of a cell is kept by its index in the sheet, and calamine counts the same cells.
//! Rows and cells that contradict their own places are refused, so that none is put where it does not belong.

use std::io::{self, BufRead, Read, Seek};

use calamine::CellErrorType;
use quick_xml::events::{BytesStart, Event};

use super::archive::Archive;
use super::gate::{Findings, Gate, OddCell};
use super::limits::{
    CELLS, COLUMNS, LONGEST_STYLE, MERGED, ODD_CELLS, ODD_TEXT, STRINGS, STRINGS_PART,
    STRUCTURE_PART, STYLES, STYLES_PART, UNPACKED,
};
use super::part::{
    Part, attribute, attributes, beyond_sheet, check_count, claimed_strings, damaged, local, of_io,
};
use super::reference::{self, CellRange};
use super::structure::Structure;
use crate::model::Problem;

/// Why a sheet cannot be read on, and its row.
#[derive(Debug)]
pub(super) struct SheetError {
    pub problem: Problem,
    pub row: Option<u32>,
}

impl From<Problem> for SheetError {
    fn from(problem: Problem) -> Self {
        Self { problem, row: None }
    }
}

/// Checks all parts that calamine reads when it opens a workbook, but the shared texts.
pub(super) fn check_small_parts(
    archive: &mut Archive<impl Read + Seek>,
    structure: &Structure,
) -> Result<(), Problem> {
    if let Some(theme) = &structure.theme {
        // Only its size counts: calamine does without a theme that it cannot read.
        let mut bytes = archive.bytes(theme, STRUCTURE_PART)?;
        io::copy(&mut bytes, &mut io::sink()).map_err(of_io)?;
    }
    let Some(styles) = &structure.styles else {
        return Ok(());
    };
    let mut count = 0;
    Part::new(archive.bytes(styles, STYLES_PART)?).each_tag(|tag| {
        if !is_copied(local(tag.name())) {
            return Ok(());
        }
        if tag.len() > LONGEST_STYLE {
            return Err(damaged("one of its cell styles is too long"));
        }
        count += 1;
        check_count("cell styles", count, STYLES)
    })
}

/// Whether calamine copies such an element into the cell styles that name it.
fn is_copied(name: &str) -> bool {
    matches!(name, "xf" | "font" | "fill" | "border" | "numFmt" | "name")
}

/// Checks the shared texts, all of which calamine keeps.
pub(super) fn check_strings(
    archive: &mut Archive<impl Read + Seek>,
    strings: &str,
) -> Result<(), Problem> {
    let mut part = Part::new(archive.bytes(strings, STRINGS_PART)?);
    let mut buffer = Vec::new();
    let mut found = 0;
    loop {
        match part.token(&mut buffer)? {
            Event::Start(tag) => match local(tag.name()) {
                "sst" => check_count("shared texts", claimed_strings(&tag), STRINGS)?,
                "si" => {
                    found += 1;
                    check_count("shared texts", found, STRINGS)?;
                    let outside = part.depth() - 1;
                    while part.depth() > outside {
                        part.within(&mut buffer)?;
                    }
                }
                _ => {}
            },
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// Scans a sheet, and leaves what it finds at the gate.
pub(super) fn scan_sheet(
    archive: &mut Archive<impl Read + Seek>,
    sheet: &str,
    gate: &Gate,
) -> Result<(), SheetError> {
    let mut scan = SheetScan {
        part: Part::new(archive.bytes(sheet, UNPACKED)?),
        gate,
        found: Findings::default(),
        odd_cells: 0,
        odd_text: 0,
        row: ScannedRow::default(),
        text: String::new(),
        buffers: Default::default(),
    };
    scan.read().map_err(|problem| {
        let row = scan.row.number;
        let row = (row > 0).then_some(row);
        SheetError { problem, row }
    })
}

/// The row that the scan is in, or was in last.
#[derive(Clone, Copy, Default)]
struct ScannedRow {
    /// From 1; 0 before the first.
    number: u32,
    is_open: bool,
    /// The column that a cell without a place of its own has.
    next_column: u32,
    cells: u32,
    /// calamine loses count of cells without a place behind an error that it does not know.
    has_unknown_error: bool,
}

struct SheetScan<'s, B> {
    part: Part<'s, B>,
    gate: &'s Gate,
    /// What the gate has not got yet, but for the number of cells, which is that of all.
    found: Findings,
    odd_cells: u64,
    odd_text: u64,
    row: ScannedRow,
    /// The value of the last cell.
    text: String,
    /// For the events within a cell and within its value.
    buffers: [Vec<u8>; 2],
}

/// The kind of a cell, by its tag.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CellKind {
    /// The index of a shared text.
    Shared,
    /// Text within the cell: `<is>`.
    Inline,
    /// Text or a date, which calamine puts together of several pieces.
    Text,
    /// An error such as `#N/A`.
    Error,
    Other,
}

impl<B: BufRead> SheetScan<'_, B> {
    fn read(&mut self) -> Result<(), Problem> {
        /// After so many cells what was found is passed on. A fuzz target's sheets are small.
        const PASSED_ON: u64 = if cfg!(fuzzing) { 7 } else { 1024 };
        let mut buffer = Vec::new();
        let (mut is_in_data, mut is_after_data) = (false, false);
        let mut merged = 0;
        loop {
            match self.part.token(&mut buffer)? {
                Event::Start(tag) => match local(tag.name()) {
                    "sheetData" if !is_after_data => is_in_data = true,
                    "row" if is_in_data => self.begin_row(&tag)?,
                    "c" if is_in_data => {
                        let (column, kind) = self.begin_cell(&tag)?;
                        self.cell(column, kind)?;
                        if self.found.cells.is_multiple_of(PASSED_ON) {
                            self.pass_on();
                        }
                    }
                    "mergeCell" if is_after_data => {
                        merged += 1;
                        check_count("merged ranges", merged, MERGED)?;
                        let range = attribute(&tag, "ref").and_then(CellRange::parse);
                        self.found.merged.extend(range);
                    }
                    _ => {}
                },
                Event::End(tag) => match local(tag.name()) {
                    "sheetData" if is_in_data => {
                        is_in_data = false;
                        is_after_data = true;
                    }
                    "row" if is_in_data => self.row.is_open = false,
                    _ => {}
                },
                Event::Eof => break,
                _ => {}
            }
        }
        self.pass_on();
        Ok(())
    }

    fn pass_on(&mut self) {
        let cells = self.found.cells;
        self.gate.add(std::mem::take(&mut self.found));
        self.found.cells = cells;
    }

    fn begin_row(&mut self, tag: &BytesStart<'_>) -> Result<(), Problem> {
        let before = self.row;
        if before.is_open {
            return Err(damaged("a row is inside another row"));
        }
        let mut number = before.number + 1;
        let mut is_hidden = false;
        for (name, value) in attributes(tag) {
            match name {
                "r" => number = reference::row(value).ok_or_else(beyond_sheet)?,
                "hidden" => is_hidden = matches!(value, "1" | "true" | "on"),
                _ => {}
            }
        }
        self.row = ScannedRow {
            number,
            is_open: true,
            ..ScannedRow::default()
        };
        if number <= before.number {
            let before = before.number;
            return Err(damaged(&format!("row {number} comes after row {before}")));
        }
        if number > super::limits::ROWS {
            return Err(beyond_sheet());
        }
        if is_hidden {
            self.found.hidden.push(number);
        }
        Ok(())
    }

    /// The column and the kind of a cell.
    fn begin_cell(&mut self, tag: &BytesStart<'_>) -> Result<(u32, CellKind), Problem> {
        if !self.row.is_open {
            return Err(damaged("a cell is outside of a row"));
        }
        let mut place = None;
        let mut kind = CellKind::Other;
        for (name, value) in attributes(tag) {
            match name {
                "r" => {
                    let found = reference::cell(value).ok_or_else(beyond_sheet)?;
                    if found.0 != self.row.number {
                        let row = self.row.number;
                        return Err(damaged(&format!("row {row} holds the cell {value}")));
                    }
                    place = Some(found.1);
                }
                "t" => {
                    kind = match value {
                        "s" => CellKind::Shared,
                        "inlineStr" | "is" => CellKind::Inline,
                        "str" | "d" => CellKind::Text,
                        "e" => CellKind::Error,
                        _ => CellKind::Other,
                    }
                }
                _ => {}
            }
        }
        if place.is_none() && self.row.has_unknown_error {
            return Err(damaged(
                "a cell without a place follows an unknown error value",
            ));
        }
        let column = place.unwrap_or(self.row.next_column);
        self.row.next_column = column + 1;
        self.row.cells += 1;
        if column >= COLUMNS || self.row.cells > COLUMNS {
            return Err(beyond_sheet());
        }
        self.found.cells += 1;
        check_count("cells", self.found.cells, CELLS)?;
        Ok((column, kind))
    }

    /// Reads to the end of a cell as one token.
    fn cell(&mut self, column: u32, kind: CellKind) -> Result<(), Problem> {
        let outside = self.part.depth() - 1;
        let mut buffer = std::mem::take(&mut self.buffers[0]);
        let (mut has_formula, mut has_value, mut is_cdata) = (false, false, false);
        self.text.clear();
        while self.part.depth() > outside {
            match self.part.within(&mut buffer)? {
                Event::Start(inner) => match local(inner.name()) {
                    // calamine takes the last element of a cell for its value, whatever it is.
                    "f" | "v" | "is" if has_value => {
                        return Err(damaged("a cell holds more than one value"));
                    }
                    "f" => has_formula = true,
                    "v" => {
                        is_cdata = self.value(kind)?;
                        // The value of a formula may well be an empty text.
                        has_value = match kind {
                            CellKind::Text => true,
                            // The text in `<is>` counts; calamine skips `<v>` before it.
                            CellKind::Inline => false,
                            _ => !self.text.is_empty(),
                        };
                    }
                    "is" => has_value = true,
                    _ => {}
                },
                Event::Eof => break,
                _ => {}
            }
        }
        self.buffers[0] = buffer;
        if kind == CellKind::Inline && !has_value && !self.text.is_empty() {
            return Err(damaged("a cell's value does not match its type"));
        }
        let odd = if is_cdata {
            self.odd_text += self.text.len() as u64;
            check_count("characters in CDATA", self.odd_text, ODD_TEXT)?;
            OddCell::Text(std::mem::take(&mut self.text))
        } else if kind == CellKind::Error
            && has_value
            && self.text.parse::<CellErrorType>().is_err()
        {
            self.row.has_unknown_error = true;
            OddCell::Error {
                text: self.text.chars().take(20).collect(),
                row: self.row.number,
                column,
            }
        } else if has_formula && !has_value {
            OddCell::FormulaWithoutValue
        } else {
            return Ok(());
        };
        self.odd_cells += 1;
        check_count("cells of unusual kinds", self.odd_cells, ODD_CELLS)?;
        self.found.odd.push_back((self.found.cells - 1, odd));
        Ok(())
    }

    /// Reads to the end of `<v>`; an error if calamine would read something else there. Tells whether all of it is CDATA,
    /// which calamine skips.
    fn value(&mut self, kind: CellKind) -> Result<bool, Problem> {
        let outside = self.part.depth() - 1;
        let mut buffer = std::mem::take(&mut self.buffers[1]);
        let (mut pieces, mut cdata) = (0, 0);
        while self.part.depth() > outside {
            match self.part.within(&mut buffer)? {
                Event::Text(piece) => {
                    pieces += 1;
                    self.text.push_str(&piece);
                }
                Event::GeneralRef(_) if kind == CellKind::Text => {
                    pieces += 1;
                    self.text.push('&');
                }
                Event::CData(piece) if matches!(kind, CellKind::Text | CellKind::Other) => {
                    cdata += 1;
                    self.text.push_str(&piece);
                }
                Event::Start(_) | Event::CData(_) | Event::GeneralRef(_) => {
                    return Err(damaged("a cell's value is not written as text"));
                }
                _ => {}
            }
        }
        self.buffers[1] = buffer;
        let is_read = match kind {
            CellKind::Text | CellKind::Inline => true,
            CellKind::Shared => {
                pieces < 2 && (self.text.is_empty() || self.text.parse::<u32>().is_ok())
            }
            CellKind::Error | CellKind::Other => pieces < 2,
        };
        if !is_read || cdata > 0 && pieces > 0 {
            return Err(damaged("a cell's value does not match its type"));
        }
        Ok(cdata > 0)
    }
}
