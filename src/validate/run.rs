//! All rows of all files: blocks of rows are checked on every core, what compares rows runs after them in order.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::cell::{CellText, as_it_stands};
use super::checked::{CheckedRow, Readable, is_valid};
use super::columns::Columns;
use super::duplicates::{Hashes, Like, RowRef, SeenRows};
use super::no_table::FirstRow;
use super::options::{Options, Purpose};
use super::result::{FileRead, NotSelected, RowCounts, Validation};
use super::spread::{CheckedBlock, Spread};
use crate::input::{self, InputError, InputErrorKind, RowView, Source, Value};
use crate::model::{
    Code, Diagnostic, Field, IntegrationType, InvalidRow, Place, Row, Severity, TableName,
};

/// Reads and checks all `files`.
///
/// Bad files and rows are [`Diagnostic`]s of the result; nothing is an `Err`.
pub(crate) fn validate(files: &[PathBuf], options: &Options) -> Validation {
    let sources = files.iter().map(|file| match file.as_os_str() {
        name if name == "-" => ("-".to_owned(), Source::stdin()),
        _ => (file.display().to_string(), Source::open(file)),
    });
    validate_sources(sources, options)
}

/// Reads and checks what is named and opened already, as [`validate`] does.
pub fn validate_sources(
    sources: impl IntoIterator<Item = (String, Result<Source, InputError>)>,
    options: &Options,
) -> Validation {
    let mut run = Run {
        options,
        result: Validation::default(),
        tables: Vec::new(),
        spread: Spread::new(options),
        n: 0,
        first_row: FirstRow::default(),
        seen: SeenRows::default(),
        duplicated: HashSet::new(),
    };
    for (name, source) in sources {
        run.file(source, &name);
    }
    run.find_missing();
    run.invalidate_duplicated();
    run.result
}

/// The files while they are read.
pub(super) struct Run<'a> {
    pub(super) options: &'a Options,
    pub(super) result: Validation,
    pub(super) tables: Vec<Arc<Columns>>,
    pub(super) spread: Spread,
    /// The number of the last row that is part of the run.
    n: u32,
    /// The first row of the first table of a file that is passed over.
    first_row: FirstRow,
    seen: SeenRows,
    /// Rows of an import that a later row duplicates: their tables and numbers.
    duplicated: HashSet<(u32, u32)>,
}

