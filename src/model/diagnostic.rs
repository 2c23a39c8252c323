//! Problems as data: what, where, how bad, and what to do.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::field::Field;
use super::place::Place;

/// How bad a problem is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Probably not meant.
    Warning,
    /// Nothing is sent while it stands.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $variant:ident = $severity:ident $name:literal,)*) => {
        /// The kind of a problem; its name in words never changes.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        pub enum Code {
            $($(#[doc = $doc])* #[serde(rename = $name)] $variant,)*
        }

        impl Code {
            /// All codes.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code in words: `origin-is-clone-url`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// How bad a problem of this kind is.
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }
        }
    };
}

codes! {
    /// No sheet of the file is a table of integrations.
    NoTable = Error "no-table",
    /// The file cannot be read.
    Unreadable = Error "unreadable",
    /// A header that is nearly one of the fields.
    NearMissHeader = Error "near-miss-header",
    /// Two columns say the same field.
    DuplicateHeader = Error "duplicate-header",
    /// A row has more cells than the header row.
    TooManyCells = Error "too-many-cells",
    /// A quote is opened and never closed.
    UnclosedQuote = Error "unclosed-quote",
    /// A cell holds bytes that are not UTF-8.
    NotUtf8 = Error "not-utf8",
    /// A cell holds an error such as `#N/A`.
    CellIsError = Error "cell-is-error",
    /// A formula whose value was never computed.
    FormulaWithoutValue = Error "formula-without-value",
    /// A number in a text field, whose digits a spreadsheet may have changed.
    MangledNumber = Error "mangled-number",
    /// A cell holds a control or zero-width character.
    InvisibleCharacter = Error "invisible-character",
    /// The row says no type.
    MissingType = Error "missing-type",
    /// The type is none of the twelve.
    UnknownType = Error "unknown-type",
    /// The type needs an origin.
    MissingOrigin = Error "missing-origin",
    /// The type needs a way to log in.
    MissingCredential = Error "missing-credential",
    /// The type needs a field.
    MissingField = Error "missing-field",
    /// `pat` beside `password`.
    MixedCredentials = Error "mixed-credentials",
    /// TFS with a token needs the user name `all`.
    TokenUserNotAll = Error "token-user-not-all",
    /// The origin is not an http(s) URL.
    OriginNotUrl = Error "origin-not-url",
    /// The origin holds a user name or password.
    OriginHasUserInfo = Error "origin-has-user-info",
    /// The origin holds a query or fragment.
    OriginHasQuery = Error "origin-has-query",
    /// The origin is the address of one repository.
    OriginIsCloneUrl = Error "origin-is-clone-url",
    /// A tracked folder's path is not absolute.
    FolderNotAbsolute = Error "folder-not-absolute",
    /// Neither true nor false.
    NotABoolean = Error "not-a-boolean",
    /// Not a whole number.
    NotAnInteger = Error "not-an-integer",
    /// Not a list of ids.
    NotAnIdList = Error "not-an-id-list",
    /// Ids that a thousands separator joined.
    JoinedIds = Error "joined-ids",
    /// Not a region.
    UnknownRegion = Error "unknown-region",
    /// A folder depth outside 1 to 5.
    FolderDepthOutOfRange = Error "folder-depth-out-of-range",
    /// An API path without a leading `/`.
    ApiPathNotAbsolute = Error "api-path-not-absolute",
    /// Longer than the vendor takes.
    TooLong = Error "too-long",
    /// A filter that is not JMESPath.
    NotJmespath = Error "not-jmespath",
    /// Not a list of refspecs.
    NotARefspec = Error "not-a-refspec",
    /// Not a list of project keys.
    NotAKeyList = Error "not-a-key-list",
    /// A project key that Jira does not know.
    UnknownProject = Error "unknown-project",
    /// Curly quotation marks where a machine reads.
    SmartQuote = Error "smart-quote",
    /// A cell that was never filled in.
    Placeholder = Error "placeholder",
    /// A table of single repositories.
    RepositoryTable = Error "repository-table",
    /// A row that asks for a deletion.
    AsksToDelete = Error "asks-to-delete",
    /// A secret with white space around it.
    SecretHasSpaces = Error "secret-has-spaces",
    /// A number in a secret cell, which a spreadsheet may have changed.
    SecretIsNumber = Error "secret-is-number",
    /// A token where others can read it.
    SecretInPlainField = Error "secret-in-plain-field",
    /// A reference that the command line does not allow.
    ReferenceNotAllowed = Error "reference-not-allowed",
    /// An allowed reference without a value.
    ReferenceWithoutValue = Error "reference-without-value",
    /// Projects beside `global`.
    GlobalWithProjects = Error "global-with-projects",
    /// Projects by key and by id.
    KeysBesideIds = Error "keys-beside-ids",
    /// Two rows with the same key.
    DuplicateRow = Error "duplicate-row",
    /// A text that is not UTF-8.
    EncodingGuessed = Warning "encoding-guessed",
    /// No table of the file has a row.
    NoRows = Warning "no-rows",
    /// Rows of a sheet that are hidden.
    HiddenRows = Warning "hidden-rows",
    /// Cells of a table that are merged.
    MergedCells = Warning "merged-cells",
    /// White space around a value.
    Trimmed = Warning "trimmed",
    /// No `displayName`.
    NoDisplayName = Warning "no-display-name",
    /// A user name beside a token.
    UsernameBesidePat = Warning "username-beside-pat",
    /// A field that the type does not use.
    UnusedField = Warning "unused-field",
    /// A credential over plain http.
    PlainHttp = Warning "plain-http",
    /// Certificates go unchecked.
    SslVerificationOff = Warning "ssl-verification-off",
    /// A region that the vendor's list does not have.
    RegionNotListed = Warning "region-not-listed",
    /// A tracked folder without a final `*`.
    FolderWithoutStar = Warning "folder-without-star",
    /// github.com with a password.
    GitHubPassword = Warning "github-password",
    /// A secret of another vendor or column.
    ForeignToken = Warning "foreign-token",
    /// A Windows domain in a user name of TFS.
    DomainInUsername = Warning "domain-in-username",
    /// Not a regular expression, as far as can be told.
    NotARegex = Warning "not-a-regex",
    /// Visible to no project.
    VisibleToNone = Warning "visible-to-none",
    /// A type that the vendor no longer supports.
    UnsupportedType = Warning "unsupported-type",
    /// A folder depth left to the vendor's default.
    NoFolderDepth = Note "no-folder-depth",
    /// The same type and origin under another name.
    SameOrigin = Note "same-origin",
    /// A column that says nothing to `gij`.
    UnknownColumn = Note "unknown-column",
    /// A sheet that is no table of integrations.
    SheetPassedOver = Note "sheet-passed-over",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One problem.
#[derive(Clone, PartialEq, Debug)]
pub struct Diagnostic {
    /// Its kind.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// Where it is.
    pub place: Place,
    /// The field that it is about.
    pub field: Option<Field>,
    /// The row's display name.
    pub name: Option<String>,
    /// What is wrong; never holds a secret.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Diagnostic {
    /// A problem at `place`, as bad as its kind is.
    pub fn new(
        code: Code,
        place: Place,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            code,
            severity: code.severity(),
            place,
            field: None,
            name: None,
            message: message.into(),
            help: help.into(),
        }
    }
}

/// How many problems of one kind keep their places.
const MOST_OF_A_CODE: u64 = 1000;

/// The problems found, in the order of the files, and their counts. The first 1,000 of a kind are kept, the others only
/// counted, so that a million bad rows stay bounded.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    kept: Vec<Diagnostic>,
    counts: BTreeMap<(Severity, Code), u64>,
}

impl Diagnostics {
    /// Adds a problem.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let count = self
            .counts
            .entry((diagnostic.severity, diagnostic.code))
            .or_default();
        *count += 1;
        if *count <= MOST_OF_A_CODE {
            self.kept.push(diagnostic);
        }
    }

    /// The problems that keep their places.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.kept.iter()
    }

    /// How many problems there are of this severity.
    pub fn count(&self, severity: Severity) -> u64 {
        let of = self.counts.iter().filter(|((is, _), _)| *is == severity);
        of.map(|(_, count)| count).sum()
    }

    /// Whether nothing may be sent.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }
}
