//! The secrets of a row: literal, or by a reference that the command line allows.

use super::cell::{CellText, as_it_stands, secret_text, unremarkable};
use super::lint::{foreign_token, other_half};
use super::options::Purpose;
use super::row::RowCheck;
use crate::input::Value;
use crate::model::{Code, Field, Severity};
use crate::secret::{ReferenceError, Secret, SecretCell, SplitCell};

impl<'a> RowCheck<'a> {
    pub(super) fn secret(&mut self, field: Field, value: Value<'a>) -> Option<SecretCell> {
        let mut cell = match unremarkable(value, field.kind()) {
            Some(text) => CellText::Text(text.into()),
            None => secret_text(value),
        };
        if self.is_allowed(field, &cell) {
            cell = as_it_stands(value).0;
        }
        let text = self.take(field, cell)?;
        if self.check_filled_in(field, &text) || self.check_quotes(field, &text) {
            return None;
        }
        let reference = match SplitCell::of(&text) {
            SplitCell::Literal("") => {
                let message = "`literal:` is followed by nothing".to_owned();
                let help = "write the secret behind it, or empty the cell".to_owned();
                self.tell(field, (Code::ReferenceWithoutValue, message, help));
                return None;
            }
            SplitCell::Literal(secret) => {
                self.check_vendor(field, secret);
                // A check keeps no secret for longer than it looks at it.
                return match self.options.purpose {
                    Purpose::Check => None,
                    Purpose::Import => Some(Secret::new(secret).into()),
                };
            }
            SplitCell::Reference(reference) => reference,
        };
        let secret = match self.options.secrets.resolve(&reference) {
            Ok(secret) => secret,
            Err(error) => {
                self.tell_reference(field, &error);
                return None;
            }
        };
        if let CellText::Bad(problem) = secret_text(Value::Text(secret.expose())) {
            self.tell_cell(field, &problem);
            return None;
        }
        self.check_vendor(field, secret.expose());
        Some(SecretCell {
            secret,
            reference: Some(reference),
        })
    }

    pub(super) fn check_vendor(&mut self, field: Field, secret: &str) {
        let Some(of) = self.of else { return };
        if let Some(vendor) = foreign_token(of, secret) {
            let message =
                format!("`{field}` holds what looks like a token of {vendor}, and the row is {of}");
            let help = "check the type, and whether the token stands in the right row";
            self.tell(field, (Code::ForeignToken, message, help.into()));
        }
        if let Some((what, home)) = other_half(of, field, secret) {
            let message =
                format!("`{field}` holds what looks like {what}, which belongs in `{home}`");
            let help = "look whether the cells of `username` and `password` are swapped";
            self.tell(field, (Code::ForeignToken, message, help.into()));
        }
    }

    pub(super) fn tell_reference(&mut self, field: Field, error: &ReferenceError) {
        let code = if error.is_missing_value() {
            Code::ReferenceWithoutValue
        } else {
            Code::ReferenceNotAllowed
        };
        self.tell(field, (code, error.to_string(), error.help().to_owned()));
        // A check runs where the secrets need not be.
        if error.is_missing_value() && self.options.purpose == Purpose::Check {
            self.is_secret_missing = true;
            if let Some(told) = self.found.last_mut() {
                told.severity = Severity::Warning;
            }
        }
    }
}
