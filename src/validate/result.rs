//! What is known once every file was read.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;
use std::sync::Arc;

use serde::Serialize;

use crate::model::{
    Code, Diagnostic, Diagnostics, Field, Place, Row, Severity, ShownRow, TableName,
};

/// How many rows there are of each kind; `read` is `valid`, `invalid` and `not_selected` together.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct RowCounts {
    /// Rows that are not blank.
    pub read: u64,
    pub valid: u64,
    pub invalid: u64,
    /// Not part of the report of a check.
    #[serde(skip)]
    pub not_selected: u64,
    pub blank: u64,
}

impl AddAssign for RowCounts {
    fn add_assign(&mut self, other: Self) {
        self.read += other.read;
        self.valid += other.valid;
        self.invalid += other.invalid;
        self.not_selected += other.not_selected;
        self.blank += other.blank;
    }
}

/// A table that was read.
#[derive(Clone, Debug)]
pub struct TableRead {
    pub name: Arc<TableName>,
    /// Its headers, of unknown columns too.
    pub headers: Vec<String>,
    /// The fields that have a column.
    pub columns: Vec<Field>,
    /// How the cells of a CSV are separated.
    pub delimiter: Option<char>,
    /// The encoding of a CSV.
    pub encoding: Option<&'static str>,
    pub rows: RowCounts,
}

#[derive(Clone, Debug)]
pub struct FileRead {
    /// The file as the user named it.
    pub name: String,
    /// The SHA-256 of its content in hexadecimal, if the rows are to be sent.
    pub sha256: Option<String>,
    pub tables: Vec<TableRead>,
}

/// All that is known once every file was read. A check keeps no rows.
#[derive(Debug, Default)]
pub struct Validation {
    pub files: Vec<FileRead>,
    /// The rows of all files.
    pub counts: RowCounts,
    pub diagnostics: Diagnostics,
    /// How many of the errors are about single rows.
    pub row_errors: u64,
    /// The valid rows, in the order of the files; those of a check, which keeps them only for a report, without secrets.
    pub rows: Vec<Row>,
    /// The invalid rows, in the order of the files.
    pub invalid: Vec<ShownRow>,
    /// Rows of which a later row is a duplicate, by their numbers, with the first such row and what to do.
    pub duplicated: BTreeMap<u32, (Place, String)>,
    /// The rows that the selection leaves out, each with its number in the run.
    pub not_selected: Vec<(u32, Place)>,
    /// The sheets of all files.
    pub sheets: Vec<String>,
    /// A sheet of `--sheet` that no file has.
    pub missing_sheet: Option<String>,
    /// A header that an option names and no table has, and the option.
    pub missing_column: Option<(String, &'static str)>,
    /// Whether a secret of a row is on the command line, which only the row's type tells: an AWS access key id.
    pub has_secret_argument: bool,
}

impl Validation {
    /// Nothing yet; `keeps_all` for a report in a file.
    pub(super) fn new(keeps_all: bool) -> Self {
        Self {
            diagnostics: Diagnostics::keeping(keeps_all),
            ..Self::default()
        }
    }

    /// Whether something is wrong with a file, a table or a header: then it is not known what the rows hold.
    pub fn has_table_errors(&self) -> bool {
        self.diagnostics.count(Severity::Error) > self.row_errors
    }

    /// Adds what is wrong with a single row.
    pub fn report_row(&mut self, diagnostic: Diagnostic) {
        self.row_errors += u64::from(diagnostic.severity == Severity::Error);
        self.diagnostics.push(diagnostic);
    }

    /// Adds rows of a table.
    pub(super) fn add_counts(&mut self, table: &Arc<TableName>, counts: RowCounts) {
        self.counts += counts;
        if let Some(sum) = self.counts_of(table) {
            *sum += counts;
        }
    }

    fn counts_of(&mut self, table: &Arc<TableName>) -> Option<&mut RowCounts> {
        let mut tables = self.files.iter_mut().flat_map(|file| &mut file.tables);
        let read = tables.find(|read| Arc::ptr_eq(&read.name, table));
        read.map(|read| &mut read.rows)
    }

