//! All rows of all files: blocks of rows are checked on every core, and the checks that compare rows follow in their order.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;

use super::duplicates::{ComparedRow, Likeness, find_alike};
use super::headers::{Columns, TableKind, is_header, is_nearly_header, match_headers, rows_above};
use super::no_table::{headerless, no_table};
use super::options::Options;
use super::result::{FileRead, RowCounts, TableRead, Validation};
use super::row::{CheckedRow, is_valid};
use super::workers::{CheckedBlock, UncheckedBlock, Workers};
use crate::input::{
    self, Block, FirstRow, InputError, Interest, Sink, SkipReason, Source, TableHead,
};
use crate::model::{Code, Diagnostic, Field, Place, Severity, TableName};

/// Bytes of names that are kept for what is reported between rows: those of a million rows. Further rows are not named in it.
const MOST_NAMES: usize = 32 << 20;

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

/// Reads and checks what is named and opened already, as `validate` does.
pub fn validate_sources(
    sources: impl IntoIterator<Item = (String, Result<Source, InputError>)>,
    options: &Options,
) -> Validation {
    let mut run = Run {
        options,
        result: Validation::new(options.keeps_all),
        tables: Vec::new(),
        rows_before: Vec::new(),
        workers: Workers::new(options),
        n: 0,
        likely: None,
        has_unread_file: false,
        products: HashSet::new(),
        compared: Vec::new(),
        names: String::new(),
    };
    for (name, source) in sources {
        run.read_file(source, name);
    }
    run.find_missing();
    run.compare_rows();
    run.result
}

/// The files while they are read.
struct Run<'a> {
    options: &'a Options,
    result: Validation,
    tables: Vec<Arc<Columns>>,
    /// For each table how many rows there were before it.
    rows_before: Vec<u32>,
    workers: Workers,
    /// The number of the last row.
    n: u32,
    /// Of the tables of a file that are not read, the row that is most likely meant for a header row, and its table.
    likely: Option<(Arc<TableName>, FirstRow)>,
    /// Whether a file, or the rest of it, could not be read.
    has_unread_file: bool,
    /// The names of products, in messages, that the file has in place of types.
    products: HashSet<String>,
    /// The rows that have a type and a name.
    compared: Vec<ComparedRow>,
    /// The names of all rows, up to a limit.
    names: String,
}

