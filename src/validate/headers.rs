//! Which column holds which field.

use std::sync::Arc;

use super::header_names::{is_inverted, near_miss, undecorated};
use super::options::Options;
use super::tokens::holds_token;
use crate::input::{FirstRow, TableHead};
use crate::model::{
    Code, Diagnostic, Field, FieldSet, ID, IntegrationType, Kind, Place, TableName, listed, plain,
    quote_any,
};

/// The vendor's column that asks for a deletion.
const DELETE: &str = "delete";

/// Columns that only the vendor's lists of single repositories (Bulk Change) have.
const OF_REPOSITORIES: [&str; 2] = ["realroot", "trackedfolderid"];

/// Headers that are known and hold nothing to import: Jira's own columns of an export.
const IGNORED: [&str; 3] = [ID, "lastindexeddate", DELETE];

/// Most headers that a message shows.
pub(super) const MOST_SHOWN: usize = 12;

/// Whether a header names a field.
pub(super) fn is_header(text: &str, options: &Options) -> bool {
    options.field_of(text).is_some()
}

/// Whether a header names a field, or nearly.
pub(super) fn is_nearly_header(text: &str, options: &Options) -> bool {
    is_header(text, options) || options.map.get(text).is_none() && near_miss(text).is_some()
}

/// The columns of a table.
#[derive(Debug)]
pub(super) struct Columns {
    pub table: Arc<TableName>,
    /// How many columns the header row has.
    pub width: usize,
    by_field: [Option<usize>; Field::COUNT],
    /// The column with the ids of integrations.
    pub id: Option<usize>,
    /// The column that asks for deletions.
    pub delete: Option<usize>,
    /// The columns of `--only`, in its order.
    pub only: Vec<Option<usize>>,
    /// The column of `--split-by`.
    pub split: Option<usize>,
    pub type_column: FieldColumn,
    /// The fields whose cells are read once the type is known, in the manual's order.
    pub others: Vec<FieldColumn>,
}

/// Where the values of a field are.
#[derive(Clone, Copy, Debug)]
pub(super) struct FieldColumn {
    pub field: Field,
    pub kind: Kind,
    /// None if the field has only a preset.
    pub column: Option<usize>,
    /// Whether blank cells have a value.
    pub has_preset: bool,
    /// Whether the column holds the opposite.
    pub is_inverted: bool,
}

impl Columns {
    pub(super) fn column(&self, field: Field) -> Option<usize> {
        self.by_field[field as usize]
    }

    /// Whether the field has a column or a preset.
    pub(super) fn has(&self, field: Field) -> bool {
        self.others.iter().any(|other| other.field == field)
    }

    /// The fields that have a column.
    pub(super) fn fields(&self) -> impl Iterator<Item = Field> {
        Field::all().filter(|field| self.column(*field).is_some())
    }
}

/// What a table's headers make it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum TableKind {
    /// It has types, and origins or credentials.
    Integrations,
    /// It would be of integrations but for misspelled headers.
    Misspelled,
    /// It lists single repositories.
    Repositories,
    Other,
}

