//! All rows of all files: blocks of rows are checked on every core, what compares rows runs after them in order.

use std::path::PathBuf;
use std::sync::Arc;

use super::columns::{self, Columns};
use super::duplicates::{Hashes, Like, RowRef, SeenRows};
use super::row::CheckedRow;
use super::spread::{CheckedBlock, Job, Spread};
use crate::input::{self, Block, InputError, InputErrorKind, Interest, Sink, Source, TableHead};
use crate::model::{Code, Diagnostic, Diagnostics, Field, Place, Row, Severity, TableName};
use crate::secret::SecretPolicy;

/// What the rows are read for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// To be told what is wrong; no record is kept.
    Check,
    /// To be sent.
    Import,
}

/// How to validate.
#[derive(Clone, Debug)]
pub struct Options {
    /// What the rows are read for.
    pub purpose: Purpose,
    /// What references to secrets may reach.
    pub secrets: SecretPolicy,
}

/// How many rows there are of each kind; `read` is `valid` and `invalid` together.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RowCounts {
    /// Rows that hold something.
    pub read: u64,
    /// Rows without an error.
    pub valid: u64,
    /// Rows with an error.
    pub invalid: u64,
    /// Rows passed over because nothing stands in them.
    pub blank: u64,
}

/// A table that was read.
#[derive(Clone, Debug)]
pub struct TableRead {
    /// Its name.
    pub name: Arc<TableName>,
    /// Its headers, of unknown columns too.
    pub headers: Vec<String>,
    /// The fields that its columns say.
    pub columns: Vec<Field>,
    /// How the cells of a CSV are separated.
    pub delimiter: Option<char>,
    /// Its rows.
    pub rows: RowCounts,
}

/// A file that was read.
#[derive(Clone, Debug)]
pub struct FileRead {
    /// The file as the user named it.
    pub name: String,
    /// The SHA-256 of its content in hexadecimal, if the rows are to be sent.
    pub sha256: Option<String>,
    /// Its tables.
    pub tables: Vec<TableRead>,
}

/// All that is known once every file was read.
#[derive(Debug, Default)]
pub struct Validation {
    /// The files.
    pub files: Vec<FileRead>,
    /// The rows of all files.
    pub counts: RowCounts,
    /// What is to be said.
    pub diagnostics: Diagnostics,
    /// The valid rows, in the order of the files; none for a check.
    pub rows: Vec<Row>,
}

/// Reads and checks all `files`.
///
/// Bad files and rows are [`Diagnostic`]s of the result; nothing is an `Err`.
pub fn validate(files: &[PathBuf], options: &Options) -> Validation {
    let mut run = Run {
        options,
        result: Validation::default(),
        tables: Vec::new(),
        spread: Spread::new(options),
        seen: SeenRows::default(),
    };
    for file in files {
        run.file(Source::open(file), &file.display().to_string());
    }
    run.result
}

struct Run<'a> {
    options: &'a Options,
    result: Validation,
    tables: Vec<Arc<Columns>>,
    spread: Spread,
    seen: SeenRows,
}

