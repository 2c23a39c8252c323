//! The cells of a row become the values of its fields, each by its kind.

use std::borrow::Cow;

use super::cell::{
    CellText, any_text, plain_text, secret_has_spaces, secret_text, unremarkable_text,
};
use super::compiled::check_filter;
use super::header_names::field_of;
use super::headers::FieldColumn;
use super::options::{Purpose, is_literal};
use super::row::RowCheck;
use super::tokens::{foreign_vendor, holds_token, is_key_id, is_placeholder};
use crate::input::Value;
use crate::model::{
    Code, Field, FieldValue, IntegrationType, Kind, Origin, Problem, Severity, Username,
    parse_flag, quote, quote_any, shown,
};
use crate::secret::{ReferenceError, Secret, SecretCell, SplitCell};

impl<'a> RowCheck<'a> {
    pub(super) fn read_type(&mut self) {
        let column = self.columns.type_column;
        let value = self.value(&column);
        let text = self.text(Field::Type, value);
        let Some(text) = text else {
            if !self.given.has(Field::Type) {
                let help = "write the type in every row, such as `GITHUB`; if it is the one above, fill down: a blank cell does not take it over";
                self.report(Field::Type, Code::MissingType, "`type` is empty", help);
            }
            return;
        };
        // `Azure DevOps` is a product of two types, though it is close to the name of one.
        let by_name = IntegrationType::from_name(&text);
        let products = match by_name {
            Some(_) if !text.contains(' ') => Vec::new(),
            _ => IntegrationType::of_product(&text),
        };
        self.integration_type = match products.as_slice() {
            [] => by_name,
            [one] => {
                let message = format!("{} is read as {one}", quote_any(&text));
                let help = "nothing to do; `gij explain` lists the names of the types";
                self.report(Field::Type, Code::ProductAsType, message, help);
                Some(*one)
            }
            _ => None,
        };
        if self.integration_type.is_none() && !self.check_token(Field::Type, &text) {
            let mut others = self.columns.others.iter();
            let is_alone = others.all(|column| self.cell(column) == Value::Blank);
            self.report_problem(Field::Type, unknown_type(&text, is_alone));
        }
    }

    pub(super) fn read_fields(&mut self) {
        let columns = self.columns;
        let has_key_id = self
            .integration_type
            .is_some_and(|integration_type| integration_type.spec().username_is_secret());
        for column in &columns.others {
            let value = self.value(column);
            if matches!(value, Value::Blank) {
                continue;
            }
            let field = column.field;
            match column.kind {
                Kind::Secret => {
                    let secret = self.secret(field, value);
                    match field {
                        Field::Password => self.draft.password = secret,
                        _ => self.draft.pat = secret,
                    }
                }
                Kind::Username if has_key_id => {
                    let preset = self.preset(column);
                    self.has_secret_argument |= preset.is_some_and(is_literal);
                    self.draft.username = self.secret(field, value).map(Username::KeyId);
                }
                Kind::Username => {
                    let name = self.readable(field, value);
                    self.draft.username = name.map(|name| Username::Name(name.into_owned()));
                }
                Kind::Origin => self.read_origin(value),
                _ if field == Field::DisplayName => {
                    let name = self.readable(field, value);
                    self.draft.display_name = name.map(Cow::into_owned);
                }
                _ => self.read_setting(column, value),
            }
        }
    }

