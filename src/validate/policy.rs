//! How bad a problem is taken to be: `--strict` and `--allow`.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::model::{Code, Diagnostic, Severity, nearest};

/// Which severities are changed.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Whether warnings are errors.
    pub is_strict: bool,
    allowed: Vec<Code>,
}

/// Why a code cannot be allowed.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum PolicyError {
    /// There is no such code.
    #[error("`{code}` is not the code of a diagnostic{}", .meant.map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default())]
    Unknown {
        /// What was typed.
        code: String,
        /// The closest code.
        meant: Option<Code>,
    },
    /// It is an error that no wish can lift.
    #[error(
        "`{0}` cannot be allowed: it is not a guess, and Jira would refuse the row or do something else than the sheet says"
    )]
    Fact(Code),
}

impl Policy {
    /// Lets `code` pass.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] if there is no such code, or it stands for a fact.
    pub fn allow(&mut self, code: &str) -> Result<(), PolicyError> {
        let Some(found) = Code::from_name(code) else {
            let known = Code::ALL.iter().map(|code| (code.name(), *code));
            let meant = nearest(code, known);
            return Err(PolicyError::Unknown {
                code: code.to_owned(),
                meant,
            });
        };
        if found.severity() == Severity::Error && !found.is_guess() {
            return Err(PolicyError::Fact(found));
        }
        self.allowed.push(found);
        Ok(())
    }

    /// Whether `code` is let pass.
    pub(super) fn allows(&self, code: Code) -> bool {
        self.allowed.contains(&code)
    }

    /// Sets how bad `diagnostic` is.
    pub(super) fn apply(&self, diagnostic: &mut Diagnostic) {
        let is_guess = diagnostic.code.is_guess();
        diagnostic.severity = match diagnostic.severity {
            Severity::Error if is_guess && self.allows(diagnostic.code) => Severity::Warning,
            Severity::Warning if self.is_strict && !self.allows(diagnostic.code) => Severity::Error,
            severity => severity,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses_and_warnings_may_be_allowed_and_facts_not() {
        let mut policy = Policy::default();
        assert_eq!(policy.allow("placeholder"), Ok(()));
        assert_eq!(policy.allow("plain-http"), Ok(()));
        assert_eq!(
            policy.allow("unknown-type"),
            Err(PolicyError::Fact(Code::UnknownType))
        );
        let error = policy.allow("placeholdr").unwrap_err().to_string();
        assert!(error.ends_with("did you mean `placeholder`?"), "{error}");
    }
}
