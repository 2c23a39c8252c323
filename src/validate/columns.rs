//! Which column says which field.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use super::options::Options;
use crate::input::TableHead;
use crate::model::{Code, Diagnostic, Field, FieldSet, Kind, Place, TableName};

/// The vendor's name for the opposite of `disableSslVerification`.
const INVERTED: (&str, Field) = ("sslverify", Field::DisableSslVerification);

/// The vendor's column that asks for a deletion, and one that others use, which may ask for it.
const DELETE: &str = "delete";
const ACTION: &str = "action";

/// Columns that only the vendor's lists of single repositories (Bulk Change) have.
const OF_REPOSITORIES: [&str; 2] = ["realroot", "trackedfolderid"];

/// Headers that are known and say nothing that can be imported: Jira's own columns of an export.
const IGNORED: [&str; 3] = ["id", "lastindexeddate", DELETE];

/// Shortest header that is compared with the known ones, and the largest distance that is taken for a slip.
const SHORTEST_SLIP: usize = 5;
const LARGEST_SLIP: usize = 2;

static HEADERS: LazyLock<HashMap<String, Field>> = LazyLock::new(|| {
    let names = |field: Field| std::iter::once(field.name()).chain(field.aliases().iter().copied());
    Field::all()
        .flat_map(|field| names(field).map(move |name| (plain(name), field)))
        .chain([(INVERTED.0.to_owned(), INVERTED.1)])
        .collect()
});

/// A header without what people vary: case, spaces, `_`, `-`, NBSP, BOM.
pub(super) fn plain(header: &str) -> String {
    header
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-' | '\u{feff}'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The field that a header says, or whose opposite it says.
pub fn field_of(header: &str) -> Option<Field> {
    HEADERS.get(&plain(header)).copied()
}

/// What a header means, by what somebody says of it or by itself.
fn meaning(header: &str, options: &Options) -> Meaning {
    match options.map.get(header) {
        Some(Some(field)) => Meaning::Field(field),
        Some(None) => Meaning::LeftOut,
        None => field_of(header).map_or(Meaning::Unknown, Meaning::Field),
    }
}

enum Meaning {
    Field(Field),
    LeftOut,
    Unknown,
}

/// Whether a header says a field.
pub(super) fn is_header(text: &str, options: &Options) -> bool {
    matches!(meaning(text, options), Meaning::Field(_))
}

/// Whether a header says a field, or nearly.
pub(super) fn is_nearly_header(text: &str, options: &Options) -> bool {
    match meaning(text, options) {
        Meaning::Field(_) => true,
        Meaning::LeftOut => false,
        Meaning::Unknown => near_miss(text).or_else(|| short_slip(text)).is_some(),
    }
}

/// The columns of a table.
#[derive(Debug)]
pub(super) struct Columns {
    /// The table.
    pub table: Arc<TableName>,
    /// How many columns the header row has.
    pub width: usize,
    by_field: [Option<usize>; Field::COUNT],
    /// Fields that a slip in a header hides.
    slips: FieldSet,
    /// Short headers that may be slips: where in what was found about the headers they are, and which fields they may say.
    short_slips: Vec<(usize, String, Field)>,
    /// Fields whose column says the opposite.
    inverted: FieldSet,
    /// The column that asks for deletions.
    pub delete: Option<usize>,
    /// The column that asks for one by the word `delete`.
    pub action: Option<usize>,
    /// Whether the table lists single repositories.
    pub is_of_repositories: bool,
    /// Fields that have a value even where their cell is blank.
    presets: FieldSet,
    /// The columns that the selection looks at, in its order.
    pub only: Vec<Option<usize>>,
    /// The fields whose cells are read once the type is known, in the manual's order.
    pub reads: Vec<Reading>,
}

/// A field whose cells are read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    /// The field.
    pub field: Field,
    /// What its values are.
    pub kind: Kind,
    /// Its column; none if it has only a value for blank cells.
    pub column: Option<usize>,
    /// Whether it has a value for blank cells.
    pub has_preset: bool,
}

