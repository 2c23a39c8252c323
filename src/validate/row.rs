//! One row: its cells become a record, or it is said why not.

use std::borrow::Cow;

use super::cell::{CellProblem, CellText, plain_text, secret_text};
use super::columns::Columns;
use super::lint::{holds_a_token, lint};
use super::messages::{self, Told};
use super::run::{Options, Purpose};
use crate::input::RowView;
use crate::model::{
    Code, Diagnostic, Field, FieldSet, FieldValue, IntegrationType, Kind, Origin, OriginKey, Place,
    Record, RecordDraft, RecordKey, Severity, Username, defects,
};
use crate::secret::{Secret, SecretCell, SplitCell};

/// What came of a row.
pub(super) struct CheckedRow {
    /// Its number, from 1.
    pub number: u32,
    /// Its physical line in a CSV.
    pub line: Option<u64>,
    /// Its key, as far as the row says one; rows with errors have keys too.
    pub key: Option<RecordKey>,
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

/// Checks one row.
pub(super) fn check_row(columns: &Columns, row: RowView<'_>, options: &Options) -> CheckedRow {
    let mut check = RowCheck {
        columns,
        row,
        options,
        draft: RecordDraft::default(),
        given: FieldSet::default(),
        is_secret_missing: false,
        found: Vec::new(),
    };
    let of = check.integration_type();
    check.read_cells(of);
    check.check_width();
    if let Some(of) = of {
        check.check_type(of);
    }
    check.finish(of)
}

struct RowCheck<'a> {
    columns: &'a Columns,
    row: RowView<'a>,
    options: &'a Options,
    draft: RecordDraft,
    /// Fields whose cells hold something, right or wrong.
    given: FieldSet,
    /// An allowed reference has no value, which a check lets pass.
    is_secret_missing: bool,
    found: Vec<Diagnostic>,
}

impl<'a> RowCheck<'a> {
    fn place(&self, field: Field) -> Place {
        let row = Place::row(&self.columns.table, self.row.number, self.row.line);
        match self.columns.column(field) {
            Some(column) => row.cell(column),
            None => row,
        }
    }

    fn tell(&mut self, field: Field, (code, message, help): Told) {
        let mut diagnostic = Diagnostic::new(code, self.place(field), message, help);
        diagnostic.field = Some(field);
        self.found.push(diagnostic);
    }

