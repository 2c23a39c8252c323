//! What a secret cell may contain: the secret itself, `literal:…`, `env:NAME` or `file:PATH`.
//!
//! A sheet comes by mail, so a reference must not be able to fetch what its writer may not have: each kind is refused
//! unless the person at the keyboard has allowed the name or the directory.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize, Serializer};
use wildmatch::WildMatch;

use super::Secret;

/// Most bytes read of a file that a `file:` reference names; the secret is its first line.
const LONGEST_FILE: u64 = 64 * 1024;

const OF_ITS_OWN: &str = "give the host a credential of its own";

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
#[derive(Debug)]
pub struct ReferenceError {
    pub message: String,
    /// What the person at the keyboard, or the sheet's writer, can do about it.
    pub help: String,
    /// Whether the reference is allowed and only its value is missing: what `check` may warn about and no more.
    pub is_missing_value: bool,
}

/// The reference is not allowed.
fn refused(message: String, help: &str) -> ReferenceError {
    ReferenceError {
        message,
        help: help.to_owned(),
        is_missing_value: false,
    }
}

fn without_value(message: String, help: &str) -> ReferenceError {
    ReferenceError {
        is_missing_value: true,
        ..refused(message, help)
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
    /// If a rule forbids it, or its value is missing.
    pub fn resolve(&self, reference: &SecretReference) -> Result<Secret, ReferenceError> {
        match reference {
            SecretReference::Env(name) => self.resolve_env(name),
            SecretReference::File(path) => self.resolve_file(path),
        }
    }

    fn resolve_env(&self, name: &str) -> Result<Secret, ReferenceError> {
        // Windows knows no case in variable names, so neither does this rule.
        if name.to_ascii_uppercase().starts_with("JIRA_") {
            let message = format!("`env:{name}` is one of gij's own variables");
            return Err(refused(message, OF_ITS_OWN));
        }
        let allowed = |pattern: &String| WildMatch::new(pattern).matches(name);
        if !self.allow_env.iter().any(allowed) {
            // A `*` of the sheet must not get into the option.
            let is_plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            let known = if is_plain { name } else { "NAME" };
            return Err(refused(
                format!("`env:{name}` is not allowed"),
                &format!(
                    "if you trust the sheet with it, allow it with `--allow-env {known}`; write a secret that begins like this as `literal:env:…`"
                ),
            ));
        }
        match std::env::var(name) {
            Ok(value) if !value.trim().is_empty() => Ok(Secret::new(value)),
            _ => Err(without_value(
                format!("the environment variable {name} is not set"),
                "set the variable before you run this again",
            )),
        }
    }

    fn resolve_file(&self, path: &str) -> Result<Secret, ReferenceError> {
        let Some(given) = &self.secrets_dir else {
            return Err(refused(
                format!("`file:{path}` is not allowed"),
                "if you trust the sheet with it, allow the files below a directory with `--secrets-dir DIR`; write a secret that begins like this as `literal:file:…`",
            ));
        };
        let unreadable = |source: io::Error| {
            let message = format!("`file:{path}` cannot be read: {source}");
            without_value(message, "check the file's name and permissions")
        };
        let outside = || {
            let message = format!("`file:{path}` lies outside the secrets directory");
            refused(
                message,
                "move the file below the directory, and name it relative to that",
            )
        };
        let dir = given.canonicalize().map_err(unreadable)?;
        // Whether a file outside exists is not the sheet's to learn: what does not lie below by its letters is
        // "outside" before the disk is asked.
        if !lies_below(&dir, Path::new(path)) && !lies_below(given, Path::new(path)) {
            return Err(outside());
        }
        let file = dir.join(path).canonicalize().map_err(unreadable)?;
        if !file.starts_with(&dir) {
            return Err(outside());
        }
        let is_ours = |own: &PathBuf| own.canonicalize().is_ok_and(|own| own == file);
        if self.own_files.iter().any(is_ours) {
            let message = format!("`file:{path}` is gij's own token or password file");
            return Err(refused(message, OF_ITS_OWN));
        }
        if !file.is_file() {
            return Err(unreadable(io::Error::other("not a regular file")));
        }
        let mut bytes = zeroize::Zeroizing::new(Vec::new());
        File::open(&file)
            .and_then(|file| file.take(LONGEST_FILE).read_to_end(&mut bytes))
            .map_err(unreadable)?;
        first_line(&bytes).ok_or_else(|| {
            let message = format!("the first line of `file:{path}` is blank or not text");
            without_value(message, "write the secret alone on the first line")
        })
    }
}

/// The first line of a secret file, without its line end and a BOM; none if it is blank or not UTF-8.
pub(crate) fn first_line(bytes: &[u8]) -> Option<Secret> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let line = bytes.split(|&byte| byte == b'\n').next()?;
    let line = std::str::from_utf8(line).ok()?.trim_end();
    (!line.is_empty()).then(|| Secret::new(line))
}

/// Whether a path lies below `dir` by its letters.
fn lies_below(dir: &Path, path: &Path) -> bool {
    let mut parts = path.strip_prefix(dir).unwrap_or(path).components();
    parts.all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
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
        for reference in [SecretReference::Env("PATH".into()), file("x")] {
            let refused = none.resolve(&reference).unwrap_err();
            assert_eq!(refused.message, format!("`{reference}` is not allowed"));
        }
    }

    #[test]
    fn a_pattern_in_a_sheet_is_not_advised_as_an_option() {
        let help = |name: &str| {
            let none = SecretPolicy::default();
            none.resolve(&SecretReference::Env(name.into()))
                .unwrap_err()
                .help
        };
        assert!(help("GIT_PAT").contains("`--allow-env GIT_PAT`"));
        assert!(help("*").contains("`--allow-env NAME`"));
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
            let refused = all.resolve(&SecretReference::Env(name.into())).unwrap_err();
            assert!(refused.message.contains("gij's own"), "{refused:?}");
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
            let refused = policy(dir.path()).resolve(&file(path)).unwrap_err();
            assert!(refused.message.contains("outside"), "{refused:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_out_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/etc/passwd", dir.path().join("link")).unwrap();
        let refused = policy(dir.path()).resolve(&file("link")).unwrap_err();
        assert!(refused.message.contains("outside"), "{refused:?}");
    }

    #[test]
    fn our_own_token_file_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let token = dir.path().join("token");
        std::fs::write(&token, "mine").unwrap();
        let mut policy = policy(dir.path());
        policy.own_files.push(token);
        let refused = policy.resolve(&file("token")).unwrap_err();
        assert!(refused.message.contains("gij's own"), "{refused:?}");
    }
}