    /// Makes the rows of these numbers invalid because of `code`, which the caller reports.
    pub fn invalidate(&mut self, code: Code, bad: &BTreeSet<u32>) {
        let rows: Vec<Row> = self
            .rows
            .extract_if(.., |row| bad.contains(&row.n))
            .collect();
        for row in &rows {
            self.count_invalid(&row.place.table);
            self.invalid.push(ShownRow::of(row));
        }
        self.invalid.sort_by_key(|row| row.n);
        for row in &mut self.invalid {
            if bad.contains(&row.n) && !row.codes.contains(&code) {
                row.codes.push(code);
            }
        }
    }

    /// Counts a row of `table` as invalid that was counted as valid.
    pub(super) fn count_invalid(&mut self, table: &Arc<TableName>) {
        self.counts.valid -= 1;
        self.counts.invalid += 1;
        if let Some(sum) = self.counts_of(table) {
            sum.valid -= 1;
            sum.invalid += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::input::Source;
    use crate::model::Code;
    use crate::secret::SecretPolicy;
    use crate::validate::{Options, Purpose, Validation, validate_sources};

    fn import(csv: &str) -> Validation {
        let source = Source::from_bytes("a.csv", csv.into());
        let options = Options::new(Purpose::Import, SecretPolicy::default());
        validate_sources([("a.csv".to_owned(), Ok(source))], &options)
    }

    #[test]
    fn an_invalid_row_is_kept_as_far_as_it_can_be_read() {
        let found = import(
            "type,displayName,origin,pat\n\
             GITHUB,A,,p\n\
             GITHUB_SERVER,B,https://git.example.org/,\n\
             GITHUB_SERVER,C,git@example.org:a/b.git,p\n\
             GITHBU,D,https://git.example.org,p\n\
             GITHUB,ghp_0123456789abcdefghijklmnopqrstuvwxyz,,p\n",
        );
        assert_eq!(found.rows.len(), 1);
        assert!(!found.has_table_errors());
        let shown: Vec<_> = found
            .invalid
            .iter()
            .map(|row| {
                (
                    row.n,
                    row.type_name,
                    row.display_name.as_deref(),
                    &*row.codes,
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                (
                    2,
                    Some("GITHUB_SERVER"),
                    Some("B"),
                    &[Code::MissingCredential][..]
                ),
                (
                    3,
                    Some("GITHUB_SERVER"),
                    Some("C"),
                    &[Code::OriginIsCloneUrl]
                ),
                (4, None, Some("D"), &[Code::UnknownType]),
                (5, Some("GITHUB"), None, &[Code::SecretInPlainField]),
            ]
        );
        let keyed: Vec<_> = found.invalid.iter().map(|row| row.key.is_some()).collect();
        assert_eq!(keyed, [true, false, false, false]);
        assert_eq!(
            found.invalid[0].origin.as_deref(),
            Some("https://git.example.org/")
        );
    }

    #[test]
    fn rows_that_duplicate_each_other_are_all_invalid() {
        let found = import(
            "type,displayName,pat\nGITHUB,A,p\nGITHUB,B,p\nGITHUB,A,q\nGITHUB,C,\nGITHUB,A,r\n",
        );
        let names = found
            .rows
            .iter()
            .filter_map(|row| row.record.display_name());
        assert_eq!(names.collect::<Vec<_>>(), ["B"]);
        let invalid: Vec<u32> = found.invalid.iter().map(|row| row.n).collect();
        assert_eq!(invalid, [1, 3, 4, 5]);
        assert_eq!(found.invalid[0].codes, [Code::DuplicateRow]);
        assert_eq!((found.counts.valid, found.counts.invalid), (1, 4));
        assert_eq!(found.files[0].tables[0].rows, found.counts);
    }

    #[test]
    fn a_header_that_is_wrong_is_no_error_of_a_row() {
        let found = import("type,displayName,pat,orgin\nGITHUB,A,p,\nGITHUB,B,,\n");
        assert!(found.has_table_errors());
    }
}
