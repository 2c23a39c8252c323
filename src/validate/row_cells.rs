//! The cells of a row become values, each by its kind.

use std::borrow::Cow;

use super::cell::{CellProblem, CellText, as_it_stands, plain_text, unremarkable};
use super::columns::Reading;
use super::compiled;
use super::lint::{holds_a_token, is_placeholder};
use super::messages;
use super::options::is_literal;
use super::row::RowCheck;
use crate::input::Value;
use crate::model::{Code, Field, FieldValue, IntegrationType, Kind, Origin, Username};

fn is_blank(value: Value<'_>) -> bool {
    match value {
        Value::Blank => true,
        Value::Text(text) => text.trim().is_empty(),
        _ => false,
    }
}

impl<'a> RowCheck<'a> {
    /// What the cell of a field holds, or what it is to hold if it is blank.
    #[inline]
    pub(super) fn value(&self, reading: &Reading) -> Value<'a> {
        let value = match reading.column {
            Some(column) => self.row.value(column),
            None => Value::Blank,
        };
        if reading.has_preset {
            self.or_preset(reading.field, value)
        } else {
            value
        }
    }

    #[cold]
    fn or_preset(&self, field: Field, value: Value<'a>) -> Value<'a> {
        match self.options.preset(field) {
            Some(preset) if is_blank(value) => Value::Text(preset),
            _ => value,
        }
    }

    /// Whether the row takes a secret, and no reference to one, from the command line.
    fn is_typed(&self, reading: &Reading) -> bool {
        let cell = match reading.column {
            Some(column) => self.row.value(column),
            None => Value::Blank,
        };
        let preset = self.options.preset(reading.field);
        preset.is_some_and(is_literal) && is_blank(cell)
    }

    /// The text of a cell that is no secret.
    pub(super) fn text(&mut self, field: Field, value: Value<'a>) -> Option<Cow<'a, str>> {
        if let Some(text) = unremarkable(value, field.kind()) {
            self.given = self.given.with(field);
            return Some(text.into());
        }
        let (mut cell, mut is_trimmed) = plain_text(value, field.kind());
        if self.is_allowed(field, &cell) {
            (cell, is_trimmed) = as_it_stands(value);
        }
        if is_trimmed {
            let message = format!("there is white space around `{field}`, which is left out");
            self.tell(
                field,
                (Code::Trimmed, message, "remove it from the cell".into()),
            );
        }
        self.take(field, cell)
    }

    /// Whether the cell holds a number that a spreadsheet may have changed, and that is let pass; it is told all the same.
    pub(super) fn is_allowed(&mut self, field: Field, cell: &CellText<'_>) -> bool {
        let CellText::Bad(problem @ (CellProblem::MangledNumber | CellProblem::SecretIsNumber)) =
            cell
        else {
            return false;
        };
        let is_allowed = self.options.policy.allows(problem.told().0);
        if is_allowed {
            self.tell_cell(field, problem);
        }
        is_allowed
    }

    pub(super) fn take(&mut self, field: Field, cell: CellText<'a>) -> Option<Cow<'a, str>> {
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

    pub(super) fn tell_cell(&mut self, field: Field, problem: &CellProblem) {
        let (code, message, help) = problem.told();
        self.tell(field, (code, message, help.to_owned()));
    }

    pub(super) fn integration_type(&mut self) -> Option<IntegrationType> {
        let value = self.value(&self.columns.reading(Field::Type));
        let text = self.text(Field::Type, value);
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

    pub(super) fn read_cells(&mut self, of: Option<IntegrationType>) {
        let columns = self.columns;
        for reading in &columns.reads {
            let value = self.value(reading);
            if matches!(value, Value::Blank) {
                continue;
            }
            let field = reading.field;
            match reading.kind {
                // Most settings are flags.
                Kind::Flag if self.read_flag(field, value) => {}
                Kind::Secret => {
                    let secret = self.secret(field, value);
                    match field {
                        Field::Password => self.draft.password = secret,
                        _ => self.draft.pat = secret,
                    }
                }
                Kind::Username if of.is_some_and(|of| of.spec().username_is_secret()) => {
                    self.is_secret_typed |= reading.has_preset && self.is_typed(reading);
                    self.draft.username = self.secret(field, value).map(Username::KeyId);
                }
                Kind::Username => {
                    let name = self.readable(field, value);
                    self.draft.username = name.map(|text| Username::Name(text.into()));
                }
                Kind::Origin => self.read_origin(of, value),
                _ if field == Field::DisplayName => {
                    self.name = self.readable(field, value);
                }
                kind => self.read_setting(field, kind, value),
            }
        }
    }

    /// Reads a flag that is written as one is.
    fn read_flag(&mut self, field: Field, value: Value<'_>) -> bool {
        let flag = match value {
            Value::Text(text) => FieldValue::flag(text),
            _ => None,
        };
        if let Some(flag) = flag {
            self.given = self.given.with(field);
            self.push_flag(field, flag);
        }
        flag.is_some()
    }

    fn push_flag(&mut self, field: Field, flag: bool) {
        let flag = flag != self.columns.is_inverted(field);
        self.draft.settings.push((field, FieldValue::Flag(flag)));
    }

    /// A cell that others can read: a token in it is an error, and is not shown.
    pub(super) fn readable(&mut self, field: Field, value: Value<'a>) -> Option<Cow<'a, str>> {
        let text = self.text(field, value)?;
        if holds_a_token(&text) {
            self.tell_token(field);
            return None;
        }
        let is_bad = self.check_filled_in(field, &text)
            || (field != Field::DisplayName && self.check_quotes(field, &text));
        (!is_bad).then_some(text)
    }

    /// Whether the cell is still to be filled in, which is told.
    pub(super) fn check_filled_in(&mut self, field: Field, text: &str) -> bool {
        let is_placeholder = is_placeholder(text);
        let is_allowed = self.options.policy.allows(Code::Placeholder);
        if is_placeholder {
            let message = format!("`{field}` was never filled in: it still holds a placeholder");
            self.tell(
                field,
                (Code::Placeholder, message, "write the value itself".into()),
            );
        }
        is_placeholder && !is_allowed
    }

    /// Whether the cell holds curly quotation marks, which is told: spreadsheets put them in for straight ones.
    pub(super) fn check_quotes(&mut self, field: Field, text: &str) -> bool {
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

    pub(super) fn tell_token(&mut self, field: Field) {
        let message = format!("`{field}` holds what looks like a token, and everyone can read it");
        let help = "move it to `pat` or `password`, and replace the token: it may have been seen";
        self.tell(field, (Code::SecretInPlainField, message, help.into()));
    }

    pub(super) fn read_origin(&mut self, of: Option<IntegrationType>, value: Value<'a>) {
        let Some(text) = self.readable(Field::Origin, value) else {
            return;
        };
        let Some(of) = of else { return };
        let error = match Origin::parse(of, &text) {
            Ok(origin) => {
                self.draft.origin = Some(origin);
                return;
            }
            Err(error) => error,
        };
        let (mut code, message, help) = messages::origin(&error, &text, of);
        if code == Code::OriginIsCloneUrl && self.options.policy.allows(code) {
            self.draft.origin = Origin::of_clone_url(of, &text);
            if self.draft.origin.is_none() {
                // `git@host:…` can be meant as it likes: it is no URL.
                code = Code::OriginNotUrl;
            }
        }
        self.tell(Field::Origin, (code, message, help));
    }

    pub(super) fn read_setting(&mut self, field: Field, kind: Kind, value: Value<'a>) {
        let Some(text) = self.text(field, value) else {
            return;
        };
        if kind == Kind::Flag
            && let Some(flag) = FieldValue::flag(&text)
        {
            return self.push_flag(field, flag);
        }
        if self.check_filled_in(field, &text) {
            return;
        }
        if kind == Kind::Ids && text.eq_ignore_ascii_case("all") {
            return self.read_all_projects();
        }
        let is_any_text = matches!(
            kind,
            Kind::Keys | Kind::ApiPath | Kind::Filter | Kind::RefSpecs | Kind::Text
        );
        if is_any_text && holds_a_token(&text) {
            return self.tell_token(field);
        }
        let value = match kind {
            Kind::Filter => compiled::filter(&text),
            _ => FieldValue::parse(kind, &text),
        };
        match value {
            // `[]` is how the vendor writes a blank list.
            Ok(FieldValue::Ids(ids)) if ids.is_empty() => {}
            Ok(value) => self.draft.settings.push((field, value)),
            Err(_) if holds_a_token(&text) => self.tell_token(field),
            Err(error) => self.tell(field, messages::value(&error, field, &text)),
        }
    }

    /// `ALL` in the vendor's `projectMapping` is what `global` says.
    pub(super) fn read_all_projects(&mut self) {
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
}