impl Columns {
    /// Matches the headers of `head`; what is wrong with them goes to `found`.
    pub(super) fn of(head: &TableHead, options: &Options, found: &mut Vec<Diagnostic>) -> Self {
        let mut columns = Self {
            table: Arc::clone(&head.name),
            width: head.headers.len(),
            by_field: [None; Field::COUNT],
            slips: FieldSet::default(),
            short_slips: Vec::new(),
            inverted: FieldSet::default(),
            delete: None,
            action: None,
            is_of_repositories: false,
            presets: options.presets.iter().map(|preset| preset.field).collect(),
            only: options
                .selection
                .only
                .iter()
                .map(|only| column_named(&only.header, head))
                .collect(),
            reads: Vec::new(),
        };
        let row = Place::row(&head.name, head.row, head.line);
        for (column, header) in head.headers.iter().enumerate() {
            let place = row.cell(column);
            let field = match meaning(header, options) {
                Meaning::LeftOut => continue,
                Meaning::Field(field) => Some(field),
                Meaning::Unknown => None,
            };
            if let Some(field) = field {
                if plain(header) == INVERTED.0 {
                    columns.inverted = columns.inverted.with(field);
                }
                match columns.by_field[field as usize] {
                    None => columns.by_field[field as usize] = Some(column),
                    Some(first) => found.push(duplicate(field, header, &row.cell(first), place)),
                }
                continue;
            }
            match plain(header).as_str() {
                DELETE => columns.delete = Some(column),
                ACTION => columns.action = Some(column),
                name if OF_REPOSITORIES.contains(&name) => columns.is_of_repositories = true,
                _ => {}
            }
            if is_ignored(header) {
                continue;
            }
            if let Some(meant) = near_miss(header) {
                columns.slips = columns.slips.with(meant);
                found.push(slip(header, meant, place));
                continue;
            }
            if let Some(meant) = short_slip(header) {
                columns
                    .short_slips
                    .push((found.len(), header.clone(), meant));
            }
            found.push(Diagnostic::new(
                Code::UnknownColumn,
                place,
                format!("the column `{header}` is not a field of an integration"),
                "it is kept out of the import",
            ));
        }
        let read = columns.fields().filter(|field| *field != Field::Type);
        columns.reads = read.map(|field| columns.reading(field)).collect();
        columns
    }

    /// The column of `field`.
    pub(super) fn column(&self, field: Field) -> Option<usize> {
        self.by_field[field as usize]
    }

    /// How the cells of `field` are read.
    pub(super) fn reading(&self, field: Field) -> Reading {
        Reading {
            field,
            kind: field.kind(),
            column: self.column(field),
            has_preset: self.presets.has(field),
        }
    }

    /// Whether the column of `field` says the opposite.
    pub(super) fn is_inverted(&self, field: Field) -> bool {
        self.inverted.has(field)
    }

    /// The fields that have a column, or a value without one.
    pub(super) fn fields(&self) -> impl Iterator<Item = Field> {
        Field::all().filter(|field| self.says(*field))
    }

    fn says(&self, field: Field) -> bool {
        self.column(field).is_some() || self.presets.has(field)
    }

    /// Whether this is a table of integrations: it says types, and origins or credentials.
    pub(super) fn is_of_integrations(&self) -> bool {
        is_of_integrations(|field| self.says(field))
    }

    /// Whether it would be one but for slips in its headers. Short headers, which are close to many words, are taken for
    /// slips only here, where the table would be left out otherwise: then `found` says so.
    pub(super) fn is_meant_for_integrations(&self, found: &mut [Diagnostic]) -> bool {
        let is_short = |field| self.short_slips.iter().any(|(_, _, meant)| *meant == field);
        let is_meant = is_of_integrations(|field| {
            self.says(field) || self.slips.has(field) || is_short(field)
        });
        if is_meant {
            for (at, header, meant) in &self.short_slips {
                if !self.says(*meant)
                    && let Some(told) = found.get_mut(*at)
                {
                    *told = slip(header, *meant, told.place.clone());
                }
            }
        }
        is_meant
    }
}

