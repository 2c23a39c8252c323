//! One row: its cells become a record, or it is said why not.

mod checked;
mod secret;

use std::borrow::Cow;

use super::cell::{CellProblem, CellText, plain_text, unremarkable};
use super::columns::Columns;
use super::duplicates::KeyHasher;
use super::lint::{holds_a_token, is_placeholder, lint};
use super::messages::{self, Told};
use super::run::{Options, Purpose};
use crate::input::{RowView, Value};
use crate::model::{
    Code, Diagnostic, Field, FieldSet, FieldValue, IntegrationType, Kind, Origin, Place, Record,
    RecordDraft, Username, defects,
};

use checked::is_valid;
pub(super) use checked::{CheckedRow, Shared};

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

struct RowCheck<'a> {
    columns: &'a Columns,
    row: RowView<'a>,
    options: &'a Options,
    /// The row's type, once it is known.
    of: Option<IntegrationType>,
    /// The display name; it joins the draft once a record is made.
    name: Option<Cow<'a, str>>,
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
        let value = self.row.value(self.columns.column(field)?);
        if value == Value::Blank {
            return None;
        }
        if let Some(text) = unremarkable(value) {
            self.given = self.given.with(field);
            return Some(text.into());
        }
        let (cell, is_trimmed) = plain_text(value);
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
                    self.name = self.readable(field);
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
        let is_bad = self.check_filled_in(field, &text)
            || (field != Field::DisplayName && self.check_quotes(field, &text));
        (!is_bad).then_some(text)
    }

    /// Whether the cell is still to be filled in, which is told.
    fn check_filled_in(&mut self, field: Field, text: &str) -> bool {
        let is_placeholder = is_placeholder(text);
        if is_placeholder {
            let message = format!("`{field}` was never filled in: it still holds a placeholder");
            self.tell(
                field,
                (Code::Placeholder, message, "write the value itself".into()),
            );
        }
        is_placeholder
    }

    /// Whether the cell holds curly quotation marks, which is told: spreadsheets put them in for straight ones.
    fn check_quotes(&mut self, field: Field, text: &str) -> bool {
        const CURLY: [char; 8] = [
            '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}', '\u{201c}', '\u{201d}', '\u{201e}',
            '\u{201f}',
        ];
        if text.is_ascii() {
            return false;
        }
        let found = text.chars().find(|c| CURLY.contains(c));
        if let Some(found) = found {
            let message = format!(
                "`{field}` holds the curly quotation mark {found}, which no machine expects"
            );
            let help = "type the straight one, and turn automatic quotation marks off";
            self.tell(field, (Code::SmartQuote, message, help.into()));
        }
        found.is_some()
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
        // Most settings are flags.
        if kind == Kind::Flag
            && let Some(flag) = FieldValue::flag(&text)
        {
            let flag = flag != self.columns.is_inverted(field);
            return self.draft.settings.push((field, FieldValue::Flag(flag)));
        }
        if self.check_filled_in(field, &text) {
            return;
        }
        if kind == Kind::Ids && text.eq_ignore_ascii_case("all") {
            return self.read_all_projects();
        }
        match FieldValue::parse(kind, &text) {
            // `[]` is how the vendor writes a blank list.
            Ok(FieldValue::Ids(ids)) if ids.is_empty() => {}
            Ok(value) => self.draft.settings.push((field, value)),
            Err(_) if holds_a_token(&text) => self.tell_token(field),
            Err(error) => self.tell(field, messages::value(&error, field, &text)),
        }
    }

    /// `ALL` in the vendor's `projectMapping` is what `global` says.
    fn read_all_projects(&mut self) {
        let global = self
            .draft
            .settings
            .iter()
            .find(|(field, _)| *field == Field::Global);
        match global {
            None => self
                .draft
                .settings
                .push((Field::Global, FieldValue::Flag(true))),
            Some((_, FieldValue::Flag(true))) => {}
            Some(_) => {
                let message = "the row names all projects, and `global` is false".to_owned();
                let help = "keep one of the two".to_owned();
                self.tell(Field::Global, (Code::GlobalWithProjects, message, help));
            }
        }
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

    fn finish(self, hasher: &KeyHasher, shared: &mut Shared) -> CheckedRow {
        let Self {
            row,
            of,
            name,
            mut draft,
            is_secret_missing,
            mut found,
            ..
        } = self;
        // Problems are told from left to right.
        found.sort_by_key(|diagnostic| diagnostic.place.column);
        for diagnostic in &mut found {
            diagnostic.name = name.as_deref().map(str::to_owned);
        }
        let compared = of
            .zip(name.as_deref())
            .map(|(of, name)| hasher.hash(of, draft.origin.as_ref(), name));
        let start = shared.names.len();
        shared.names.push_str(name.as_deref().unwrap_or_default());
        let is_kept = self.options.purpose == Purpose::Import && !is_secret_missing;
        let record = match of {
            Some(of) if is_kept && is_valid(&found) => {
                draft.display_name = name.map(Into::into);
                // The row was asked for the same defects above, so it has none left.
                Record::new(of, draft).ok().map(Box::new)
            }
            _ => {
                draft.settings.clear();
                shared.settings = draft.settings;
                None
            }
        };
        CheckedRow {
            number: row.number,
            line: row.line,
            hashes: compared,
            name: start..shared.names.len(),
            record,
            found,
        }
    }
}