    /// The value of a cell, or the preset of a blank one.
    #[inline]
    fn value(&self, column: &FieldColumn) -> Value<'a> {
        if column.has_preset
            && let Some(preset) = self.preset(column)
        {
            return Value::Text(preset);
        }
        self.cell(column)
    }

    #[inline]
    fn cell(&self, column: &FieldColumn) -> Value<'a> {
        match column.column {
            Some(column) => self.row.value(column),
            None => Value::Blank,
        }
    }

    /// The preset, if the cell is blank.
    fn preset(&self, column: &FieldColumn) -> Option<&'a str> {
        let is_blank = match self.cell(column) {
            Value::Blank => true,
            Value::Text(text) => text.trim().is_empty(),
            _ => false,
        };
        let preset = self.options.preset(column.field);
        preset.filter(|_| is_blank)
    }

    /// The text of a cell that is no secret.
    fn text(&mut self, field: Field, value: Value<'a>) -> Option<Cow<'a, str>> {
        if let Some(text) = unremarkable_text(value, field.kind()) {
            self.given = self.given.with(field);
            return Some(text.into());
        }
        let cell = self.if_allowed(field, value, plain_text(value, field.kind()));
        if let CellText::Trimmed(_) = cell {
            let message = format!("there is white space around `{field}`, which is ignored");
            self.report(field, Code::Trimmed, message, "remove it from the cell");
        }
        self.text_of(field, cell)
    }

    /// A cell whose problem `--allow` lets pass is reported and read all the same.
    fn if_allowed(&mut self, field: Field, value: Value<'a>, cell: CellText<'a>) -> CellText<'a> {
        match cell {
            CellText::Bad(problem) if self.options.policy.allows(problem.code) => {
                self.report_problem(field, problem);
                any_text(value)
            }
            cell => cell,
        }
    }

    fn text_of(&mut self, field: Field, cell: CellText<'a>) -> Option<Cow<'a, str>> {
        if cell != CellText::Blank {
            self.given = self.given.with(field);
        }
        match cell {
            CellText::Blank => None,
            CellText::Text(text) => Some(text),
            CellText::Trimmed(text) => Some(text.into()),
            CellText::Bad(problem) => {
                self.report_problem(field, problem);
                None
            }
        }
    }

    /// The text of a cell that everyone may read and that has no value of a set form.
    fn readable(&mut self, field: Field, value: Value<'a>) -> Option<Cow<'a, str>> {
        let text = self.text(field, value)?;
        // The user name of a row whose type is unknown may be the key id that an AWS row has there.
        let may_be_key_id = field == Field::Username && self.integration_type.is_none();
        if may_be_key_id && is_key_id(&text) {
            return None;
        }
        // What an update does not send, and an export cannot fill in, is blank.
        if !self.options.is_named(field) && is_placeholder(field, &text) {
            return None;
        }
        let is_bad = self.check_token(field, &text)
            || self.check_placeholder(field, &text)
            || field != Field::DisplayName && self.check_quotes(field, &text);
        (!is_bad).then_some(text)
    }

    /// Reports a token where everyone can read it; it is not shown.
    fn check_token(&mut self, field: Field, text: &str) -> bool {
        let is_token = holds_token(text);
        if is_token {
            self.report(
                field,
                Code::SecretInPlainField,
                format!("`{field}` contains what looks like a token, and everyone can read it"),
                "move it to `pat` or `password`, and replace the token: others may have seen it",
            );
        }
        is_token
    }

    /// Reports a cell that is still to be filled in; whether it must not be used.
    fn check_placeholder(&mut self, field: Field, text: &str) -> bool {
        if !is_placeholder(field, text) {
            return false;
        }
        let message = format!("`{field}` still contains a placeholder");
        let help = if self.options.update.is_empty() {
            "write the value itself; only if this type does not need the field, leave the cell blank"
        } else {
            "write the value itself, or empty the cell if the row keeps the value that Jira has"
        };
        self.report(field, Code::Placeholder, message, help);
        !self.options.policy.allows(Code::Placeholder)
    }

    /// Reports curly quotation marks, which spreadsheets put in place of straight ones.
    fn check_quotes(&mut self, field: Field, text: &str) -> bool {
        const CURLY: std::ops::RangeInclusive<char> = '\u{2018}'..='\u{201f}';
        if text.is_ascii() {
            return false;
        }
        let found = text.chars().find(|c| CURLY.contains(c));
        if let Some(found) = found {
            let message = format!(
                "`{field}` contains the curly quotation mark {found}, which only office programs use"
            );
            let help = "type a straight one, and turn automatic quotation marks off";
            self.report(field, Code::SmartQuote, message, help);
        }
        found.is_some()
    }

    fn read_origin(&mut self, value: Value<'a>) {
        let Some(text) = self.readable(Field::Origin, value) else {
            return;
        };
        let Some(integration_type) = self.integration_type else {
            return;
        };
        let code = match Origin::parse(integration_type, &text) {
            Ok(origin) => {
                self.draft.origin = Some(origin);
                return;
            }
            Err(code) => code,
        };
        let mut problem = origin_problem(code, &text, integration_type);
        if self.options.policy.allows(problem.code) {
            self.draft.origin = Origin::of_clone_url(integration_type, &text);
            if self.draft.origin.is_none() {
                // `git@host:…` is no URL, whatever is allowed.
                problem.code = Code::OriginNotUrl;
            }
        }
        self.report_problem(Field::Origin, problem);
    }

    fn read_setting(&mut self, column: &FieldColumn, value: Value<'a>) {
        let (field, kind) = (column.field, column.kind);
        // Most settings are flags without anything remarkable about them: without this, a check takes a tenth longer.
        if let Value::Text(text) = value
            && kind == Kind::Flag
            && let Some(flag) = parse_flag(text)
        {
            self.given = self.given.with(field);
            let value = FieldValue::Flag(flag != column.is_inverted);
            return self.draft.settings.push((field, value));
        }
        let Some(text) = self.text(field, value) else {
            return;
        };
        let parsed = match kind {
            Kind::Filter => check_filter(&text),
            _ => FieldValue::parse(field, &text),
        };
        if let Ok(FieldValue::Flag(flag)) = parsed {
            let value = FieldValue::Flag(flag != column.is_inverted);
            self.draft.settings.push((field, value));
            return;
        }
        if self.check_placeholder(field, &text) {
            return;
        }
        if kind == Kind::Ids && text.eq_ignore_ascii_case("all") {
            return self.read_all_projects();
        }
        // A number or a region that is one is no token.
        let is_text = matches!(parsed, Err(_) | Ok(FieldValue::Text(_)));
        if is_text && self.check_token(field, &text) {
            return;
        }
        match parsed {
            // `[]` is how the vendor writes a blank list.
            Ok(FieldValue::Ids(ids)) if ids.is_empty() => {}
            Ok(value) => self.draft.settings.push((field, value)),
            Err(problem) => self.report_problem(field, problem),
        }
    }

    /// `ALL` in the vendor's `projectMapping` is what `global` says.
    fn read_all_projects(&mut self) {
        let settings = &mut self.draft.settings;
        match settings.iter().find(|(field, _)| *field == Field::Global) {
            None => settings.push((Field::Global, FieldValue::Flag(true))),
            Some((_, FieldValue::Flag(true))) => {}
            Some(_) => {
                self.report(
                    Field::Global,
                    Code::GlobalWithProjects,
                    "the row names all projects, but `global` is false",
                    "keep one of the two",
                );
            }
        }
    }

    /// A secret: literal, or by a reference that the command line allows.
    fn secret(&mut self, field: Field, value: Value<'a>) -> Option<SecretCell> {
        let cell = match unremarkable_text(value, Kind::Secret) {
            Some(text) => CellText::Text(text.into()),
            None => self.if_allowed(field, value, secret_text(value)),
        };
        let text = self.text_of(field, cell)?;
        if self.check_placeholder(field, &text) || self.check_quotes(field, &text) {
            return None;
        }
        let reference = match SplitCell::of(&text) {
            SplitCell::Literal("") => {
                self.report(
                    field,
                    Code::ReferenceWithoutValue,
                    "nothing follows `literal:`",
                    "write the secret after it, or empty the cell",
                );
                return None;
            }
            SplitCell::Literal(secret) if secret.trim() != secret => {
                self.report_problem(field, secret_has_spaces());
                return None;
            }
            SplitCell::Literal(secret) => {
                self.check_vendor(field, secret);
                return self.keeps_secrets().then(|| Secret::new(secret).into());
            }
            SplitCell::Reference(reference) => reference,
        };
        let secret = match self.options.secrets.resolve(&reference) {
            Ok(secret) => secret,
            Err(error) => {
                self.report_reference(field, error);
                return None;
            }
        };
        if let CellText::Bad(problem) = secret_text(Value::Text(secret.expose())) {
            self.report_problem(field, problem);
            return None;
        }
        self.check_vendor(field, secret.expose());
        self.keeps_secrets().then(|| SecretCell {
            secret,
            reference: Some(reference),
        })
    }

    /// A check keeps no secret for longer than it reads it.
    fn keeps_secrets(&self) -> bool {
        self.options.purpose == Purpose::Import
    }

    fn check_vendor(&mut self, field: Field, secret: &str) {
        let Some(integration_type) = self.integration_type else {
            return;
        };
        if let Some(vendor) = foreign_vendor(integration_type, secret) {
            let message = format!(
                "`{field}` looks like a token of {vendor}, but the row is {integration_type}"
            );
            let help = "check the type, and whether the token is in the right row";
            self.report(field, Code::ForeignToken, message, help);
        }
    }

    fn report_reference(&mut self, field: Field, error: ReferenceError) {
        let code = if error.is_missing_value {
            Code::ReferenceWithoutValue
        } else {
            Code::ReferenceNotAllowed
        };
        self.report(field, code, error.message, error.help);
        // A check may run where the secrets are not.
        if error.is_missing_value
            && self.options.purpose == Purpose::Check
            && let Some(reported) = self.found.last_mut()
        {
            reported.severity = Severity::Warning;
        }
    }
}

/// The problem of a text that is no type; a row that `is_alone` has no other cell.
fn unknown_type(text: &str, is_alone: bool) -> Problem {
    // Whether the first cell of several is a type.
    let first = text.split_once([',', ';', '\t', '|', ':']);
    let is_row = first.is_some_and(|(first, _)| {
        let first = first.trim().trim_matches('"');
        IntegrationType::from_name(first).is_some() || IntegrationType::meant_by(first).is_some()
    });
    let help = if field_of(text) == Some(Field::Type) {
        "this is probably a second header row: remove it".to_owned()
    } else if IntegrationType::meant_by(text).is_some() {
        IntegrationType::help_for(text)
    } else if is_row {
        "the whole row is in one cell: remove the quotes around it, or use the delimiter of the header row".to_owned()
    } else if is_alone {
        "this is probably a total, a title or a footnote: remove the row, or choose the rows to read with `--rows`".to_owned()
    } else {
        IntegrationType::help_for(text)
    };
    let message = format!("{} is not an integration type", quote(text, Kind::Type));
    Problem::new(Code::UnknownType, message, help)
}

fn origin_problem(code: Code, text: &str, integration_type: IntegrationType) -> Problem {
    let shown = quote(text, Kind::Origin);
    match code {
        Code::OriginHasUserInfo => Problem::of(
            code,
            "move it to the columns `username` and `password` or `pat`",
        ),
        Code::OriginHasQuery => Problem::of(code, "write the host's base URL alone"),
        Code::OriginIsCloneUrl => Problem::new(
            code,
            format!("{shown} is the address of one repository or page"),
            format!(
                "{} needs the base URL of the host; Jira finds its repositories",
                integration_type.product(),
            ),
        ),
        Code::FolderNotAbsolute => Problem::new(
            code,
            format!("{shown} is not an absolute path"),
            r"write the folder as Jira's machine sees it: `/srv/repos/*`, `D:\repos\*` or `\\server\share\*`",
        ),
        _ => Problem::new(
            code,
            format!("{shown} is not an http(s) URL"),
            match bare_host(text) {
                Some(host) => format!("write `https://{host}`"),
                None => "write the host's base URL, such as `https://git.example.org`".to_owned(),
            },
        ),
    }
}

/// A host without its scheme, if it may be shown: `git.example.org:8443`.
fn bare_host(text: &str) -> Option<&str> {
    let is_host = text.contains('.')
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b".-:/".contains(&b))
        && !text.contains("//");
    shown(text, Kind::Origin).filter(|shown| is_host && *shown == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_password_is_not_shown() {
        assert!(
            !unknown_type("canaryvendorpat", false)
                .message
                .contains("canary")
        );
        for text in [
            "htps://jo:canary@host",
            "ssh://git:canary@host/a.git",
            "jo:canary@host",
        ] {
            let code = Origin::parse(IntegrationType::Gerrit, text).unwrap_err();
            let problem = origin_problem(code, text, IntegrationType::Gerrit);
            let said = format!("{}{}", problem.message, problem.help);
            assert!(!said.contains("canary"), "{said}");
        }
    }
}
