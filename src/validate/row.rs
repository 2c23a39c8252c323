//! One row: its cells become a record, or it is said why not.

use std::borrow::Cow;

use super::checked::{CheckedRow, Readable, Shared, is_valid};
use super::columns::Columns;
use super::duplicates::KeyHasher;
use super::lint::lint;
use super::messages::{self, Told};
use super::options::{Options, Purpose};
use crate::input::{RowView, Value};
use crate::model::{
    Code, Diagnostic, Field, FieldSet, IntegrationType, OriginKey, OriginRule, Place, Record,
    RecordDraft, RecordKey, Username, defects,
};

/// A row that the selection leaves out.
pub(super) fn pass_row(row: RowView<'_>) -> CheckedRow {
    CheckedRow {
        is_selected: false,
        number: row.number,
        line: row.line,
        hashes: None,
        name: 0..0,
        record: None,
        readable: None,
        found: Vec::new(),
    }
}

/// Checks one row.
pub(super) fn check_row(
    columns: &Columns,
    row: RowView<'_>,
    options: &Options,
    hasher: &KeyHasher,
    shared: &mut Shared,
) -> CheckedRow {
    let mut check = RowCheck {
        columns,
        row,
        options,
        of: None,
        name: None,
        draft: RecordDraft {
            settings: std::mem::take(&mut shared.settings),
            ..RecordDraft::default()
        },
        given: FieldSet::default(),
        is_secret_missing: false,
        is_secret_typed: false,
        found: Vec::new(),
    };
    let of = check.integration_type();
    check.of = of;
    check.read_cells(of);
    check.check_width();
    check.check_delete();
    if let Some(of) = of {
        check.check_type(of);
    }
    check.finish(hasher, shared)
}

/// A row while it is looked at.
pub(super) struct RowCheck<'a> {
    pub(super) columns: &'a Columns,
    pub(super) row: RowView<'a>,
    pub(super) options: &'a Options,
    /// The row's type, once it is known.
    pub(super) of: Option<IntegrationType>,
    /// The display name; it joins the draft once a record is made.
    pub(super) name: Option<Cow<'a, str>>,
    pub(super) draft: RecordDraft,
    /// Fields whose cells hold something, right or wrong.
    pub(super) given: FieldSet,
    /// An allowed reference has no value, which a check lets pass.
    pub(super) is_secret_missing: bool,
    /// A secret of the row stands on the command line.
    pub(super) is_secret_typed: bool,
    pub(super) found: Vec<Diagnostic>,
}

