//! What a secret cell may contain: the secret itself, `literal:…`, `env:NAME` or `file:PATH`.
//!
//! A sheet comes by mail, so a reference must not be able to fetch what its writer may not have: each kind is refused
//! unless the person at the keyboard has allowed the name or the directory.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize, Serializer};
use thiserror::Error;
use wildmatch::WildMatch;

use super::Secret;

/// Most bytes read of a file that a `file:` reference names; the secret is its first line.
const LONGEST_FILE: u64 = 64 * 1024;

/// Where a secret is that a sheet only refers to. Printing it shows the place, never the secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SecretReference {
    /// `env:NAME`: an environment variable.
    Env(String),
    /// `file:PATH`: the first line of a file below the secrets directory.
    File(String),
}

impl fmt::Display for SecretReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "env:{name}"),
            Self::File(path) => write!(f, "file:{path}"),
        }
    }
}

/// What a secret cell contains, before any reference is followed.
pub enum SplitCell<'a> {
    /// The secret itself.
    Literal(&'a str),
    /// The place of the secret.
    Reference(SecretReference),
}

impl<'a> SplitCell<'a> {
    /// Reads the cell's form; every text is one of the forms.
    pub fn of(cell: &'a str) -> Self {
        // Spreadsheets like to begin cells with a capital.
        let rest = |prefix: &str| {
            let start = cell.get(..prefix.len())?;
            start
                .eq_ignore_ascii_case(prefix)
                .then(|| &cell[prefix.len()..])
        };
        if let Some(name) = rest("env:") {
            Self::Reference(SecretReference::Env(name.to_owned()))
        } else if let Some(path) = rest("file:") {
            Self::Reference(SecretReference::File(path.to_owned()))
        } else {
            Self::Literal(rest("literal:").unwrap_or(cell))
        }
    }
}

/// A secret together with the reference that it was read through, if the cell held one.
#[derive(Clone, Debug)]
pub struct SecretCell {
    /// The secret.
    pub secret: Secret,
    /// The reference in the cell; the plan names it with the host that the secret goes to.
    pub reference: Option<SecretReference>,
}

impl From<Secret> for SecretCell {
    fn from(secret: Secret) -> Self {
        Self {
            secret,
            reference: None,
        }
    }
}

/// Why a reference was not followed.
#[derive(Debug, Error)]
pub enum ReferenceError {
    /// No pattern of `--allow-env` matches the name.
    #[error("`env:{0}` is not allowed")]
    EnvNotAllowed(String),
    /// The variables that hold `gij`'s own credentials are never given to a sheet.
    #[error("`env:{0}` is one of gij's own variables")]
    EnvIsOurs(String),
    /// The variable is allowed and not set, or blank.
    #[error("the environment variable {0} is not set")]
    EnvUnset(String),
    /// No `--secrets-dir` was given.
    #[error("`file:{0}` is not allowed")]
    FilesNotAllowed(String),
    /// The file lies outside the secrets directory once links are resolved.
    #[error("`file:{0}` lies outside the secrets directory")]
    FileOutside(String),
    /// The file holds `gij`'s own token or password.
    #[error("`file:{0}` is gij's own token or password file")]
    FileIsOurs(String),
    /// The file cannot be read.
    #[error("`file:{path}` cannot be read: {source}")]
    FileUnreadable {
        /// The path in the cell.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// The file's first line is blank or not text.
    #[error("the first line of `file:{0}` is blank or not text")]
    FileBlank(String),
}

impl ReferenceError {
    /// What the person at the keyboard, or the sheet's writer, can do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::EnvNotAllowed(_) => {
                "if you trust the sheet with it, allow it by `--allow-env NAME`; a secret that begins like this is written `literal:env:…`"
            }
            Self::EnvIsOurs(_) | Self::FileIsOurs(_) => "give the host a credential of its own",
            Self::EnvUnset(_) => "set the variable before you run this again",
            Self::FilesNotAllowed(_) => {
                "if you trust the sheet with it, allow files below a directory by `--secrets-dir DIR`; a secret that begins like this is written `literal:file:…`"
            }
            Self::FileOutside(_) => {
                "move the file below the directory, and name it relative to that"
            }
            Self::FileUnreadable { .. } => "check the file's name and permissions",
            Self::FileBlank(_) => "write the secret alone on the first line",
        }
    }

    /// Whether the reference is allowed and only its value is missing: what `check` may warn about and no more.
    pub fn is_missing_value(&self) -> bool {
        matches!(
            self,
            Self::EnvUnset(_) | Self::FileUnreadable { .. } | Self::FileBlank(_)
        )
    }
}