impl Run<'_> {
    fn file(&mut self, source: Result<Source, InputError>, name: &str) {
        self.result.files.push(FileRead {
            name: name.to_owned(),
            sha256: None,
            tables: Vec::new(),
        });
        self.first_row = FirstRow::default();
        let errors = self.result.diagnostics.count(Severity::Error);
        let read = source.and_then(|source| {
            if self.options.purpose == Purpose::Import {
                let sha256 = source.sha256()?;
                if let Some(file) = self.result.files.last_mut() {
                    file.sha256 = Some(sha256);
                }
            }
            let place = source.place();
            let options = self.options;
            input::read(&source, &options.read, self)?;
            self.check_pending();
            Ok(place)
        });
        match read {
            Ok(place) => {
                let has_tables = self
                    .result
                    .files
                    .last()
                    .is_some_and(|file| !file.tables.is_empty());
                // A table that was refused has been told of.
                let is_explained = self.result.diagnostics.count(Severity::Error) > errors;
                if !has_tables && !is_explained {
                    let (message, help) = match self.options.read.header_row {
                        Some(row) => (
                            format!(
                                "there is no table whose header is in row {row}, which --header-row names"
                            ),
                            "look for the row's number in the sheet, or leave `--header-row` out"
                                .to_owned(),
                        ),
                        None => (self.first_row.message(), self.first_row.help()),
                    };
                    let diagnostic = Diagnostic::new(Code::NoTable, place, message, help);
                    self.result.diagnostics.push(diagnostic);
                }
                if !is_explained {
                    self.tell_if_empty();
                }
            }
            Err(error) => {
                self.check_pending();
                self.result.diagnostics.push(diagnostic_of(error));
            }
        }
    }

    /// Tells of a file whose tables are nothing but headers.
    fn tell_if_empty(&mut self) {
        let tables = self.result.files.last().map(|file| &*file.tables);
        let Some(tables @ [first, ..]) = tables else {
            return;
        };
        if tables.iter().any(|table| table.rows.read > 0) {
            return;
        }
        let mut diagnostic = Diagnostic::new(
            Code::NoRows,
            Place::table(&first.name),
            "the table has a header row and no rows",
            "fill in a row for each git host and account; nothing is imported as it is",
        );
        self.options.policy.apply(&mut diagnostic);
        self.result.diagnostics.push(diagnostic);
    }

    /// Takes in what comes of all blocks so far.
    pub(super) fn check_pending(&mut self) {
        while let Some(block) = self.spread.next() {
            self.take_in(block);
        }
    }

    pub(super) fn take_in(&mut self, block: CheckedBlock) {
        let mut counts = RowCounts {
            blank: block.blank,
            ..RowCounts::default()
        };
        self.result.is_secret_typed |= block.is_secret_typed;
        self.seen
            .expect(block.rows.iter().filter_map(|row| row.hashes));
        for mut row in block.rows {
            if let Some(hashes) = row.hashes {
                self.compare(hashes, block.table, &mut row, &block.names);
            }
            counts.read += 1;
            if !row.is_selected {
                counts.not_selected += 1;
            } else if row.is_valid() {
                counts.valid += 1;
            } else {
                counts.invalid += 1;
            }
            self.take_row(block.table, row);
        }
        self.add_counts(block.table, counts);
    }

    fn take_row(&mut self, table: usize, mut row: CheckedRow) {
        if self.options.purpose == Purpose::Import {
            self.n += 1;
            let place = Place::row(&self.tables[table].table, row.number, row.line);
            if !row.is_selected {
                self.result
                    .not_selected
                    .push(NotSelected { n: self.n, place });
            } else if let Some(record) = row.record {
                let valid = Row {
                    n: self.n,
                    place,
                    record: *record,
                    warnings: row.found.iter().map(|diagnostic| diagnostic.code).collect(),
                };
                if is_valid(&row.found) {
                    self.result.rows.push(valid);
                } else {
                    // Only the comparison with other rows has found something wrong with it.
                    let invalid = InvalidRow::of(&valid, Code::DuplicateRow);
                    self.result.invalid.push(invalid);
                }
            } else {
                let readable = row.readable.take().unwrap_or_default();
                self.result
                    .invalid
                    .push(invalid(self.n, place, *readable, &row.found));
            }
        }
        for diagnostic in row.found {
            self.result.tell_of_row(diagnostic);
        }
    }

    /// Of rows that duplicate each other none is valid: which of them is meant cannot be told.
    fn invalidate_duplicated(&mut self) {
        if self.duplicated.is_empty() {
            return;
        }
        let mut tables = HashMap::new();
        for (at, table) in (0_u32..).zip(&self.tables) {
            tables.insert(Arc::as_ptr(&table.table), at);
        }
        let duplicated = &self.duplicated;
        let is_bad = |row: &Row| {
            let table = tables.get(&Arc::as_ptr(&row.place.table));
            let at = table.copied().zip(row.place.row);
            at.is_some_and(|at| duplicated.contains(&at))
        };
        let rows = std::mem::take(&mut self.result.rows);
        let (bad, good): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(is_bad);
        self.result.rows = good;
        self.result.invalidate(Code::DuplicateRow, &bad);
    }

    /// Notes the sheets and columns that were asked for and are nowhere.
    fn find_missing(&mut self) {
        let sheets = &self.result.sheets;
        let asked = self.options.read.sheets.iter();
        let missing = asked.filter(|asked| {
            !sheets
                .iter()
                .any(|sheet| input::is_same_sheet(sheet, asked))
        });
        self.result.missing_sheets = missing.cloned().collect();
        let only = self.options.selection.only.iter().enumerate();
        let missing =
            only.filter(|(at, _)| self.tables.iter().all(|table| table.only[*at].is_none()));
        self.result.missing_columns = missing.map(|(_, only)| only.header.clone()).collect();
        let tables = self.result.files.iter().flat_map(|file| &file.tables);
        let headers = tables.flat_map(|table| &table.headers);
        self.result.missing_mapped = self.options.map.missing(headers);
    }

    /// Compares a row with those before it.
    fn compare(&mut self, hashes: Hashes, table: usize, row: &mut CheckedRow, names: &str) {
        let at = RowRef {
            table: u32::try_from(table).unwrap_or(u32::MAX),
            row: row.number,
            line: row
                .line
                .and_then(|line| u32::try_from(line).ok())
                .unwrap_or(0),
        };
        let Some(like) = self.seen.note(hashes, at) else {
            return;
        };
        if let Like::Key(first) | Like::AnyOrigin(first) = like
            && self.options.purpose == Purpose::Import
        {
            self.duplicated.insert((first.table, first.row));
        }
        let (field, code, message, help) = match like {
            Like::Key(first) => (
                Field::DisplayName,
                Code::DuplicateRow,
                format!(
                    "the row says the same type, origin and display name as {}",
                    self.place_of(first)
                ),
                "remove one of the two rows, or give it a display name of its own",
            ),
            Like::AnyOrigin(first) => (
                Field::DisplayName,
                Code::DuplicateRow,
                format!(
                    "the row says the same type and display name as {}, and one of the two leaves its origin blank, which \
                     may be that of the other",
                    self.place_of(first)
                ),
                "remove one of the two rows, or say the origin in both, or give it a display name of its own",
            ),
            Like::Origin(other) => (
                Field::Origin,
                Code::SameOrigin,
                format!(
                    "the row says the same type and origin as {}, under another name",
                    self.place_of(other)
                ),
                "two integrations of one host index what both see twice; nothing is wrong if their accounts differ",
            ),
        };
        let columns = &self.tables[table];
        let mut place = Place::row(&columns.table, row.number, row.line);
        place.column = columns.column(field);
        let mut diagnostic = Diagnostic::new(code, place, message, help);
        diagnostic.field = Some(field);
        diagnostic.name = names.get(row.name.clone()).map(str::to_owned);
        self.options.policy.apply(&mut diagnostic);
        row.found.push(diagnostic);
    }

    fn place_of(&self, row: RowRef) -> Place {
        let line = (row.line > 0).then_some(u64::from(row.line));
        Place::row(&self.tables[row.table as usize].table, row.row, line)
    }

    pub(super) fn add_counts(&mut self, table: usize, counts: RowCounts) {
        let name = &self.tables[table].table;
        let tables = self
            .result
            .files
            .iter_mut()
            .rev()
            .flat_map(|file| &mut file.tables);
        let of_table = tables
            .filter(|table| Arc::ptr_eq(&table.name, name))
            .map(|table| &mut table.rows);
        for sum in of_table.chain([&mut self.result.counts]) {
            sum.read += counts.read;
            sum.valid += counts.valid;
            sum.invalid += counts.invalid;
            sum.not_selected += counts.not_selected;
            sum.blank += counts.blank;
        }
    }

    /// Keeps the first row of a CSV that is not read, to say what stands there. The sheets of a workbook are each told of.
    pub(super) fn note_first_row(&mut self, table: &TableName, cells: &[String]) {
        if table.sheet.is_none() {
            self.first_row = FirstRow::new(cells);
        }
    }

    pub(super) fn pass_over(&mut self, table: &Arc<TableName>, why: &str) {
        // What is said comes in the order of the sheets.
        self.check_pending();
        if is_named_away(table) {
            return;
        }
        if let Some(sheet) = &table.sheet {
            self.result.diagnostics.push(Diagnostic::new(
                Code::SheetPassedOver,
                Place::table(table),
                format!("the sheet `{sheet}` is passed over: {why}"),
                "nothing needs to be done if it holds no integrations",
            ));
        }
    }
}

