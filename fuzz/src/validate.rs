use gij::testing::input::{ReadOptions, Source};
use gij::testing::model::{Kind, Severity};
use gij::testing::render::{Detail, diagnostics, more};
use gij::testing::secret::{SecretPolicy, SplitCell};
use gij::testing::validate::{Options, Purpose, RowCounts, Validation, field_of, validate_sources};

use crate::CANARY;
use crate::collect::{Table, collect};

/// Checks the tables of `bytes`, and reads them to be sent. What is counted must add up, both must come to the same, and
/// no secret of a cell may be told.
pub fn validate(bytes: &[u8]) {
    let [check, import] = [Purpose::Check, Purpose::Import].map(|purpose| {
        let options = Options::new(purpose, SecretPolicy::default());
        let source = Source::from_bytes("table", bytes.to_vec());
        let found = validate_sources([("table".to_owned(), Ok(source))], &options);
        assert_whole(&found);
        found
    });
    assert_eq!(check.counts.read, import.counts.read);
    assert_eq!(check.counts.blank, import.counts.blank);
    for severity in [Severity::Error, Severity::Warning] {
        let of = |found: &Validation| found.diagnostics.count(severity);
        assert_eq!(of(&check), of(&import), "{severity:?}");
    }
    assert_eq!(import.rows.len() as u64, import.counts.valid);
    assert_eq!(import.invalid.len() as u64, import.counts.invalid);
    assert_secret(bytes, &[check, import]);
}

fn assert_whole(found: &Validation) {
    let RowCounts {
        read,
        valid,
        invalid,
        not_selected,
        blank,
    } = found.counts;
    assert_eq!(read, valid + invalid + not_selected);
    let tables = found.files.iter().flat_map(|file| &file.tables);
    let mut sum = RowCounts::default();
    for table in tables {
        sum.read += table.rows.read;
        sum.valid += table.rows.valid;
        sum.invalid += table.rows.invalid;
        sum.not_selected += table.rows.not_selected;
        sum.blank += table.rows.blank;
    }
    assert_eq!(sum, found.counts);
    assert_eq!((blank, not_selected), (sum.blank, 0));
    assert!(invalid == 0 || found.diagnostics.has_errors());
}

/// If `CANARY` stands in cells of secrets and nowhere else, nothing that is said may hold it.
fn assert_secret(bytes: &[u8], found: &[Validation]) {
    let (tables, read) = collect(bytes, &ReadOptions::default());
    // What comes behind an error, and what nobody took for a table, is not known here.
    if read.is_err() || !tables.iter().any(has_canary) || !tables.iter().all(is_in_place) {
        return;
    }
    // The header row is found by what is known of headers, which may not be the row that was taken for it here.
    let rows = |found: &Validation| {
        found.files[0]
            .tables
            .iter()
            .map(|table| table.headers.clone())
            .collect::<Vec<_>>()
    };
    let headers: Vec<Vec<String>> = tables
        .iter()
        .map(|table| table.head.header.cells.clone())
        .collect();
    for found in found {
        if rows(found) != headers {
            continue;
        }
        let said = [
            Some(diagnostics(&found.diagnostics, Detail::All)),
            more(&found.diagnostics),
        ];
        for said in said.into_iter().flatten().chain([format!("{found:?}")]) {
            assert!(!said.contains(CANARY), "{said}");
        }
    }
}

fn has_canary(table: &Table) -> bool {
    table
        .rows
        .iter()
        .flat_map(|(_, cells)| cells)
        .any(|cell| cell.contains(CANARY))
}

/// Whether `CANARY` stands nowhere but in cells of secrets, and as a secret itself.
fn is_in_place(table: &Table) -> bool {
    let is_secret = |column: usize| {
        let header = table.head.header.cells.get(column);
        let field = header.and_then(|header| field_of(header));
        field.is_some_and(|field| field.kind() == Kind::Secret)
    };
    let mut cells = table
        .rows
        .iter()
        .flat_map(|(_, cells)| cells.iter().enumerate());
    let is_literal = |cell: &str| matches!(SplitCell::of(cell), SplitCell::Literal(_));
    !table
        .head
        .header
        .cells
        .iter()
        .any(|header| header.contains(CANARY))
        && !table
            .head
            .name
            .sheet
            .as_deref()
            .is_some_and(|name| name.contains(CANARY))
        && cells
            .all(|(column, cell)| !cell.contains(CANARY) || is_secret(column) && is_literal(cell))
}