impl Run<'_> {
    fn read_file(&mut self, source: Result<Source, InputError>, name: String) {
        let errors = self.result.diagnostics.count(Severity::Error);
        self.likely = None;
        self.products.clear();
        self.result.files.push(FileRead {
            name,
            sha256: None,
            tables: Vec::new(),
        });
        let read = source.and_then(|source| self.read_source(&source));
        self.finish_blocks();
        let place = match read {
            Ok(place) => place,
            Err(error) => {
                self.has_unread_file = true;
                let diagnostic = Diagnostic::of(error.problem, error.place);
                self.result.diagnostics.push(diagnostic);
                return;
            }
        };
        if self.result.diagnostics.count(Severity::Error) > errors {
            return;
        }
        let tables = self.result.files.last().map(|file| file.tables.as_slice());
        match tables.unwrap_or_default() {
            [] => {
                let diagnostic = no_table(self.likely.take(), self.options, place);
                self.report(diagnostic);
            }
            [first, others @ ..] => {
                if first.rows.read > 0 || others.iter().any(|table| table.rows.read > 0) {
                    return;
                }
                self.report(Diagnostic::new(
                    Code::NoRows,
                    Place::table(&first.name),
                    "the table has a header row and no rows",
                    "add a row for each git host and account; as it is, nothing is imported",
                ));
            }
        }
    }

    fn read_source(&mut self, source: &Source) -> Result<Place, InputError> {
        if self.options.keeps_rows() {
            let sha256 = source.sha256()?;
            if let Some(file) = self.result.files.last_mut() {
                file.sha256 = Some(sha256);
            }
        }
        let options = self.options;
        input::read(source, &options.read, self)?;
        Ok(source.place())
    }

    /// Reports a problem that is not about a single row.
    fn report(&mut self, mut diagnostic: Diagnostic) {
        self.options.policy.apply(&mut diagnostic);
        self.result.diagnostics.push(diagnostic);
    }

    /// Waits for all blocks so far, so that what is reported next follows what their rows have.
    fn finish_blocks(&mut self) {
        while let Some(block) = self.workers.next() {
            self.add_block(block);
        }
    }

    fn add_block(&mut self, block: CheckedBlock) {
        let mut counts = RowCounts {
            blank: block.blank,
            ..RowCounts::default()
        };
        let names = self.names.len();
        let position = |at: usize| u32::try_from(names + at).unwrap_or(u32::MAX);
        for row in block.rows {
            self.n += 1;
            counts.read += 1;
            counts.not_selected += u64::from(!row.is_selected);
            let is_valid = row.is_selected && is_valid(&row.found);
            counts.valid += u64::from(is_valid);
            counts.invalid += u64::from(row.is_selected && !is_valid);
            if let Some(hashes) = row.hashes {
                let line = row.line.and_then(|line| u32::try_from(line).ok());
                self.compared.push(ComparedRow {
                    hashes,
                    n: self.n,
                    row: row.number,
                    line: line.and_then(NonZeroU32::new),
                    is_valid,
                    name: position(row.name.start)..position(row.name.end),
                });
            }
            self.add_row(block.table, row);
        }
        if self.names.len() < MOST_NAMES {
            self.names.push_str(&block.names);
        }
        self.result
            .add_counts(&self.tables[block.table].table, counts);
    }

    fn add_row(&mut self, table: usize, row: CheckedRow) {
        let n = self.n;
        if let Some(kept) = row.kept {
            match *kept {
                Ok(mut valid) => {
                    valid.n = n;
                    let warnings = row.found.iter();
                    let warnings = warnings.filter(|found| found.severity == Severity::Warning);
                    valid.warnings = warnings.map(|found| found.code).collect();
                    self.result.rows.push(valid);
                }
                Err(mut invalid) => {
                    invalid.n = n;
                    for found in &row.found {
                        let is_error = found.severity == Severity::Error;
                        if is_error && !invalid.codes.contains(&found.code) {
                            invalid.codes.push(found.code);
                        }
                    }
                    self.result.invalid.push(invalid);
                }
            }
        } else if !row.is_selected && self.options.keeps_rows() {
            let place = Place::row(&self.tables[table].table, row.number, row.line);
            self.result.not_selected.push((n, place));
        }
        self.result.has_secret_argument |= row.has_secret_argument;
        for diagnostic in row.found {
            // Once a file is enough: the rows of a product are many.
            let is_product = diagnostic.code == Code::ProductAsType;
            if is_product && !self.products.insert(diagnostic.message.clone()) {
                continue;
            }
            self.result.report_row(diagnostic);
        }
    }

    /// Reports the rows that are like an earlier one. Of rows that duplicate each other none is valid: which of them is
    /// meant cannot be told.
    fn compare_rows(&mut self) {
        let rows = std::mem::take(&mut self.compared);
        let mut bad: BTreeMap<Code, BTreeSet<u32>> = BTreeMap::new();
        let mut invalid = BTreeSet::new();
        for (row, earlier, likeness) in find_alike(&rows) {
            let (row, earlier) = (&rows[row], &rows[earlier]);
            let Some(diagnostic) = self.likeness(row, earlier, likeness) else {
                continue;
            };
            let code = diagnostic.code;
            if diagnostic.severity == Severity::Error {
                let is_duplicate = code == Code::DuplicateRow;
                if is_duplicate && self.options.keeps_rows() {
                    let duplicated = self.result.duplicated.entry(earlier.n);
                    duplicated
                        .or_insert_with(|| (diagnostic.place.clone(), diagnostic.help.clone()));
                }
                for row in [row].into_iter().chain(is_duplicate.then_some(earlier)) {
                    bad.entry(code).or_default().insert(row.n);
                    if row.is_valid && invalid.insert(row.n) && !self.options.keeps_rows() {
                        let table = Arc::clone(&self.table_of(row.n).table);
                        self.result.count_invalid(&table);
                    }
                }
            } else if diagnostic.severity == Severity::Warning
                && let Ok(at) = self.result.rows.binary_search_by_key(&row.n, |row| row.n)
            {
                self.result.rows[at].warnings.push(code);
            }
            self.result.report_row(diagnostic);
        }
        for (code, rows) in bad {
            self.result.invalidate(code, &rows);
        }
    }

    /// What is reported of a row that is like an earlier one.
    fn likeness(
        &self,
        row: &ComparedRow,
        earlier: &ComparedRow,
        likeness: Likeness,
    ) -> Option<Diagnostic> {
        let place = |row: &ComparedRow| {
            let line = row.line.map(|line| u64::from(line.get()));
            Place::row(&self.table_of(row.n).table, row.row, line)
        };
        let other = place(earlier);
        let (field, code, message, help) = match likeness {
            Likeness::Key => (
                Field::DisplayName,
                Code::DuplicateRow,
                format!("the row has the same type, origin and display name as {other}"),
                "keep one of the rows and remove the others; if their accounts differ, give each another display name",
            ),
            Likeness::AnyOrigin => (
                Field::DisplayName,
                Code::DuplicateRow,
                format!(
                    "the row has the same type and display name as {other}, and a blank origin in one of the two may be that of the other"
                ),
                "keep one of the rows and remove the others, or fill in all origins; if their accounts differ, give each another display name",
            ),
            Likeness::Origin if !self.options.update.is_empty() => return None,
            Likeness::Origin => (
                Field::Origin,
                Code::SameOrigin,
                format!("the row has the same type and origin as {other}, under another name"),
                "two integrations of one host index what both see twice; ignore this if their accounts differ",
            ),
        };
        let column = self.table_of(row.n).column(field);
        let place = Place {
            column,
            ..place(row)
        };
        let mut diagnostic = Diagnostic::new(code, place, message, help);
        diagnostic.field = Some(field);
        let name = row.name.start as usize..row.name.end as usize;
        diagnostic.name = self.names.get(name).map(str::to_owned);
        self.options.policy.apply(&mut diagnostic);
        Some(diagnostic)
    }

    /// The table of the row of this number.
    fn table_of(&self, n: u32) -> &Columns {
        &self.tables[self.rows_before.partition_point(|rows| *rows < n) - 1]
    }

    /// Notes a sheet and a column that were asked for and are nowhere.
    fn find_missing(&mut self) {
        // What is missing may stand where nothing could be read; the reason for that comes first.
        if self.has_unread_file {
            return;
        }
        let (options, read) = (self.options, &self.tables);
        let has_sheet = |asked: &&String| {
            let mut sheets = self.result.sheets.iter();
            sheets.any(|sheet| input::is_same_sheet(sheet, asked))
        };
        let mut sheets = options.read.sheets.iter();
        let missing_sheet = sheets.find(|asked| !has_sheet(asked)).cloned();
        let only = options.selection.only.iter().enumerate();
        let only = only.filter(|(at, _)| read.iter().all(|table| table.only[*at].is_none()));
        let split = options.split_by.iter();
        let split = split.filter(|_| read.iter().all(|table| table.split.is_none()));
        let named = only.map(|(_, only)| &only.header).chain(split).cloned();
        let has_any = |field: Field| {
            let mut named = Options::named_with(field).iter();
            named.any(|field| read.iter().any(|table| table.has(field)))
        };
        let fields = options.update.iter().filter(|field| !has_any(**field));
        let tables = self.result.files.iter().flat_map(|file| &file.tables);
        let mapped = options.map.missing(tables.flat_map(|table| &table.headers));
        let mut missing = named
            .map(|header| (header, "the command line"))
            .chain(fields.map(|field| (field.to_string(), "--fields")))
            .chain(mapped.into_iter().map(|header| (header, "--map")));
        // Where no table could be read, the diagnostics tell why.
        let missing_column = missing.next().filter(|_| !read.is_empty());
        self.result.missing_sheet = missing_sheet;
        self.result.missing_column = missing_column;
    }

    /// Notes the sheet of this table as skipped, because of the headers in `row`, and keeps the row if it is the
    /// most likely header row so far: it has the most known headers, or else the most cells with text.
    fn skip_headerless(&mut self, table: &Arc<TableName>, row: &FirstRow, reason: &str) {
        let options = self.options;
        let is_known = |cell: &String| is_header(cell, options);
        if row.cells.iter().any(is_known) {
            let (what, help) = headerless(row, options);
            self.skip(
                table,
                &format!("{reason}: {what}"),
                &format!("{NOTHING}; otherwise {help}"),
            );
        } else {
            self.skip(table, reason, NOTHING);
        }
        let rank = |row: &FirstRow| {
            let filled = row.cells.iter().filter(|cell| !cell.is_empty());
            (
                row.cells.iter().filter(|cell| is_known(cell)).count(),
                filled.count(),
            )
        };
        let best = self.likely.as_ref().map(|(_, best)| rank(best));
        if !is_for_people(table) && best < Some(rank(row)) {
            self.likely = Some((Arc::clone(table), row.clone()));
        }
    }

    /// Notes the sheet of this table as skipped.
    fn skip(&mut self, table: &Arc<TableName>, reason: &str, help: &str) {
        self.finish_blocks();
        if let Some(sheet) = table.sheet.as_ref().filter(|_| !is_for_people(table)) {
            let message = format!("the sheet `{sheet}` is skipped: {reason}");
            let place = Place::table(table);
            self.report(Diagnostic::new(Code::SheetPassedOver, place, message, help));
        }
    }
}

