//! One row: its cells become a record, or it is said why not.

use super::columns::Columns;
use super::lint::lint;
use super::messages::{self, Told};
use super::options::Options;
use crate::input::{RowView, Value};
use crate::model::{
    Code, Diagnostic, Field, FieldSet, IntegrationType, OriginKey, Place, Record, RecordDraft,
    RecordKey, Severity, Username, defects,
};

/// What came of a row.
pub(super) struct CheckedRow {
    /// Whether the selection wants it; nothing else is known of it if not.
    pub is_selected: bool,
    /// Its number, from 1.
    pub number: u32,
    /// Its physical line in a CSV.
    pub line: Option<u64>,
    /// Its key, as far as the row says one; rows with errors have keys too.
    pub key: Option<RecordKey>,
    /// Whether it gives an origin.
    pub gives_origin: bool,
    /// Its name for messages.
    pub name: Option<String>,
    /// The record, if the row is valid and its secrets were read.
    pub record: Option<Record>,
    /// What is to be said about it, in the order of the columns.
    pub found: Vec<Diagnostic>,
}

impl CheckedRow {
    /// Whether nothing is wrong with it.
    pub fn is_valid(&self) -> bool {
        self.found
            .iter()
            .all(|diagnostic| diagnostic.severity < Severity::Error)
    }
}

/// A row that the selection leaves out.
pub(super) fn pass_row(row: RowView<'_>) -> CheckedRow {
    CheckedRow {
        is_selected: false,
        number: row.number,
        line: row.line,
        key: None,
        gives_origin: false,
        name: None,
        record: None,
        found: Vec::new(),
    }
}

/// Checks one row.
pub(super) fn check_row(columns: &Columns, row: RowView<'_>, options: &Options) -> CheckedRow {
    let mut check = RowCheck {
        columns,
        row,
        options,
        of: None,
        draft: RecordDraft::default(),
        given: FieldSet::default(),
        is_secret_missing: false,
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
    check.finish(of)
}

/// A row while it is looked at.
pub(super) struct RowCheck<'a> {
    pub(super) columns: &'a Columns,
    pub(super) row: RowView<'a>,
    pub(super) options: &'a Options,
    /// The row's type, once it is known.
    pub(super) of: Option<IntegrationType>,
    pub(super) draft: RecordDraft,
    /// Fields whose cells hold something, right or wrong.
    pub(super) given: FieldSet,
    /// An allowed reference has no value, which a check lets pass.
    pub(super) is_secret_missing: bool,
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

    /// The vendor's lists have a column that asks for a deletion, which is not `gij`'s to do.
    fn check_delete(&mut self) {
        let Some(column) = self.columns.delete else {
            return;
        };
        if self.row.value(column) != Value::Blank {
            let place =
                Place::row(&self.columns.table, self.row.number, self.row.line).cell(column);
            let help = "empty the cell, or take the row out; gij only creates";
            let message = "the row asks for a deletion";
            self.found
                .push(Diagnostic::new(Code::AsksToDelete, place, message, help));
        }
    }

    fn check_width(&mut self) {
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

    fn finish(self, of: Option<IntegrationType>) -> CheckedRow {
        let Self {
            row,
            draft,
            is_secret_missing,
            mut found,
            options,
            columns,
            ..
        } = self;
        for diagnostic in &mut found {
            options.policy.apply(diagnostic);
        }
        // Problems are told from left to right.
        found.sort_by_key(|diagnostic| diagnostic.place.column);
        let name = draft.display_name.as_deref().map(str::to_owned);
        for diagnostic in &mut found {
            diagnostic.name.clone_from(&name);
        }
        let key = of
            .zip(draft.display_name.clone())
            .map(|(of, display_name)| RecordKey {
                integration_type: of,
                origin: OriginKey::of(of, draft.origin.as_ref()),
                display_name,
            });
        let mut checked = CheckedRow {
            is_selected: true,
            number: row.number,
            line: row.line,
            key,
            gives_origin: draft.origin.is_some(),
            name,
            record: None,
            found,
        };
        if let Some(of) = of
            && !is_secret_missing
            && checked.is_valid()
        {
            match Record::new(of, draft) {
                Ok(record) => checked.record = Some(record),
                // The row was asked for the same defects above; should one be left, the row must not pass in silence.
                Err(defects) => checked.found.extend(defects.iter().map(|defect| {
                    let (_, (code, message, help)) = messages::defect(defect, of);
                    Diagnostic::new(
                        code,
                        Place::row(&columns.table, row.number, row.line),
                        message,
                        help,
                    )
                })),
            }
        }
        checked
    }
}