/// A row that is not valid by itself.
fn invalid(n: u32, place: Place, readable: Readable, found: &[Diagnostic]) -> InvalidRow {
    let mut codes = Vec::new();
    for diagnostic in found {
        if diagnostic.severity == Severity::Error && !codes.contains(&diagnostic.code) {
            codes.push(diagnostic.code);
        }
    }
    InvalidRow {
        n,
        place,
        type_name: readable.type_name,
        display_name: readable.name,
        origin: readable.origin,
        key: readable.key,
        codes,
    }
}

/// Whether the selection wants a row.
pub(super) fn is_wanted(columns: &Columns, row: RowView<'_>, options: &Options) -> bool {
    let selection = &options.selection;
    selection.has_row(&columns.table, row.number)
        && columns
            .only
            .iter()
            .zip(&selection.only)
            .all(|(column, only)| {
                let value = column.map_or(Value::Blank, |column| row.value(column));
                let text = match as_it_stands(value).0 {
                    CellText::Text(text) => text,
                    _ => "".into(),
                };
                text.to_lowercase() == only.text.to_lowercase() || is_same_type(&text, &only.text)
            })
}

/// Whether a sheet is by its name, which begins with `_`, one that explains and is not to be read.
pub(super) fn is_named_away(table: &TableName) -> bool {
    table
        .sheet
        .as_ref()
        .is_some_and(|name| name.starts_with('_'))
}

/// Whether two texts say the same type, each in its way.
fn is_same_type(one: &str, other: &str) -> bool {
    let of = IntegrationType::from_name(one);
    of.is_some() && of == IntegrationType::from_name(other)
}

fn diagnostic_of(error: InputError) -> Diagnostic {
    let code = match error.kind {
        InputErrorKind::UnclosedQuote
        | InputErrorKind::StrayQuote
        | InputErrorKind::QuoteTooLong => Code::UnclosedQuote,
        _ => Code::Unreadable,
    };
    let help = error.kind.help();
    Diagnostic::new(code, error.place, error.kind.to_string(), help)
}