/// What the references of a sheet may reach. The default allows none.
///
/// The journal holds this value, so that a resumed run follows the same references: its keys are stable.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SecretPolicy {
    /// Patterns (`*`, `?`) of environment variables that may be read.
    pub allow_env: Vec<String>,
    /// The directory below which files may be read.
    #[serde(serialize_with = "lossy")]
    pub secrets_dir: Option<PathBuf>,
    /// Files that hold `gij`'s own credentials. Each command knows its own: they are not journaled.
    #[serde(skip)]
    pub own_files: Vec<PathBuf>,
}

/// JSON has no paths that are not UTF-8; such a directory must not keep a run from being journaled.
#[expect(
    clippy::ref_option,
    reason = "serde hands over a reference to the field"
)]
fn lossy<S: Serializer>(path: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
    let text = path.as_deref().map(Path::to_string_lossy);
    text.serialize(serializer)
}

impl SecretPolicy {
    /// Follows `reference`, if the policy allows it.
    ///
    /// # Errors
    ///
    /// A [`ReferenceError`] says which rule forbids it or what is missing.
    pub fn resolve(&self, reference: &SecretReference) -> Result<Secret, ReferenceError> {
        match reference {
            SecretReference::Env(name) => self.resolve_env(name),
            SecretReference::File(path) => self.resolve_file(path),
        }
    }

    fn resolve_env(&self, name: &str) -> Result<Secret, ReferenceError> {
        // Windows knows no case in variable names, so neither does this rule.
        if name.to_ascii_uppercase().starts_with("JIRA_") {
            return Err(ReferenceError::EnvIsOurs(name.to_owned()));
        }
        let allowed = |pattern: &String| WildMatch::new(pattern).matches(name);
        if !self.allow_env.iter().any(allowed) {
            return Err(ReferenceError::EnvNotAllowed(name.to_owned()));
        }
        match std::env::var(name) {
            Ok(value) if !value.trim().is_empty() => Ok(Secret::new(value)),
            _ => Err(ReferenceError::EnvUnset(name.to_owned())),
        }
    }

    fn resolve_file(&self, path: &str) -> Result<Secret, ReferenceError> {
        let Some(dir) = &self.secrets_dir else {
            return Err(ReferenceError::FilesNotAllowed(path.to_owned()));
        };
        let unreadable = |source| ReferenceError::FileUnreadable {
            path: path.to_owned(),
            source,
        };
        let given = dir;
        let dir = given.canonicalize().map_err(unreadable)?;
        // Whether a file outside exists is not the sheet's to learn: what does not lie below by its letters is
        // "outside" before the disk is asked.
        if !lies_below(&dir, Path::new(path)) && !lies_below(given, Path::new(path)) {
            return Err(ReferenceError::FileOutside(path.to_owned()));
        }
        let file = dir.join(path).canonicalize().map_err(unreadable)?;
        if !file.starts_with(&dir) {
            return Err(ReferenceError::FileOutside(path.to_owned()));
        }
        let is_ours = |own: &PathBuf| own.canonicalize().is_ok_and(|own| own == file);
        if self.own_files.iter().any(is_ours) {
            return Err(ReferenceError::FileIsOurs(path.to_owned()));
        }
        if !file.is_file() {
            return Err(unreadable(io::Error::other("not a regular file")));
        }
        let mut bytes = zeroize::Zeroizing::new(Vec::new());
        File::open(&file)
            .and_then(|file| file.take(LONGEST_FILE).read_to_end(&mut bytes))
            .map_err(unreadable)?;
        first_line(&bytes).ok_or_else(|| ReferenceError::FileBlank(path.to_owned()))
    }
}

