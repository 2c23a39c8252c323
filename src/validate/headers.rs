//! Which column holds which field; and what a file has in place of headers, if it has none.

use std::sync::Arc;

use super::header_names::{field_of, is_inverted, near_miss, plain, short_near_miss, undecorated};
use super::options::Options;
use super::quote::quote_any;
use crate::input::{FirstRow, HEADER_WITHIN, TableHead};
use crate::model::{
    Code, Diagnostic, Field, FieldSet, ID, IntegrationType, Kind, Place, Problem, TableName, listed,
};

/// The vendor's column that asks for a deletion, and one that others use, which may ask for it.
const DELETE: &str = "delete";
const ACTION: &str = "action";

/// Columns that only the vendor's lists of single repositories (Bulk Change) have.
const OF_REPOSITORIES: [&str; 2] = ["realroot", "trackedfolderid"];

/// Headers that are known and hold nothing to import: Jira's own columns of an export.
const IGNORED: [&str; 3] = [ID, "lastindexeddate", DELETE];

/// Most headers that a message shows.
const MOST_SHOWN: usize = 12;

/// Whether a header names a field.
pub(super) fn is_header(text: &str, options: &Options) -> bool {
    options.field_of(text).is_some()
}

/// Whether a header names a field, or nearly.
pub(super) fn is_nearly_header(text: &str, options: &Options) -> bool {
    let is_near = || near_miss(text).or_else(|| short_near_miss(text)).is_some();
    is_header(text, options) || options.map.get(text).is_none() && is_near()
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
    /// The column that asks for one by the word `delete`.
    pub action: Option<usize>,
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
    let (mut id, mut delete, mut action) = (None, None, None);
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
            ACTION => action = Some(column),
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
    let short = |header: &str| short_near_miss(header).filter(|meant| !has(*meant));
    let is_near = |field| {
        near.has(field)
            || unknown
                .iter()
                .any(|(_, header)| short(header) == Some(field))
    };
    let is_of_update = || has(Field::Type) && options.update.iter().any(|field| has(*field));
    let kind = if is_of_repositories {
        TableKind::Repositories
    } else if is_of_integrations(has) || is_of_update() {
        TableKind::Integrations
    } else if is_of_integrations(|field| has(field) || is_near(field)) {
        // Short headers are taken for misspelled ones only here, where the table would be left out otherwise.
        unknown.retain(|(column, header)| match short(header) {
            Some(meant) => {
                found.push(misspelled(header, meant, row.cell(*column)));
                false
            }
            None => true,
        });
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
        action,
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
const MEANS: [Field; 4] = [Field::Origin, Field::Username, Field::Password, Field::Pat];

fn is_of_integrations(has: impl Fn(Field) -> bool) -> bool {
    has(Field::Type) && MEANS.into_iter().any(has)
}

/// The problem of a table that has rows above its header row: headers, or what names a type.
pub(super) fn rows_above(
    head: &TableHead,
    columns: &Columns,
    options: &Options,
) -> Option<Diagnostic> {
    let is_header = |cells: &[String]| {
        let named: FieldSet = cells
            .iter()
            .filter_map(|cell| options.field_of(cell))
            .collect();
        is_of_integrations(|field| named.has(field))
    };
    let is_of_type = |cells: &[String]| {
        let is_filled = |cell: &&String| !cell.is_empty();
        let column = columns.column(Field::Type);
        let text = column.and_then(|column| cells.get(column));
        text.is_some_and(|text| IntegrationType::from_name(text).is_some())
            // A type alone is the title of a section.
            && cells.iter().filter(is_filled).count() > 1
    };
    let is_lost = |row: &&FirstRow| {
        // Rows that are separated in another way are one cell here.
        let whole = row.cells.join(",");
        let others = [',', ';', '\t', '|'].map(|delimiter| {
            let cells = whole.split(delimiter);
            cells.map(|cell| cell.trim().to_owned()).collect::<Vec<_>>()
        });
        is_of_type(&row.cells) || others.iter().any(|cells| is_header(cells))
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

/// The row of a table that is not read which is most likely meant for its header row.
pub(super) struct LikelyHeader {
    pub table: Arc<TableName>,
    pub row: FirstRow,
}

impl LikelyHeader {
    /// Those of its cells that are headers.
    fn headers(&self, options: &Options) -> Vec<&String> {
        let cells = self.row.cells.iter();
        cells.filter(|cell| is_header(cell, options)).collect()
    }

    /// How many of its cells are headers.
    pub(super) fn known(&self, options: &Options) -> usize {
        self.headers(options).len()
    }

    /// Its headers, and what it lacks as a header row: "row 3 has the headers `Name`, `URL`, but no type". It may be a row of
    /// values, so that no other cell is shown.
    pub(super) fn description(&self, options: &Options) -> String {
        let headers = self.headers(options);
        let shown = match headers.as_slice() {
            [] => "no known header".to_owned(),
            [one] => format!("the header {}", quote_any(undecorated(one))),
            headers => {
                let headers = listed(headers, MOST_SHOWN, |one| quote_any(undecorated(one)));
                format!("the headers {headers}")
            }
        };
        let lacks = match (self.has(Field::Type, options), self.has_means(options)) {
            (true, true) => "",
            (true, false) => ", but neither an origin nor a credential",
            (false, true) => ", but no type",
            (false, false) if headers.is_empty() => "",
            (false, false) => ", but neither a type nor an origin or a credential",
        };
        format!("row {} has {shown}{lacks}", self.row.number)
    }

    fn has(&self, field: Field, options: &Options) -> bool {
        let mut cells = self.row.cells.iter();
        options.preset(field).is_some() || cells.any(|cell| options.field_of(cell) == Some(field))
    }

    fn has_means(&self, options: &Options) -> bool {
        MEANS.into_iter().any(|field| self.has(field, options))
    }

    /// The options that make it a header row, ready to be copied; none if it takes new headers, or is a row of values.
    pub(super) fn options_to_read_it(&self, options: &Options) -> Option<String> {
        if self.known(options) == 0 || !self.has_means(options) {
            return None;
        }
        let mut words = Vec::new();
        if options.read.header_row.is_none() && self.row.number > HEADER_WITHIN {
            words.push(format!("--header-row {}", self.row.number));
        }
        if !self.has(Field::Type, options) {
            let mut unknown = self.row.cells.iter();
            let header = unknown.find(|cell| !is_header(cell, options) && may_mean_type(cell));
            words.push(if let Some(header) = header {
                let header = header.split_whitespace().collect::<Vec<_>>().join(" ");
                format!("--map {}", quoted(&format!("{header}=type")))
            } else {
                let sheet = self.table.sheet.as_deref();
                let named = sheet.and_then(IntegrationType::meant_by);
                let sheet = sheet.map(|name| format!("--sheet {} ", quoted(name)));
                let set = named.unwrap_or(IntegrationType::GitHub);
                format!("{}--set type={set}", sheet.unwrap_or_default())
            });
        }
        (!words.is_empty()).then(|| words.join(" "))
    }
}

/// Whether a header that is not known may be that of the types: a few plain words, which are no password.
fn may_mean_type(header: &str) -> bool {
    const LONGEST: usize = 40;
    const PARTS: [&str; 8] = [
        "typ", "kind", "host", "system", "product", "provider", "vendor", "platform",
    ];
    let is_plain = |c: char| c.is_alphabetic() || c.is_whitespace();
    let is_words = header.len() <= LONGEST && header.chars().all(is_plain);
    is_words && PARTS.iter().any(|part| plain(header).contains(part))
}

/// A word of a command line, in quotes where a shell needs them.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=".contains(c);
    if word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// The problem of a file without a table of integrations.
pub(super) fn no_table(likely: Option<&LikelyHeader>, options: &Options) -> Problem {
    let none = match options.read.header_row {
        Some(row) => {
            format!("there is no table with its header in row {row}, which `--header-row` names")
        }
        None => "there is no table of integrations in this file".to_owned(),
    };
    let is_there = |likely: &&LikelyHeader| {
        options
            .read
            .header_row
            .is_none_or(|row| row == likely.row.number)
    };
    let likely = likely.filter(is_there);
    let message = match likely {
        None => none,
        Some(likely) => format!("{none}: {}", likely.description(options)),
    };
    let separator = match likely.map(|likely| likely.row.cells.as_slice()) {
        Some([only]) => separator(only),
        _ => None,
    };
    let words = likely.and_then(|likely| likely.options_to_read_it(options));
    let help = match (separator, words) {
        (Some(',' | ';' | '\t' | '|'), _) => {
            "each line is one cell: remove the quotes around the lines, or set `--delimiter`"
                .to_owned()
        }
        (Some(c), _) => format!(
            "its cells seem to be separated by `{c}`, which is not supported: separate them by `,`, `;`, `|` or a tab"
        ),
        (None, Some(words)) => format!(
            "it needs a header row with `type` and `origin`, `pat`, `username` or `password`; if that is this row, rename its headers or, for example, pass `{words}`"
        ),
        (None, None) if likely.is_none() && options.read.header_row.is_some() => {
            "check the row's number in the sheet, or omit `--header-row`".to_owned()
        }
        (None, None) => {
            "it needs a header row with `type` and `origin`, `pat`, `username` or `password`"
                .to_owned()
        }
    };
    Problem::new(Code::NoTable, message, help)
}

/// What separates headers that are known, in what was read as one cell.
fn separator(text: &str) -> Option<char> {
    const CANDIDATES: [char; 7] = [',', ';', '\t', '|', ':', '/', ' '];
    const FEWEST: usize = 2;
    CANDIDATES.into_iter().find(|c| {
        let cells = text.split(*c);
        cells.filter(|cell| field_of(cell).is_some()).count() >= FEWEST
    })
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