impl Run<'_> {
    fn file(&mut self, source: Result<Source, InputError>, name: &str) {
        self.result.files.push(FileRead {
            name: name.to_owned(),
            sha256: None,
            tables: Vec::new(),
        });
        let errors = self.result.diagnostics.count(Severity::Error);
        let read = source.and_then(|mut source| {
            if self.options.purpose == Purpose::Import {
                let sha256 = source.sha256()?;
                if let Some(file) = self.result.files.last_mut() {
                    file.sha256 = Some(sha256);
                }
            }
            let place = source.place();
            input::read(&mut source, self)?;
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
                    self.result.diagnostics.push(Diagnostic::new(
                        Code::NoTable,
                        place,
                        "there is no table of integrations in this file",
                        "it needs a header row with `type` and `origin`, `pat`, `username` or `password`",
                    ));
                }
            }
            Err(error) => {
                self.check_pending();
                self.result.diagnostics.push(diagnostic_of(error));
            }
        }
    }

    /// Takes in what comes of all blocks so far.
    fn check_pending(&mut self) {
        while let Some(block) = self.spread.next() {
            self.take_in(block);
        }
    }

    fn take_in(&mut self, block: CheckedBlock) {
        let mut counts = RowCounts {
            blank: block.blank,
            ..RowCounts::default()
        };
        self.seen
            .expect(block.rows.iter().filter_map(|row| row.hashes));
        for mut row in block.rows {
            if let Some(hashes) = row.hashes {
                self.compare(hashes, block.table, &mut row, &block.names);
            }
            counts.read += 1;
            if row.is_valid() {
                counts.valid += 1;
            } else {
                counts.invalid += 1;
            }
            self.take_row(block.table, row);
        }
        self.add_counts(block.table, counts);
    }

    fn take_row(&mut self, table: usize, row: CheckedRow) {
        if row.is_valid()
            && let Some(record) = row.record
        {
            self.result.rows.push(Row {
                n: u32::try_from(self.result.rows.len() + 1).unwrap_or(u32::MAX),
                place: Place::row(&self.tables[table].table, row.number, row.line),
                record: *record,
                warnings: row.found.iter().map(|diagnostic| diagnostic.code).collect(),
            });
        }
        for diagnostic in row.found {
            self.result.diagnostics.push(diagnostic);
        }
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
        row.found.push(diagnostic);
    }

    fn place_of(&self, row: RowRef) -> Place {
        let line = (row.line > 0).then_some(u64::from(row.line));
        Place::row(&self.tables[row.table as usize].table, row.row, line)
    }

    fn add_counts(&mut self, table: usize, counts: RowCounts) {
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
            sum.blank += counts.blank;
        }
    }

    fn pass_over(&mut self, table: &Arc<TableName>, why: &str) {
        // What is said comes in the order of the sheets.
        self.check_pending();
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

impl Sink for Run<'_> {
    fn is_header(&self, text: &str) -> bool {
        columns::is_header(text)
    }

    fn table(&mut self, head: TableHead) -> Interest {
        let mut found = Vec::new();
        let columns = Columns::of(&head, &mut found);
        self.check_pending();
        if columns.is_of_repositories {
            self.result.diagnostics.push(Diagnostic::new(
                Code::RepositoryTable,
                Place::row(&head.name, head.row, head.line),
                "this table lists single repositories, as the app's Bulk Change does, and not integrations",
                "use Bulk Change for it; gij needs a row for each git host and account",
            ));
            return Interest::PassOver;
        }
        let is_named_away = head
            .name
            .sheet
            .as_ref()
            .is_some_and(|name| name.starts_with('_'));
        if is_named_away || !columns.is_of_integrations() {
            let why = if is_named_away {
                "its name begins with `_`"
            } else {
                "its headers name no type, or no origin and no credential"
            };
            self.pass_over(&head.name, why);
            if !is_named_away && columns.is_meant_for_integrations() {
                // A sheet that a slip keeps from being read must not be left out in silence.
                for slip in found {
                    self.result.diagnostics.push(slip);
                }
            }
            return Interest::PassOver;
        }
        for diagnostic in found {
            self.result.diagnostics.push(diagnostic);
        }
        if let Some(file) = self.result.files.last_mut() {
            file.tables.push(TableRead {
                name: head.name,
                headers: head.headers,
                columns: columns.fields().collect(),
                delimiter: head.delimiter,
                rows: RowCounts::default(),
            });
        }
        self.tables.push(Arc::new(columns));
        self.add_counts(
            self.tables.len() - 1,
            RowCounts {
                blank: head.blank_above,
                ..RowCounts::default()
            },
        );
        Interest::Read
    }

    fn no_header(&mut self, name: &Arc<TableName>) {
        self.pass_over(name, "no row of its first 20 has a header that is known");
    }

    fn hidden(&mut self, name: &Arc<TableName>) {
        self.pass_over(name, "it is hidden");
    }

    fn block(&mut self, block: Block) {
        let table = self.tables.len() - 1;
        let columns = Arc::clone(&self.tables[table]);
        let job = Job {
            table,
            columns,
            block,
        };
        if let Some(checked) = self.spread.push(job) {
            self.take_in(checked);
        }
    }
}

fn diagnostic_of(error: InputError) -> Diagnostic {
    let code = match error.kind {
        InputErrorKind::UnclosedQuote => Code::UnclosedQuote,
        _ => Code::Unreadable,
    };
    let help = error.kind.help();
    Diagnostic::new(code, error.place, error.kind.to_string(), help)
}