/// The first line of a secret file, without its line end and a BOM; none if it is blank or not UTF-8.
pub(crate) fn first_line(bytes: &[u8]) -> Option<Secret> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let line = bytes.split(|&byte| byte == b'\n').next()?;
    let line = std::str::from_utf8(line).ok()?.trim_end();
    (!line.is_empty()).then(|| Secret::new(line))
}

fn lies_below(dir: &Path, path: &Path) -> bool {
    use std::path::Component;
    if path.is_absolute() {
        return path.starts_with(dir)
            && !path
                .components()
                .any(|part| matches!(part, Component::ParentDir));
    }
    path.components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(dir: &Path) -> SecretPolicy {
        SecretPolicy {
            secrets_dir: Some(dir.to_owned()),
            ..SecretPolicy::default()
        }
    }

    fn file(path: &str) -> SecretReference {
        SecretReference::File(path.to_owned())
    }

    #[test]
    fn without_consent_no_reference_is_followed() {
        let none = SecretPolicy::default();
        let env = none.resolve(&SecretReference::Env("PATH".into()));
        assert!(matches!(env, Err(ReferenceError::EnvNotAllowed(_))));
        assert!(matches!(
            none.resolve(&file("x")),
            Err(ReferenceError::FilesNotAllowed(_))
        ));
    }

    #[test]
    fn a_prefix_is_known_in_any_case() {
        let name = |cell| match SplitCell::of(cell) {
            SplitCell::Reference(reference) => reference.to_string(),
            SplitCell::Literal(secret) => secret.to_owned(),
        };
        assert_eq!(
            ["Env:GIT_PW", "FILE:a/b", "Literal:env:x", "plain"].map(name),
            ["env:GIT_PW", "file:a/b", "env:x", "plain"]
        );
    }

    #[test]
    fn our_own_variables_are_refused_whatever_is_allowed() {
        let all = SecretPolicy {
            allow_env: vec!["*".into()],
            ..SecretPolicy::default()
        };
        for name in ["JIRA_TOKEN", "jira_password"] {
            let answer = all.resolve(&SecretReference::Env(name.into()));
            assert!(matches!(answer, Err(ReferenceError::EnvIsOurs(_))));
        }
    }

    #[test]
    fn a_file_below_the_directory_gives_its_first_line() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("pat"), "s3cret\r\nsecond\n").unwrap();
        let secret = policy(dir.path()).resolve(&file("pat")).unwrap();
        assert_eq!(secret.expose(), "s3cret");
    }

    #[test]
    fn a_path_that_climbs_out_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        for path in ["../outside", "/etc/passwd", "a/../../b"] {
            let answer = policy(dir.path()).resolve(&file(path));
            assert!(
                matches!(answer, Err(ReferenceError::FileOutside(_))),
                "{path}"
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_out_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/etc/passwd", dir.path().join("link")).unwrap();
        let answer = policy(dir.path()).resolve(&file("link"));
        assert!(matches!(answer, Err(ReferenceError::FileOutside(_))));
    }

    #[test]
    fn our_own_token_file_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let token = dir.path().join("token");
        std::fs::write(&token, "mine").unwrap();
        let mut policy = policy(dir.path());
        policy.own_files.push(token);
        assert!(matches!(
            policy.resolve(&file("token")),
            Err(ReferenceError::FileIsOurs(_))
        ));
    }
}