impl RowCheck<'_> {
    pub(super) fn place(&self, field: Field) -> Place {
        let row = Place::row(&self.columns.table, self.row.number, self.row.line);
        match self.columns.column(field) {
            Some(column) => row.cell(column),
            None => row,
        }
    }

    pub(super) fn tell(&mut self, field: Field, (code, message, help): Told) {
        let mut diagnostic = Diagnostic::new(code, self.place(field), message, help);
        diagnostic.field = Some(field);
        self.found.push(diagnostic);
    }

    /// The vendor's lists have a column that asks for a deletion, and other lists say so by a word, which is not `gij`'s to
    /// do.
    fn check_delete(&mut self) {
        let asks = |column: &usize| self.row.value(*column) != Value::Blank;
        let asks_by_word = |column: &usize| match self.row.value(*column) {
            Value::Text(text) => {
                let text = text.trim();
                text.eq_ignore_ascii_case("delete") || text.eq_ignore_ascii_case("remove")
            }
            _ => false,
        };
        let columns = [
            self.columns.delete.filter(asks),
            self.columns.action.filter(asks_by_word),
        ];
        for column in columns.into_iter().flatten() {
            let place =
                Place::row(&self.columns.table, self.row.number, self.row.line).cell(column);
            let help = "empty the cell, or take the row out; gij only creates";
            let message = "the row asks for a deletion";
            self.found
                .push(Diagnostic::new(Code::AsksToDelete, place, message, help));
        }
    }

    fn check_width(&mut self) {
        if self.row.most_cells() <= self.columns.width {
            return;
        }
        let width = self.row.width();
        if width > self.columns.width {
            let row = Place::row(&self.columns.table, self.row.number, self.row.line);
            self.found.push(Diagnostic::new(
                Code::TooManyCells,
                row.cell(self.columns.width),
                format!(
                    "the row has {width} cells, the header row {}",
                    self.columns.width
                ),
                "check for a delimiter within a cell; such a cell needs quotes around it",
            ));
        }
    }

    fn check_type(&mut self, of: IntegrationType) {
        let username = match &self.draft.username {
            Some(Username::Name(name)) => Some(&**name),
            _ => None,
        };
        for defect in defects(of.spec(), self.given, username) {
            let (field, told) = messages::defect(&defect, of);
            self.tell(field, told);
        }
        for (field, code, message, help) in lint(of, self.given, &self.draft) {
            self.tell(field, (code, message, help));
        }
    }

    fn finish(self, hasher: &KeyHasher, shared: &mut Shared) -> CheckedRow {
        let Self {
            columns,
            row,
            options,
            of,
            name,
            mut draft,
            given,
            is_secret_missing,
            is_secret_typed,
            mut found,
        } = self;
        // Problems are told from left to right.
        found.sort_by_key(|diagnostic| diagnostic.place.column);
        for diagnostic in &mut found {
            options.policy.apply(diagnostic);
            diagnostic.name = name.as_deref().map(str::to_owned);
        }
        let compared = of
            .zip(name.as_deref())
            .map(|(of, name)| hasher.hash(of, draft.origin.as_ref(), name))
            // What cannot be read is not blank, and matches nothing.
            .filter(|hashes| {
                !hashes.blank_is_any || hashes.gives_origin == given.has(Field::Origin)
            });
        shared.is_secret_typed |= is_secret_typed;
        let start = shared.names.len();
        shared.names.push_str(name.as_deref().unwrap_or_default());
        let is_kept = options.purpose == Purpose::Import && !is_secret_missing;
        let mut record = None;
        let mut readable = None;
        match of {
            Some(of) if is_kept && is_valid(&found) => {
                draft.display_name = name.map(Into::into);
                match Record::new(of, draft) {
                    Ok(valid) => record = Some(Box::new(valid)),
                    // The row was asked for the same defects above; should one be left, it must not pass in silence.
                    Err(defects) => found.extend(defects.iter().map(|defect| {
                        let (_, (code, message, help)) = messages::defect(defect, of);
                        let place = Place::row(&columns.table, row.number, row.line);
                        Diagnostic::new(code, place, message, help)
                    })),
                }
            }
            _ => {
                if options.purpose == Purpose::Import {
                    readable = Some(Box::new(readable_of(of, given, &draft, name)));
                }
                draft.settings.clear();
                shared.settings = draft.settings;
            }
        }
        CheckedRow {
            is_selected: true,
            number: row.number,
            line: row.line,
            hashes: compared,
            name: start..shared.names.len(),
            record,
            readable,
            found,
        }
    }
}

/// What an invalid row says all the same.
fn readable_of(
    of: Option<IntegrationType>,
    given: FieldSet,
    draft: &RecordDraft,
    name: Option<Cow<'_, str>>,
) -> Readable {
    let origin = draft.origin.as_ref();
    let is_origin_known = origin.is_some() || (!given.has(Field::Origin) && may_be_blank(of));
    let name: Option<String> = name.map(Into::into);
    let key = of.zip(name.clone()).filter(|_| is_origin_known);
    Readable {
        type_name: of.map(IntegrationType::name),
        origin: origin.map(|origin| origin.as_str().into()),
        key: key.map(|(of, display_name)| RecordKey {
            integration_type: of,
            origin: OriginKey::of(of, origin),
            display_name,
        }),
        name,
    }
}

/// Whether a row of this type need not say its origin.
fn may_be_blank(of: Option<IntegrationType>) -> bool {
    of.is_some_and(|of| {
        matches!(
            of.spec().origin,
            OriginRule::UrlOr(_) | OriginRule::UrlOrUnknown
        )
    })
}