/// Matches the headers of a table; the diagnostics tell what is wrong with them.
pub(super) fn match_headers(
    head: &TableHead,
    options: &Options,
) -> (Columns, TableKind, Vec<Diagnostic>) {
    let row = Place::row(&head.name, head.header.number, head.header.line);
    let mut by_field = [None; Field::COUNT];
    let (mut id, mut delete) = (None, None);
    let mut is_of_repositories = false;
    let mut found = Vec::new();
    let mut near = FieldSet::default();
    let mut unknown: Vec<(usize, &str)> = Vec::new();
    for (column, header) in head.header.cells.iter().enumerate() {
        let place = row.cell(column);
        if options.map.get(header) == Some(None) {
            continue;
        }
        if let Some(field) = options.field_of(header) {
            match by_field[field as usize] {
                None => by_field[field as usize] = Some(column),
                Some(first) => found.push(duplicate(field, header, &row.cell(first), place)),
            }
            continue;
        }
        let name = plain(header);
        match name.as_str() {
            ID => id = Some(column),
            DELETE => delete = Some(column),
            name => is_of_repositories |= OF_REPOSITORIES.contains(&name),
        }
        let is_ignored = header.starts_with('_') || IGNORED.contains(&name.as_str());
        if is_ignored || header.is_empty() {
            continue;
        }
        if let Some(meant) = near_miss(header) {
            near = near.with(meant);
            found.push(misspelled(header, meant, place));
            continue;
        }
        unknown.push((column, header));
    }
    let presets: FieldSet = options.presets.iter().map(|preset| preset.field).collect();
    let has = |field: Field| by_field[field as usize].is_some() || presets.has(field);
    let kind = if is_of_repositories {
        TableKind::Repositories
    } else if is_table(options, has) {
        TableKind::Integrations
    } else if is_table(options, |field| has(field) || near.has(field)) {
        TableKind::Misspelled
    } else {
        TableKind::Other
    };
    found.extend(unknown_columns(&unknown, &row));
    found.sort_by_key(|diagnostic| diagnostic.place.column);
    let field_column = |field: Field| {
        let column = by_field[field as usize];
        FieldColumn {
            field,
            kind: field.kind(),
            column,
            has_preset: presets.has(field),
            is_inverted: column.is_some_and(|column| is_inverted(&head.header.cells[column])),
        }
    };
    let columns = Columns {
        table: Arc::clone(&head.name),
        width: head.header.cells.len(),
        by_field,
        id,
        delete,
        only: options
            .selection
            .only
            .iter()
            .map(|only| column_named(&only.header, head))
            .collect(),
        split: options
            .split_by
            .as_deref()
            .and_then(|header| column_named(header, head)),
        type_column: field_column(Field::Type),
        others: Field::all()
            .filter(|field| *field != Field::Type && has(*field) && options.is_read(*field))
            .map(field_column)
            .collect(),
    };
    (columns, kind, found)
}

/// What a table needs one of, beside the type.
pub(super) const MEANS: [Field; 4] = [Field::Origin, Field::Username, Field::Password, Field::Pat];

/// Whether these are the fields of a table that is read.
fn is_table(options: &Options, has: impl Fn(Field) -> bool) -> bool {
    let mut means = MEANS.iter().chain(&options.update);
    has(Field::Type) && means.any(|field| has(*field))
}

/// The problem of a table that has rows above its header row: headers, or what names a type.
pub(super) fn rows_above(
    head: &TableHead,
    columns: &Columns,
    options: &Options,
) -> Option<Diagnostic> {
    let is_filled = |cell: &&str| !cell.is_empty();
    let is_header = |cells: &[&str]| {
        let named: FieldSet = cells
            .iter()
            .filter_map(|cell| options.field_of(cell))
            .collect();
        let filled = cells.iter().copied().filter(is_filled).count();
        // Where the type is preset, one header is enough; but a line such as `Host: …` is none.
        (named.iter().count() > 1 || filled == 1)
            && is_table(options, |field| {
                named.has(field) || options.preset(field).is_some()
            })
    };
    let type_column = columns.column(Field::Type).unwrap_or(0);
    let is_of_type = |cells: &[&str]| {
        let text = cells.get(type_column);
        text.is_some_and(|text| {
            IntegrationType::from_name(text).is_some() || IntegrationType::meant_by(text).is_some()
        })
            // A type alone is the title of a section, and `GitHub, GitLab` is one too.
            && cells.iter().copied().filter(is_filled).count() > 1
            && !cells.iter().any(|cell| cell.starts_with(' '))
    };
    let is_lost = |row: &&FirstRow| {
        // Rows that are separated in another way are one cell here.
        let whole = row.cells.join(",");
        let cells = row.cells.iter().map(String::as_str).collect();
        let others = [',', ';', '\t', '|'].map(|delimiter| whole.split(delimiter).collect());
        let mut ways: Vec<Vec<&str>> = others.into();
        ways.push(cells);
        holds_token(&whole)
            || ways
                .iter()
                .any(|cells| is_of_type(cells) || is_header(cells))
    };
    let first = head.above.iter().find(is_lost)?;
    let last = head.above.last().map_or(first.number, |last| last.number);
    let rows = if first.number == last {
        format!("row {last} is")
    } else {
        format!("rows {} to {last} are", first.number)
    };
    Some(Diagnostic::new(
        Code::RowsAboveHeader,
        Place::row(&head.name, first.number, first.line),
        format!(
            "{rows} above row {}, which is taken for the header row, and would not be read",
            head.header.number
        ),
        format!(
            "put each table on a sheet or in a file of its own, or pass `--header-row {}` to read from there on",
            first.number
        ),
    ))
}