fn is_of_integrations(says: impl Fn(Field) -> bool) -> bool {
    const MEANS: [Field; 4] = [Field::Origin, Field::Username, Field::Password, Field::Pat];
    says(Field::Type) && MEANS.into_iter().any(says)
}

/// The column with this header, known or not.
fn column_named(header: &str, head: &TableHead) -> Option<usize> {
    let header = plain(header);
    head.headers.iter().position(|other| plain(other) == header)
}

fn is_ignored(header: &str) -> bool {
    header.is_empty() || header.starts_with('_') || IGNORED.contains(&plain(header).as_str())
}

/// The field that a header, which says none, is close to.
pub(super) fn near_miss(header: &str) -> Option<Field> {
    let header = plain(header);
    if header.chars().count() < SHORTEST_SLIP {
        return None;
    }
    let candidates = HEADERS
        .iter()
        .map(|(known, field)| (strsim::osa_distance(&header, known), known.len(), *field));
    // Short words are close to many others: of four letters, one may differ.
    let is_slip = |(distance, length, _): &(usize, usize, Field)| match length {
        ..=3 => false,
        4 => *distance <= 1,
        _ => *distance <= LARGEST_SLIP,
    };
    candidates.filter(is_slip).min().map(|(_, _, field)| field)
}

/// The field that a header of three or four letters, which says none, is one slip away from.
fn short_slip(header: &str) -> Option<Field> {
    let header = plain(header);
    if !(3..SHORTEST_SLIP).contains(&header.chars().count()) {
        return None;
    }
    let mut known: Vec<_> = HEADERS
        .iter()
        .filter(|(known, _)| known.len() >= 3 && strsim::osa_distance(&header, known) == 1)
        .map(|(known, field)| (known, *field))
        .collect();
    known.sort_unstable();
    known.first().map(|(_, field)| *field)
}

fn slip(header: &str, meant: Field, place: Place) -> Diagnostic {
    Diagnostic::new(
        Code::NearMissHeader,
        place,
        format!("the column `{header}` is not known"),
        format!("did you mean `{meant}`?"),
    )
}

fn duplicate(field: Field, header: &str, first: &Place, second: Place) -> Diagnostic {
    let first = first.address().unwrap_or_default();
    let mut diagnostic = Diagnostic::new(
        Code::DuplicateHeader,
        second,
        format!("the column `{header}` says `{field}`, as the one in {first} does"),
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
            row: 1,
            line: Some(1),
            headers: headers.iter().map(|header| (*header).to_owned()).collect(),
            delimiter: Some(','),
            encoding: None,
            blank_above: 0,
        };
        let mut found = Vec::new();
        let options = Options::new(Purpose::Check, crate::secret::SecretPolicy::default());
        let columns = Columns::of(&head, &options, &mut found);
        (
            columns,
            found
                .into_iter()
                .map(|diagnostic| diagnostic.code)
                .collect(),
        )
    }

    #[test]
    fn headers_match_without_case_spaces_and_dashes() {
        for header in [
            "displayName",
            "Display Name",
            "display_name",
            "DISPLAY-NAME",
            "display\u{a0}name",
        ] {
            assert_eq!(field_of(header), Some(Field::DisplayName), "{header}");
        }
        assert_eq!(field_of("Token"), Some(Field::Pat));
    }

    #[test]
    fn no_two_fields_share_a_header() {
        let names = Field::all()
            .map(|field| 1 + field.aliases().len())
            .sum::<usize>();
        assert_eq!(HEADERS.len(), names + 1);
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