    /// The text of a cell that is no secret.
    fn text(&mut self, field: Field) -> Option<Cow<'a, str>> {
        let (cell, is_trimmed) =
            plain_text(self.row.value(self.columns.column(field)?), field.kind());
        if is_trimmed {
            let message = format!("there is white space around `{field}`, which is left out");
            self.tell(
                field,
                (Code::Trimmed, message, "remove it from the cell".into()),
            );
        }
        self.take(field, cell)
    }

    fn take(&mut self, field: Field, cell: CellText<'a>) -> Option<Cow<'a, str>> {
        match cell {
            CellText::Blank => None,
            CellText::Text(text) => {
                self.given = self.given.with(field);
                Some(text)
            }
            CellText::Bad(problem) => {
                self.given = self.given.with(field);
                self.tell_cell(field, &problem);
                None
            }
        }
    }

    fn tell_cell(&mut self, field: Field, problem: &CellProblem) {
        let (code, message, help) = problem.told();
        self.tell(field, (code, message, help.to_owned()));
    }

    fn integration_type(&mut self) -> Option<IntegrationType> {
        let text = self.text(Field::Type);
        let Some(text) = text else {
            if !self.given.has(Field::Type) {
                let help = "write the integration type, such as `GITHUB` or `GITLAB_SERVER`";
                let told = (
                    Code::MissingType,
                    "the row has no `type`".into(),
                    help.into(),
                );
                self.tell(Field::Type, told);
            }
            return None;
        };
        let of = IntegrationType::from_name(&text);
        if of.is_none() {
            if holds_a_token(&text) {
                self.tell_token(Field::Type);
            } else {
                self.tell(Field::Type, messages::unknown_type(&text));
            }
        }
        of
    }

    fn read_cells(&mut self, of: Option<IntegrationType>) {
        let columns = self.columns;
        for field in columns.fields() {
            match field.kind() {
                Kind::Type => {}
                Kind::Secret => {
                    let secret = self.secret(field);
                    match field {
                        Field::Password => self.draft.password = secret,
                        _ => self.draft.pat = secret,
                    }
                }
                Kind::Username if of.is_some_and(|of| of.spec().username_is_secret()) => {
                    self.draft.username = self.secret(field).map(Username::KeyId);
                }
                Kind::Username => {
                    self.draft.username =
                        self.readable(field).map(|text| Username::Name(text.into()));
                }
                Kind::Origin => self.read_origin(of),
                _ if field == Field::DisplayName => {
                    self.draft.display_name = self.readable(field).map(Into::into);
                }
                kind => self.read_setting(field, kind),
            }
        }
    }

    /// A cell that others can read: a token in it is an error, and is not shown.
    fn readable(&mut self, field: Field) -> Option<Cow<'a, str>> {
        let text = self.text(field)?;
        if holds_a_token(&text) {
            self.tell_token(field);
            return None;
        }
        Some(text)
    }

    fn tell_token(&mut self, field: Field) {
        let message = format!("`{field}` holds what looks like a token, and everyone can read it");
        let help = "move it to `pat` or `password`, and replace the token: it may have been seen";
        self.tell(field, (Code::SecretInPlainField, message, help.into()));
    }

    fn read_origin(&mut self, of: Option<IntegrationType>) {
        let Some(text) = self.readable(Field::Origin) else {
            return;
        };
        let Some(of) = of else { return };
        match Origin::parse(of, &text) {
            Ok(origin) => self.draft.origin = Some(origin),
            Err(error) => self.tell(Field::Origin, messages::origin(&error, &text, of)),
        }
    }

    fn read_setting(&mut self, field: Field, kind: Kind) {
        let Some(text) = self.text(field) else { return };
        match FieldValue::parse(kind, &text) {
            // `[]` is how the vendor writes a blank list.
            Ok(FieldValue::Ids(ids)) if ids.is_empty() => {}
            Ok(value) => self.draft.settings.push((field, value)),
            Err(_) if holds_a_token(&text) => self.tell_token(field),
            Err(error) => self.tell(field, messages::value(&error, field, &text)),
        }
    }

    fn secret(&mut self, field: Field) -> Option<SecretCell> {
        let cell = secret_text(self.row.value(self.columns.column(field)?));
        let text = self.take(field, cell)?;
        let reference = match SplitCell::of(&text) {
            SplitCell::Literal(secret) => return Some(Secret::new(secret).into()),
            SplitCell::Reference(reference) => reference,
        };
        match self.options.secrets.resolve(&reference) {
            Ok(secret) => Some(SecretCell {
                secret,
                reference: Some(reference),
            }),
            Err(error) if error.is_missing_value() => {
                let help = "set the variable or fill the file, and run again";
                self.tell(
                    field,
                    (Code::ReferenceWithoutValue, error.to_string(), help.into()),
                );
                if self.options.purpose == Purpose::Check {
                    self.is_secret_missing = true;
                    if let Some(told) = self.found.last_mut() {
                        told.severity = Severity::Warning;
                    }
                }
                None
            }
            Err(error) => {
                let help = "if you trust the sheet, allow it with `--allow-env PATTERN` or \
                            `--secrets-dir DIR`; `literal:` before a secret keeps it from being read as a reference";
                self.tell(
                    field,
                    (Code::ReferenceNotAllowed, error.to_string(), help.into()),
                );
                None
            }
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
            ..
        } = self;
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
            number: row.number,
            line: row.line,
            key,
            name,
            record: None,
            found,
        };
        if let Some(of) = of
            && !is_secret_missing
            && checked.is_valid()
        {
            // The row was asked for the same defects above, so it has none left.
            checked.record = Record::new(of, draft).ok();
        }
        checked
    }
}