/// The column with this header, known or not.
fn column_named(header: &str, head: &TableHead) -> Option<usize> {
    let header = plain(header);
    head.header
        .cells
        .iter()
        .position(|other| plain(other) == header)
}

/// One note for all columns that are no field; it stands at the first of them.
fn unknown_columns(unknown: &[(usize, &str)], row: &Place) -> Option<Diagnostic> {
    let (first, _) = unknown.first()?;
    let shown = listed(unknown, MOST_SHOWN, |(_, header)| quote_any(header));
    let (message, help) = match unknown.len() {
        1 => (
            format!("the column {shown} is not a field of an integration"),
            "it is not imported",
        ),
        _ => (
            format!("the columns {shown} are not fields of an integration"),
            "they are not imported",
        ),
    };
    let place = row.cell(*first);
    Some(Diagnostic::new(Code::UnknownColumn, place, message, help))
}

fn misspelled(header: &str, meant: Field, place: Place) -> Diagnostic {
    Diagnostic::new(
        Code::NearMissHeader,
        place,
        format!("the column {} is not known", quote_any(undecorated(header))),
        format!("did you mean `{meant}`?"),
    )
}

fn duplicate(field: Field, header: &str, first: &Place, second: Place) -> Diagnostic {
    let first = first.address().unwrap_or_default();
    let mut diagnostic = Diagnostic::new(
        Code::DuplicateHeader,
        second,
        format!(
            "the column {} means `{field}`, and so does the one in {first}",
            quote_any(undecorated(header))
        ),
        "keep one of the two columns, or rename the other",
    );
    diagnostic.field = Some(field);
    diagnostic
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::TableFormat;
    use crate::validate::Purpose;

    fn columns(headers: &[&str]) -> (Columns, Vec<Code>) {
        let name = TableName {
            file: "t.csv".into(),
            sheet: None,
            format: TableFormat::Csv,
        };
        let head = TableHead {
            name: Arc::new(name),
            header: FirstRow {
                number: 1,
                line: Some(1),
                cells: headers.iter().map(|header| (*header).to_owned()).collect(),
            },
            delimiter: Some(','),
            encoding: None,
            blank_above: 0,
            above: Vec::new(),
        };
        let options = Options::new(Purpose::Check, crate::secret::SecretPolicy::default());
        let (columns, _, found) = match_headers(&head, &options);
        let codes = found.into_iter().map(|diagnostic| diagnostic.code);
        (columns, codes.collect())
    }

    #[test]
    fn a_slip_is_an_error_and_another_column_a_note() {
        let (_, codes) = columns(&["type", "orgin", "Team", "_outcome", ""]);
        assert_eq!(codes, [Code::NearMissHeader, Code::UnknownColumn]);
    }

    #[test]
    fn the_same_field_twice_is_an_error() {
        let (columns, codes) = columns(&["type", "url", "origin"]);
        assert_eq!(codes, [Code::DuplicateHeader]);
        assert_eq!(columns.column(Field::Origin), Some(1));
    }
}