impl Sink for Run<'_> {
    fn is_header(&self, text: &str) -> bool {
        is_header(text, self.options)
    }

    fn is_nearly_header(&self, text: &str) -> bool {
        is_nearly_header(text, self.options)
    }

    fn table(&mut self, head: TableHead) -> Interest {
        self.finish_blocks();
        let (columns, kind, found) = match_headers(&head, self.options);
        if kind == TableKind::Repositories {
            self.report(Diagnostic::new(
                Code::RepositoryTable,
                Place::row(&head.name, head.header.number, head.header.line),
                "this table lists single repositories, as the app's Bulk Change does, not integrations",
                "use Bulk Change for it; gij needs a row for each git host and account",
            ));
            return Interest::Skip;
        }
        let is_read = kind == TableKind::Integrations && !is_for_people(&head.name);
        if !is_read {
            let reason = "it is not a table of integrations";
            self.skip_headerless(&head.name, &head.header, reason);
        }
        // A sheet that a misspelled header keeps from being read must not be left out in silence.
        if is_read || kind == TableKind::Misspelled && !is_for_people(&head.name) {
            // Of a table that is not read, an unknown header may be a value.
            let is_shown = |one: &Diagnostic| is_read || one.code != Code::UnknownColumn;
            for diagnostic in found.into_iter().filter(is_shown) {
                self.report(diagnostic);
            }
        }
        if !is_read {
            return Interest::Skip;
        }
        if let Some(diagnostic) = rows_above(&head, &columns, self.options) {
            self.report(diagnostic);
        }
        if let Some(file) = self.result.files.last_mut() {
            file.tables.push(TableRead {
                name: head.name,
                headers: head.header.cells,
                columns: columns.fields().collect(),
                delimiter: head.delimiter,
                encoding: head.encoding,
                rows: RowCounts::default(),
            });
        }
        let blank_above = RowCounts {
            blank: head.blank_above,
            ..RowCounts::default()
        };
        self.result.add_counts(&columns.table, blank_above);
        self.tables.push(Arc::new(columns));
        self.rows_before.push(self.n);
        Interest::Read
    }

    fn skipped(&mut self, name: &Arc<TableName>, reason: SkipReason<'_>) {
        match reason {
            SkipReason::Hidden => self.skip(name, "it is hidden", NOTHING),
            SkipReason::NoCells => self.skip(name, "it has no cells", NOTHING),
            SkipReason::NoHeader(Some(row)) => {
                let reason = match self.options.read.header_row {
                    Some(row) => format!("it has no row {row} with a header"),
                    None => "none of its first 20 rows has a known header".to_owned(),
                };
                self.skip_headerless(name, row, &reason);
            }
            // An empty sheet, as workbooks begin with: there is nothing to tell.
            SkipReason::NoHeader(None) => {}
        }
    }

    fn sheet(&mut self, name: &str) {
        self.result.sheets.push(name.to_owned());
    }

    fn block(&mut self, block: Block) {
        let table = self.tables.len() - 1;
        let checked = self.workers.push(UncheckedBlock {
            table,
            columns: Arc::clone(&self.tables[table]),
            block,
        });
        if let Some(checked) = checked {
            self.add_block(checked);
        }
    }

    fn diagnostic(&mut self, diagnostic: Diagnostic) {
        self.finish_blocks();
        let file = self.result.files.last_mut();
        if diagnostic.code == Code::EncodingGuessed
            && let Some(table) = file.and_then(|file| file.tables.last_mut())
        {
            table.encoding = Some("windows-1252");
        }
        self.report(diagnostic);
    }
}

/// What to do about most sheets that are skipped.
const NOTHING: &str = "nothing to do if it has no integrations";

/// Whether a sheet is by its name, which begins with `_`, one that explains and is not to be read.
fn is_for_people(table: &TableName) -> bool {
    let sheet = table.sheet.as_deref();
    sheet.is_some_and(|name| name.starts_with('_'))
}
