//! The codes of all diagnostics. Each is declared once, with everything that the program knows about it: severity, meaning,
//! why it matters, what to do, and an example.
//!
//! To add a diagnostic, add its entry to `codes!` and report it from a rule in `validate`. The enum [`Code`], `gij explain`,
//! `docs/diagnostics.md` and `--allow` follow from the entry; a test runs its example through the real validator.
//!
//! Facts about the app come from the vendor's manual, "Git Integration for Jira Data Center".

use std::fmt;

use serde::{Deserialize, Serialize};

/// How bad a problem is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Probably a mistake.
    Warning,
    /// Nothing is sent.
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

/// What is known about a code.
#[derive(Debug, Serialize)]
pub struct CodeAbout {
    #[serde(rename = "code")]
    name: &'static str,
    severity: Severity,
    #[serde(skip)]
    is_guess: bool,
    /// What it means: lower case, no full stop.
    pub meaning: &'static str,
    /// Why it matters, in whole sentences.
    pub why: &'static str,
    /// What to do, in whole sentences.
    pub help: &'static str,
    /// A file in which it is the only diagnostic.
    pub example: Example,
}

/// An example of a diagnostic.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Example {
    /// A CSV file, and the same file corrected.
    Csv {
        wrong: &'static str,
        right: &'static str,
    },
    /// A description of what no CSV file can show.
    Words(&'static str),
}

const fn csv(wrong: &'static str, right: &'static str) -> Example {
    Example::Csv { wrong, right }
}

macro_rules! codes {
    ($($variant:ident = $severity:ident $(($guess:ident))? $name:literal {
        meaning: $meaning:literal,
        why: $why:literal,
        help: $help:literal,
        example: $example:expr,
    })*) => {
        /// The kind of a problem. Its name never changes.
        #[expect(clippy::doc_markdown, reason = "the meanings are written for the terminal")]
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        pub enum Code {
            $(#[doc = $meaning] #[serde(rename = $name)] $variant,)*
        }

        const ABOUT: &[CodeAbout] = &[$(CodeAbout {
            name: $name,
            severity: Severity::$severity,
            is_guess: codes!(@is_guess $($guess)?),
            meaning: $meaning,
            why: $why,
            help: $help,
            example: $example,
        },)*];

        impl Code {
            /// All codes.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
        }
    };
    (@is_guess) => { false };
    (@is_guess guess) => { true };
}

impl Code {
    /// Its name: `origin-is-clone-url`.
    pub fn name(self) -> &'static str {
        self.about().name
    }

    /// The code of this name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }

    /// How bad a problem of this kind is, unless an option says otherwise.
    pub fn severity(self) -> Severity {
        self.about().severity
    }

    /// Whether it is a guess at what was meant, so that `--allow` may turn the error into a warning.
    pub fn is_guess(self) -> bool {
        self.about().is_guess
    }

    /// What is known about it.
    pub fn about(self) -> &'static CodeAbout {
        &ABOUT[self as usize]
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

codes! {
    // Files, sheets and headers.

    NoTable = Error "no-table" {
        meaning: "no sheet of the file is a table of integrations",
        why: "A table of integrations is recognised by its headers. Without them, `gij` cannot tell the type from the token.",
        help: "Add a header row within the first 20 rows, with `type` and at least one of `origin`, `username`, `password` and \
               `pat`. `--set type=GITHUB` replaces the column `type`. `gij template -o FILE` writes a sheet with all headers.",
        example: csv("kind of host,team,server,secret word\nGITLAB_SERVER,Payments,https://git.example.org,invented-token\n",
                     "type,displayName,origin,pat\nGITLAB_SERVER,Payments,https://git.example.org,invented-token\n"),
    }
    Unreadable = Error "unreadable" {
        meaning: "the file, or a part of it, cannot be read",
        why: "Part of a file is never imported as if it were the whole. The message gives the reason: a wrong path, missing \
              permissions, an unsupported format, a damaged or an empty file.",
        help: "Check that this is the right file. Save other formats as .xlsx or CSV UTF-8. Open a damaged or encrypted \
               workbook in its program and save it again.",
        example: csv("",
                     "type,displayName,pat\nGITHUB,Payments,invented-token\n"),
    }
    NearMissHeader = Error(guess) "near-miss-header" {
        meaning: "a header is almost the name of a field",
        why: "It is probably a typo. If the column were ignored, its values would be missing from the import without notice.",
        help: "Correct the header. If the column is your own, give it a name that is less like the field's, or one that begins \
               with `_`. To leave the file unchanged, map the header with `--map 'HEADER=FIELD'`.",
        example: csv("type,displayName,pat,gitViewerEnabeld\nGITHUB,Payments,invented-token,no\n",
                     "type,displayName,pat,gitViewerEnabled\nGITHUB,Payments,invented-token,no\n"),
    }
    DuplicateHeader = Error "duplicate-header" {
        meaning: "two columns are for the same field",
        why: "Their cells may differ, and `gij` cannot know which one to use. Headers match without regard to case, spaces, `_` \
              and `-`, and many have aliases: `name` is `displayName`.",
        help: "Keep one of the two columns, or rename the other. `gij explain FIELD` lists the headers of a field.",
        example: csv("type,name,display name,pat\nGITHUB,Payments,Payments on GitHub,invented-token\n",
                     "type,display name,pat\nGITHUB,Payments on GitHub,invented-token\n"),
    }
    RowsAboveHeader = Error "rows-above-header" {
        meaning: "rows above the header row would not be read",
        why: "The row with the most known headers is the header row, and rows are read below it only. A row above it is a \
              header row too, or names a type, so that rows would be lost.",
        help: "Put each table on a sheet or in a file of its own. To read the rows below another header row, name it with \
               `--header-row`.",
        example: csv("type,displayName,pat\nGITHUB,Payments,invented-token\ntype,displayName,pat,global\nGITHUB,Storefront,other-invented-token,yes\n",
                     "type,displayName,pat,global\nGITHUB,Payments,invented-token,\nGITHUB,Storefront,other-invented-token,yes\n"),
    }
    RepositoryTable = Error "repository-table" {
        meaning: "the table lists single repositories, not integrations",
        why: "The app's Bulk Change writes such tables, with the columns `realRoot` or `trackedFolderId`. An integration is a \
              git host and an account; Jira finds its repositories.",
        help: "Use the app's Bulk Change for this table. For `gij`, write one row for each git host and account.",
        example: csv("type,displayName,origin,realRoot\nGERRIT,orders,https://gerrit.example.org/orders,/srv/jira/orders\n",
                     "type,displayName,origin,username,password\nGERRIT,Code review,https://gerrit.example.org,svc-jira,invented-password\n"),
    }
    EncodingGuessed = Warning "encoding-guessed" {
        meaning: "the file is not UTF-8 and is read as Windows-1252",
        why: "Excel usually writes Windows-1252 when it saves as plain CSV. If the guess is wrong, so are all characters \
              beyond ASCII in names and passwords.",
        help: "Save the file as CSV UTF-8 or .xlsx, or name its encoding with `--encoding`.",
        example: Example::Words("Excel saved a table with the display name `Z\u{fc}rich` as plain CSV. In that file, `\u{fc}` is \
                                 the byte FC, which is not UTF-8."),
    }
    NoRows = Warning "no-rows" {
        meaning: "the file has a header row but no rows",
        why: "There is nothing to import. Perhaps the rows were never filled in, or they are in another file or sheet.",
        help: "Add a row below the headers for each git host and account, or name the file that has them.",
        example: csv("type,displayName,pat\n",
                     "type,displayName,pat\nGITHUB,Payments,invented-token\n"),
    }
    UnknownColumn = Note "unknown-column" {
        meaning: "columns are not fields of an integration",
        why: "You may add columns of your own; nothing in them is sent. The note is there in case one was meant to be a field.",
        help: "If the columns are your own, do nothing, or begin their names with `_` to silence the note. `gij explain` lists \
               the fields; `--map 'HEADER=FIELD'` reads a column as a field.",
        example: csv("type,displayName,pat,Team\nGITHUB,Payments,invented-token,Blue\n",
                     "type,displayName,pat,_Team\nGITHUB,Payments,invented-token,Blue\n"),
    }
    SheetPassedOver = Note "sheet-passed-over" {
        meaning: "a sheet of the workbook is not read",
        why: "A sheet is read if it is visible, its name does not begin with `_`, and its headers include a type and an origin \
              or a credential. The note is there in case a skipped sheet holds integrations.",
        help: "If the sheet holds no integrations, do nothing. Otherwise fix what the message names: unhide or rename the \
               sheet, select it with `--sheet`, or give it a header row within its first 20 rows.",
        example: Example::Words("A workbook has the sheets `Hosts`, with the headers `type`, `displayName` and `pat`, and \
                                 `Read me`, which holds only text. `Hosts` is read, `Read me` is skipped."),
    }

    // Rows and cells of any field.

    TooManyCells = Error "too-many-cells" {
        meaning: "a row has more cells than the header row",
        why: "Usually a value contains the delimiter, so that all cells after it have moved by one, and the cell under `pat` \
              holds something else.",
        help: "Put quotes around the value that contains the delimiter. Empty a surplus cell at the end of the row.",
        example: csv("type,pat,displayName\nGITHUB,invented-token,Payments, Refunds\n",
                     "type,pat,displayName\nGITHUB,invented-token,\"Payments, Refunds\"\n"),
    }
    UnclosedQuote = Error "unclosed-quote" {
        meaning: "a quote is opened but not closed where its cell ends",
        why: "Everything up to the next quote or the end of the file would become one cell, and the rows in it would be lost.",
        help: "Close the quote on the line that is named, or remove it. Write a quote inside a quoted cell twice: \
               `\"the \"\"big\"\" one\"`.",
        example: csv("type,displayName,pat\nGITHUB,\"Payments,invented-token\n",
                     "type,displayName,pat\nGITHUB,\"Payments\",invented-token\n"),
    }
    NotUtf8 = Error "not-utf8" {
        meaning: "the cell is not UTF-8, although the rest of the file is",
        why: "The file mixes two encodings. A guess could send wrong characters to Jira, or a wrong password.",
        help: "Open the file, correct the wrong characters, and save it as CSV UTF-8.",
        example: Example::Words("A script appended the row of `Gen\u{e8}ve` in Windows-1252 to a file in UTF-8 that has the row of \
                                 `Z\u{fc}rich`."),
    }
    CellIsError = Error "cell-is-error" {
        meaning: "a cell holds an error such as `#N/A`",
        why: "The formula in the cell failed, often because what it refers to was moved or deleted.",
        help: "Fix the formula, or type the value into the cell. `########` is a column that was too narrow when the file was \
               saved as CSV.",
        example: Example::Words("In a workbook, the cell under `origin` holds `=VLOOKUP(A2,Hosts!A:B,2,FALSE)`, and the sheet \
                                 `Hosts` has no matching row: Excel shows `#N/A`."),
    }
    FormulaWithoutValue = Error "formula-without-value" {
        meaning: "a cell holds a formula without a stored value",
        why: "`gij` reads the values that a spreadsheet program stored and calculates none. Workbooks that a script wrote often \
              hold formulas only.",
        help: "Open the file in a spreadsheet program and save it, which stores the values. Or type the value into the cell.",
        example: Example::Words("A script wrote a workbook in which the cell under `displayName` holds `=CONCAT(\"Team \",A2)`. \
                                 No spreadsheet program has saved it since."),
    }
    MangledNumber = Error(guess) "mangled-number" {
        meaning: "a text field holds a number or date that was probably other text",
        why: "A spreadsheet that reads a text as a number drops leading zeros, keeps only 15 digits and shows `1.2E+12`; one \
              that reads `3-4` as a date stores 3 April. The original text cannot be recovered from it.",
        help: "Format the column as text, then type the value again.",
        example: csv("type,displayName,pat\nGITHUB,1.2E+12,invented-token\n",
                     "type,displayName,pat\nGITHUB,1200000000042,invented-token\n"),
    }
    InvisibleCharacter = Error "invisible-character" {
        meaning: "a cell contains a control or zero-width character",
        why: "Such characters come with text that is copied from web pages and chats. Nobody sees them, and they make a \
              different origin, name or password.",
        help: "Type the value instead of copying it. If the character is an unexpected line break, look for a surplus quote in \
               this row or above it.",
        example: csv("type,displayName,pat\nGITHUB,\"Payments\nand refunds\",invented-token\n",
                     "type,displayName,pat\nGITHUB,Payments and refunds,invented-token\n"),
    }
    SmartQuote = Error "smart-quote" {
        meaning: "an origin, user name or secret contains curly quotation marks",
        why: "Office programs replace straight quotation marks with curly ones as you type. A git host reads them as different \
              characters, and the login fails.",
        help: "Type straight quotation marks, or none if they are not part of the value, and turn off smart quotes. In a \
               `displayName` they are allowed.",
        example: csv("type,displayName,origin,username,password\nGERRIT,Code review,https://gerrit.example.org,\u{201c}svc-jira\u{201d},invented-password\n",
                     "type,displayName,origin,username,password\nGERRIT,Code review,https://gerrit.example.org,svc-jira,invented-password\n"),
    }
    Placeholder = Error(guess) "placeholder" {
        meaning: "a cell still holds a placeholder",
        why: "Jira would store the placeholder as the value, and the integration would never work.",
        help: "Write the value, or empty the cell if the field is optional. Placeholders are whole cells such as `changeme`, \
               `TODO`, `xxxx`, `-`, `n/a`, `none`, `****`, anything in `<angle brackets>`, and `see vault` for a secret.",
        example: csv("type,displayName,pat\nGITHUB,Payments,<token>\n",
                     "type,displayName,pat\nGITHUB,Payments,invented-token\n"),
    }
    Trimmed = Warning "trimmed" {
        meaning: "white space around a value is ignored",
        why: "It is invisible and rarely intended, so the value is read without it. In a secret it is an error instead, because \
              `gij` never guesses at a secret.",
        help: "Remove the white space from the cell.",
        example: csv("type,displayName,pat\nGITHUB,Payments ,invented-token\n",
                     "type,displayName,pat\nGITHUB,Payments,invented-token\n"),
    }
    HiddenRows = Warning "hidden-rows" {
        meaning: "rows of a sheet are hidden",
        why: "Hidden rows are read like all others, but somebody may have hidden them to exclude them. An active filter hides \
              rows too.",
        help: "Unhide the rows or clear the filter, and delete the rows that should not be imported. `--hidden-rows skip` \
               ignores hidden rows, `--hidden-rows error` refuses the sheet.",
        example: Example::Words("In a workbook, a filter shows only the rows of the team Blue. The rows of all teams would be \
                                 imported."),
    }
    MergedCells = Warning "merged-cells" {
        meaning: "cells of the table are merged",
        why: "Only the first of several merged cells holds the value. The rows below it seem to have the value but do not.",
        help: "Unmerge the cells and write the value into each row.",
        example: Example::Words("In a workbook, the cells A2 to A4 under `type` are merged and show `GITHUB`. Row 2 has this \
                                 type; rows 3 and 4 have none."),
    }

    // Types, and rows compared with each other.

    MissingType = Error "missing-type" {
        meaning: "`type` is empty",
        why: "The type decides which other fields the row needs, and Jira accepts no integration without one. A blank cell does \
              not take over the type of the row above.",
        help: "Write one of the integration types in every row. `gij explain` lists them.",
        example: csv("type,displayName,pat\n,Payments,invented-token\n",
                     "type,displayName,pat\nGITHUB,Payments,invented-token\n"),
    }
    UnknownType = Error "unknown-type" {
        meaning: "the type is not one of the twelve integration types",
        why: "The type decides which other fields the row needs. Several are similar: GitHub Enterprise is `GITHUB_SERVER` on \
              your own host, and `GITHUB` in the cloud.",
        help: "Write one of the integration types, in any case, with `_`, `-` or a space between its words. If you wrote a \
               product name, the message suggests its types. `gij explain` lists the types.",
        example: csv("type,displayName,origin,pat\nGitHub Enterprise,Core platform,https://github.example.org,invented-token\n",
                     "type,displayName,origin,pat\nGITHUB_SERVER,Core platform,https://github.example.org,invented-token\n"),
    }
    ProductAsType = Note "product-as-type" {
        meaning: "the type is written as the name of a product",
        why: "The name means one integration type only, so it is read as that type.",
        help: "If the type is right, do nothing. `gij explain` lists the names of the types.",
        example: csv("type,displayName,origin,pat\nGitHub Enterprise Server,Core platform,https://github.example.org,invented-token\n",
                     "type,displayName,origin,pat\nGITHUB_SERVER,Core platform,https://github.example.org,invented-token\n"),
    }
    MissingField = Error "missing-field" {
        meaning: "a field that the type requires is empty",
        why: "The vendor's manual requires it for this type. AWS needs the region, because CodeCommit stores repositories by region.",
        help: "Fill in the field that is named. `gij explain TYPE` lists what a type requires.",
        example: csv("type,displayName,username,password,awsRegion\nAWS,Warehouse,invented-key-id,invented-secret-key,\n",
                     "type,displayName,username,password,awsRegion\nAWS,Warehouse,invented-key-id,invented-secret-key,eu-central-1\n"),
    }
    UnusedField = Warning "unused-field" {
        meaning: "the type does not use a field that the row fills in",
        why: "Either the cell is not needed, or the type is wrong.",
        help: "Empty the cell, or correct the type. `gij explain TYPE` lists the fields of a type.",
        example: csv("type,displayName,pat,awsRegion\nGITHUB,Payments,invented-token,eu-central-1\n",
                     "type,displayName,pat,awsRegion\nGITHUB,Payments,invented-token,\n"),
    }
    UnsupportedType = Warning "unsupported-type" {
        meaning: "the app's vendor no longer supports this type",
        why: "`GITLAB_SERVER_LEGACY` uses version 3 of GitLab's API. The vendor ended its support in March 2024.",
        help: "Use `GITLAB_SERVER` with a personal access token.",
        example: csv("type,displayName,origin,username,password\nGITLAB_SERVER_LEGACY,Old GitLab,https://gitlab.example.org,svc-jira,invented-password\n",
                     "type,displayName,origin,pat\nGITLAB_SERVER,Old GitLab,https://gitlab.example.org,invented-token\n"),
    }
    AsksToDelete = Error "asks-to-delete" {
        meaning: "the row asks for a deletion",
        why: "In the app's Bulk Change, a filled cell in the column `delete` removes something. `gij` creates integrations \
              and must not create this one.",
        help: "Empty the cell, or remove the row.",
        example: csv("type,displayName,pat,delete\nGITHUB,Payments,invented-token,yes\n",
                     "type,displayName,pat,delete\nGITHUB,Payments,invented-token,\n"),
    }
    NoDisplayName = Warning "no-display-name" {
        meaning: "`displayName` is empty",
        why: "Jira then makes up a name, and a later import cannot recognise that the integration already exists.",
        help: "Give every row a name of its own.",
        example: csv("type,displayName,pat\nGITHUB,,invented-token\n",
                     "type,displayName,pat\nGITHUB,Payments,invented-token\n"),
    }
    DuplicateRow = Error "duplicate-row" {
        meaning: "two rows describe the same integration",
        why: "They have the same type, origin and display name, so nobody could tell the two integrations apart. The rows of \
              all files are compared. In an origin, the case of the host, the default port and a final `/` do not count. A \
              blank origin is the type's default; those of `AWS` and `VSTS` are not documented, so a blank one matches any.",
        help: "Keep one of the rows and remove the others. If their accounts differ, give each another display name.",
        example: csv("type,displayName,origin,pat\nGITLAB_SERVER,Payments,https://git.example.org,invented-token\nGITLAB_SERVER,Payments,https://GIT.example.org/,other-invented-token\n",
                     "type,displayName,origin,pat\nGITLAB_SERVER,Payments,https://git.example.org,invented-token\n"),
    }
    AmbiguousIntegration = Error "ambiguous-integration" {
        meaning: "a row of an update matches several integrations, or one with another origin",
        why: "Jira holds several integrations with the row's type, origin and name, or the `id` of the row is that of one and \
              its name that of another. An update must not reach the wrong one.",
        help: "Fill in `id`, name and origin as Jira shows them: `gij export` writes them.",
        example: Example::Words("The row has the id 7 and the name `Payments`. In this Jira, `Payments` is 12, and 7 is `Search`: \
                                 the sheet was exported from another Jira. Only `gij update` can find this."),
    }
    SameOrigin = Note "same-origin" {
        meaning: "another row has the same type and origin under another name",
        why: "Two integrations with one host index every repository twice that both accounts can see. That is fine if the \
              accounts see different repositories.",
        help: "If the accounts differ, do nothing. Otherwise keep one of the rows and remove the others.",
        example: csv("type,displayName,origin,pat\nGITLAB_SERVER,Payments,https://git.example.org,invented-token\nGITLAB_SERVER,Storefront,https://git.example.org,other-invented-token\n",
                     "type,displayName,origin,pat\nGITLAB_SERVER,All teams,https://git.example.org,invented-token\n"),
    }

    // Where a host or a folder is, and how it is reached.

    MissingOrigin = Error "missing-origin" {
        meaning: "`origin` is empty, and the type requires it",
        why: "Jira cannot know the address of your own git host. Only types for hosted services have a default.",
        help: "Fill in the base URL of the host, or the path of the tracked folder.",
        example: csv("type,displayName,origin,pat\nGITLAB_SERVER,Payments,,invented-token\n",
                     "type,displayName,origin,pat\nGITLAB_SERVER,Payments,https://git.example.org,invented-token\n"),
    }
    OriginNotUrl = Error "origin-not-url" {
        meaning: "the origin is not an http(s) URL",
        why: "Jira calls the host's API over http and needs the whole address, including `https://`.",
        help: "Write the host's base URL, such as `https://git.example.org`.",
        example: csv("type,displayName,origin,pat\nGITLAB_SERVER,Payments,git.example.org,invented-token\n",
                     "type,displayName,origin,pat\nGITLAB_SERVER,Payments,https://git.example.org,invented-token\n"),
    }
    OriginHasUserInfo = Error "origin-has-user-info" {
        meaning: "the origin contains a user name or password",
        why: "Everyone who sees the integration in Jira also sees its origin, including a password in it.",
        help: "Move them to the columns `username` and `password`, or use `pat`. Change a password that was in the origin.",
        example: csv("type,displayName,origin,username,password\nGERRIT,Code review,https://svc-jira@gerrit.example.org,svc-jira,invented-password\n",
                     "type,displayName,origin,username,password\nGERRIT,Code review,https://gerrit.example.org,svc-jira,invented-password\n"),
    }
    OriginHasQuery = Error "origin-has-query" {
        meaning: "the origin contains a `?` query or `#` fragment",
        why: "It was probably copied from a browser and is the address of one page. Jira needs the base URL of the host.",
        help: "Write only the host's base URL.",
        example: csv("type,displayName,origin,pat\nGITLAB_SERVER,Payments,https://git.example.org/?sort=name,invented-token\n",
                     "type,displayName,origin,pat\nGITLAB_SERVER,Payments,https://git.example.org,invented-token\n"),
    }
    OriginIsCloneUrl = Error(guess) "origin-is-clone-url" {
        meaning: "the origin is the address of one repository or page, not of the host",
        why: "An integration is a git host and an account. Jira finds the host's repositories; it finds none below the address \
              of a single repository.",
        help: "Write the host's base URL. To select some of its repositories, use `apiFilter` or `apiPath`.",
        example: csv("type,displayName,origin,pat\nGITHUB_SERVER,Core platform,git@github.example.org:core/api.git,invented-token\n",
                     "type,displayName,origin,pat\nGITHUB_SERVER,Core platform,https://github.example.org,invented-token\n"),
    }
    ForeignHost = Warning "foreign-host" {
        meaning: "the origin is a hosted service of another vendor or type",
        why: "Jira would use the API of one vendor on the host of another, which fails.",
        help: "Check the type and the origin. github.com is `GITHUB`, and gitlab.com is `GITLAB`.",
        example: csv("type,displayName,origin,pat\nGITHUB,Payments,https://gitlab.com,invented-token\n",
                     "type,displayName,origin,pat\nGITLAB,Payments,https://gitlab.com,invented-token\n"),
    }
    PlainHttp = Warning "plain-http" {
        meaning: "the credential would be sent over unencrypted http",
        why: "Anyone between Jira and the host can read the token or password each time Jira connects.",
        help: "Use `https://` if the host supports it. The import works either way.",
        example: csv("type,displayName,origin,pat\nGITLAB_SERVER,Payments,http://git.example.org,invented-token\n",
                     "type,displayName,origin,pat\nGITLAB_SERVER,Payments,https://git.example.org,invented-token\n"),
    }
    SslVerificationOff = Warning "ssl-verification-off" {
        meaning: "the host's certificate would not be verified",
        why: "Without verification, somebody on the network can impersonate the host and receive the credential.",
        help: "Make Jira trust the host's certificate authority and leave the cell blank. The import works either way.",
        example: csv("type,displayName,origin,pat,disableSslVerification\nGITLAB_SERVER,Payments,https://git.example.org,invented-token,yes\n",
                     "type,displayName,origin,pat,disableSslVerification\nGITLAB_SERVER,Payments,https://git.example.org,invented-token,\n"),
    }
    FolderNotAbsolute = Error "folder-not-absolute" {
        meaning: "the path of a tracked folder is not absolute",
        why: "Jira reads the folder on its own machine, where a relative path has no defined start.",
        help: r"Write the path on Jira's machine: `/srv/repos/*`, `D:\repos\*` or `\\server\share\*`.",
        example: csv("type,displayName,origin,folderDepth\nFILESPACE,Mirrors,repos/*,1\n",
                     "type,displayName,origin,folderDepth\nFILESPACE,Mirrors,/srv/repos/*,1\n"),
    }
    FolderWithoutStar = Warning "folder-without-star" {
        meaning: "the path of a tracked folder does not end in `*`",
        why: "In the vendor's examples `*` stands for the repositories in the folder. A path without it is probably a mistake.",
        help: r"Add a separator and `*` to the end: `/srv/repos/*`, `D:\repos\*`.",
        example: csv("type,displayName,origin,folderDepth\nFILESPACE,Mirrors,/srv/repos,1\n",
                     "type,displayName,origin,folderDepth\nFILESPACE,Mirrors,/srv/repos/*,1\n"),
    }
    FolderDepthOutOfRange = Error "folder-depth-out-of-range" {
        meaning: "`folderDepth` is not a whole number from 1 to 5",
        why: "The app accepts no other depth.",
        help: "Write 1 to 5: how many levels below the folder to search for repositories.",
        example: csv("type,displayName,origin,folderDepth\nFILESPACE,Mirrors,/srv/repos/*,6\n",
                     "type,displayName,origin,folderDepth\nFILESPACE,Mirrors,/srv/repos/*,5\n"),
    }
    NoFolderDepth = Note "no-folder-depth" {
        meaning: "`folderDepth` is empty, so Jira uses its default",
        why: "The vendor's pages differ: one requires the field, another gives the default 1, and the example omits it.",
        help: "To be sure, write 1 to 5: how many levels below the folder to search for repositories.",
        example: csv("type,displayName,origin,folderDepth\nFILESPACE,Mirrors,/srv/repos/*,\n",
                     "type,displayName,origin,folderDepth\nFILESPACE,Mirrors,/srv/repos/*,1\n"),
    }

    // User names, passwords, tokens, and references to them.

    MissingCredential = Error "missing-credential" {
        meaning: "the row has no credential, or only half of one",
        why: "Jira reads the host's repositories with an account of yours. Without a login it sees nothing.",
        help: "Fill in the fields that the message names. `gij explain TYPE` lists the ways to log in for a type.",
        example: csv("type,displayName,origin,username,password\nGERRIT,Code review,https://gerrit.example.org,svc-jira,\n",
                     "type,displayName,origin,username,password\nGERRIT,Code review,https://gerrit.example.org,svc-jira,invented-password\n"),
    }
    MixedCredentials = Error "mixed-credentials" {
        meaning: "the row has both `pat` and `password`",
        why: "An integration logs in one way only, and `gij` cannot know which one to use.",
        help: "Keep the one that Jira should use, and empty the other cell.",
        example: csv("type,displayName,origin,username,password,pat\nGITHUB_SERVER,Core platform,https://github.example.org,svc-jira,invented-password,invented-token\n",
                     "type,displayName,origin,pat\nGITHUB_SERVER,Core platform,https://github.example.org,invented-token\n"),
    }
    TokenUserNotAll = Error "token-user-not-all" {
        meaning: "TFS_SERVER with `pat` requires the `username` `all`",
        why: "The vendor's manual requires the user name `all` with a token for TFS_SERVER.",
        help: "Write `all` as the `username`, or use `username` and `password`.",
        example: csv("type,displayName,origin,username,pat\nTFS_SERVER,Warehouse,https://tfs.example.org,svc-jira,invented-token\n",
                     "type,displayName,origin,username,pat\nTFS_SERVER,Warehouse,https://tfs.example.org,all,invented-token\n"),
    }
    SecretHasSpaces = Error "secret-has-spaces" {
        meaning: "there is white space before or after a secret",
        why: "No git host issues such secrets; the space was probably copied with it. `gij` never guesses at a secret, so it \
              does not remove the space.",
        help: "Remove the white space from the cell.",
        example: csv("type,displayName,pat\nGITHUB,Payments, invented-token\n",
                     "type,displayName,pat\nGITHUB,Payments,invented-token\n"),
    }
    SecretIsNumber = Error(guess) "secret-is-number" {
        meaning: "the cell of a secret is a number, whose digits may have changed",
        why: "A spreadsheet that reads a secret as a number drops leading zeros and keeps only 15 digits.",
        help: "Format the cell as text, then type the secret again.",
        example: Example::Words("In a workbook, somebody typed the password 004711 into a cell that is not formatted as text. \
                                 The cell now holds the number 4711."),
    }
    SecretInPlainField = Error "secret-in-plain-field" {
        meaning: "a token is in a field that everyone can read",
        why: "Names and origins are shown in Jira, in reports and on screens.",
        help: "Move the token to `pat` or `password`. Replace it with a new one as well, since others may have seen it.",
        example: csv("type,displayName,pat\nGITHUB,ghp_inventedinventedinvented,invented-token\n",
                     "type,displayName,pat\nGITHUB,Payments,invented-token\n"),
    }
    ReferenceNotAllowed = Error "reference-not-allowed" {
        meaning: "the command line does not allow a reference to a secret",
        why: "`env:NAME` and `file:PATH` read a secret from your machine. A sheet that somebody sent you must not be able to \
              send your secrets to a host of theirs, so you have to allow each reference. `gij`'s own credentials are never allowed.",
        help: "If you trust the sheet, allow variables with `--allow-env 'GIT_*'`, or files with `--secrets-dir DIR`. Or write \
               the secret itself; write `literal:env:…` for one that begins with `env:`.",
        example: csv("type,displayName,pat\nGITHUB,Payments,env:GIT_PAT\n",
                     "type,displayName,pat\nGITHUB,Payments,invented-token\n"),
    }
    ReferenceWithoutValue = Error "reference-without-value" {
        meaning: "a reference is allowed but leads to no secret",
        why: "The variable is not set, the file cannot be read, or nothing follows `literal:`. For variables and files `gij \
              check` only warns, because it may run on a machine without the secrets; an import needs them.",
        help: "Set the variable, write the secret on the first line of the file, or write it after `literal:`.",
        example: csv("type,displayName,pat\nGITHUB,Payments,literal:\n",
                     "type,displayName,pat\nGITHUB,Payments,literal:invented-token\n"),
    }
    UsernameBesidePat = Warning "username-beside-pat" {
        meaning: "the row has a `username`, but its `pat` is enough",
        why: "The token identifies the account. Either the name is not needed, or a password was meant.",
        help: "Empty the cell, or use `username` and `password`.",
        example: csv("type,displayName,username,pat\nGITHUB,Payments,svc-jira,invented-token\n",
                     "type,displayName,username,pat\nGITHUB,Payments,,invented-token\n"),
    }
    GitHubPassword = Warning "github-password" {
        meaning: "GitHub does not accept passwords",
        why: "github.com has not accepted passwords for its API since 2020, and the vendor's manual lists only tokens for GitHub \
              Enterprise Server since 2023. Jira would create the integration, but its login would probably fail.",
        help: "Create a personal access token on GitHub and use it as `pat`, without `username` and `password`.",
        example: csv("type,displayName,username,password\nGITHUB,Payments,svc-jira,invented-password\n",
                     "type,displayName,pat\nGITHUB,Payments,invented-token\n"),
    }
    ForeignToken = Warning "foreign-token" {
        meaning: "the secret looks like one of another vendor",
        why: "The tokens of GitHub, GitLab and AWS have distinct prefixes, and the host will probably reject this one.",
        help: "Check the type, and whether the token is in the right row.",
        example: csv("type,displayName,pat\nGITHUB,Payments,glpat-invented-token\n",
                     "type,displayName,pat\nGITLAB,Payments,glpat-invented-token\n"),
    }
    DomainInUsername = Warning "domain-in-username" {
        meaning: "the user name for TFS_SERVER includes a Windows domain",
        why: "The vendor's manual asks for the user name without the domain.",
        help: r"Write only the user name: `svc-jira` instead of `CORP\svc-jira`.",
        example: csv("type,displayName,origin,username,password\nTFS_SERVER,Warehouse,https://tfs.example.org,CORP\\svc-jira,invented-password\n",
                     "type,displayName,origin,username,password\nTFS_SERVER,Warehouse,https://tfs.example.org,svc-jira,invented-password\n"),
    }

    // The values of settings.

    NotABoolean = Error "not-a-boolean" {
        meaning: "the value is neither yes nor no",
        why: "A guess could turn on what was meant to be off.",
        help: "Write `yes` or `no`, `true` or `false`, `on` or `off`, `y` or `n`, `1` or `0`, in any case; `ja`, `VRAI` and the \
               like are understood too. If the cell is blank, Jira uses its default.",
        example: csv("type,displayName,pat,global\nGITHUB,Payments,invented-token,perhaps\n",
                     "type,displayName,pat,global\nGITHUB,Payments,invented-token,yes\n"),
    }
    NotAnInteger = Error "not-an-integer" {
        meaning: "the value is not a whole number",
        why: "Jira accepts only whole numbers of zero or more in this field.",
        help: "Write digits only, without unit, separator or fraction.",
        example: csv("type,displayName,pat,maxMinsToCommitEmail\nGITHUB,Payments,invented-token,1 day\n",
                     "type,displayName,pat,maxMinsToCommitEmail\nGITHUB,Payments,invented-token,1440\n"),
    }
    UnknownRegion = Error "unknown-region" {
        meaning: "the value is not an AWS region",
        why: "CodeCommit stores repositories by region, and Jira would search in one that does not exist.",
        help: "Write the code of the region. `gij explain awsRegion` lists those in the vendor's manual.",
        example: csv("type,displayName,username,password,awsRegion\nAWS,Warehouse,invented-key-id,invented-secret-key,Frankfurt\n",
                     "type,displayName,username,password,awsRegion\nAWS,Warehouse,invented-key-id,invented-secret-key,eu-central-1\n"),
    }
    RegionNotListed = Warning "region-not-listed" {
        meaning: "the region is not in the vendor's list",
        why: "It has the form of a region, and AWS opens new ones; your version of the app may not support it yet.",
        help: "Check the spelling, and whether your version of the app supports the region.",
        example: csv("type,displayName,username,password,awsRegion\nAWS,Warehouse,invented-key-id,invented-secret-key,eu-central-9\n",
                     "type,displayName,username,password,awsRegion\nAWS,Warehouse,invented-key-id,invented-secret-key,eu-central-1\n"),
    }
    ApiPathNotAbsolute = Error "api-path-not-absolute" {
        meaning: "`apiPath` does not begin with `/`",
        why: "It is a path on the host, not a URL. The host is that of the origin.",
        help: "Write only the path, beginning with `/`.",
        example: csv("type,displayName,pat,apiPath\nGITHUB,Payments,invented-token,orgs/acme/repos\n",
                     "type,displayName,pat,apiPath\nGITHUB,Payments,invented-token,/orgs/acme/repos\n"),
    }
    TooLong = Error "too-long" {
        meaning: "the text is longer than the app accepts",
        why: "The vendor's manual allows 2,000 characters in `apiPath` and in `apiFilter`.",
        help: "Shorten it. Instead of listing repositories, an `apiFilter` can often test for a common part of their names.",
        example: Example::Words("An `apiFilter` names 300 repositories one by one."),
    }
    NotJmespath = Error "not-jmespath" {
        meaning: "`apiFilter` is not a JMESPath expression",
        why: "`apiFilter` selects repositories from the answer of the host's API, in the language JMESPath. The message gives the \
              position of the mistake. Functions that JMESPath does not have, and missing commas, are found as well.",
        help: "Correct the expression. Put text in single quotes: `'x'`. Backquotes are for JSON, such as `` `true` ``, and \
               double quotes for names of fields.",
        example: csv("type,displayName,pat,apiFilter\nGITHUB,Payments,invented-token,\"[?contains(name, 'payments')\"\n",
                     "type,displayName,pat,apiFilter\nGITHUB,Payments,invented-token,\"[?contains(name, 'payments')]\"\n"),
    }
    NotARefspec = Error "not-a-refspec" {
        meaning: "the value is not a list of refspecs",
        why: "A refspec names the references to fetch and what to call them. Both sides have the same number of `*`.",
        help: "Write `+refs/a/*:refs/a/*`, with commas between several. The `+` is optional.",
        example: csv("type,displayName,pat,refSpecCustom\nGITHUB,Payments,invented-token,refs/releases/*\n",
                     "type,displayName,pat,refSpecCustom\nGITHUB,Payments,invented-token,+refs/releases/*:refs/releases/*\n"),
    }
    NotARegex = Warning "not-a-regex" {
        meaning: "the value is probably not a regular expression",
        why: "The app uses Java's regular expressions. `gij` checks a slightly different dialect, so this is only a warning.",
        help: "Look for an unclosed bracket, or a `*` with nothing before it. If the expression is valid in Java, keep it.",
        example: csv("type,displayName,pat,tagsFilter\nGITHUB,Payments,invented-token,^v(1|2\n",
                     "type,displayName,pat,tagsFilter\nGITHUB,Payments,invented-token,^v(1|2)\n"),
    }

    // Which Jira projects see an integration.

    NotAnIdList = Error "not-an-id-list" {
        meaning: "the value is not a list of numeric project ids",
        why: "This field takes the ids of Jira projects, which are numbers.",
        help: "Write ids such as `10000, 10100`. To use project keys instead, use the column `projectKeys`.",
        example: csv("type,displayName,pat,global,projectMappingIds\nGITHUB,Payments,invented-token,no,PAY\n",
                     "type,displayName,pat,global,projectKeys\nGITHUB,Payments,invented-token,no,PAY\n"),
    }
    JoinedIds = Error "joined-ids" {
        meaning: "the number looks like several project ids in one",
        why: "A spreadsheet may read `10000,10100` as one number with thousands separators: 1000010100.",
        help: "Format the cell as text, then type the ids again: `10000, 10100`.",
        example: csv("type,displayName,pat,global,projectMappingIds\nGITHUB,Payments,invented-token,no,1000010100\n",
                     "type,displayName,pat,global,projectMappingIds\nGITHUB,Payments,invented-token,no,\"10000, 10100\"\n"),
    }
    NotAKeyList = Error "not-a-key-list" {
        meaning: "the value is not a list of project keys",
        why: "A project key begins with a letter and is the first part of an issue key: `ABC` in ABC-123.",
        help: "Write keys such as `ABC, DEF`. To use numeric ids instead, use the column `projectMappingIds`.",
        example: csv("type,displayName,pat,global,projectKeys\nGITHUB,Payments,invented-token,no,ABC-123\n",
                     "type,displayName,pat,global,projectKeys\nGITHUB,Payments,invented-token,no,ABC\n"),
    }
    UnknownProject = Error "unknown-project" {
        meaning: "Jira has no project with this key",
        why: "Keys are looked up in Jira before anything is sent. The project does not exist in this Jira, or the account that \
              `gij` uses may not see it.",
        help: "Check the key, and that this is the right Jira.",
        example: Example::Words("`projectKeys` is `PAY`, and the target Jira has the projects `ABC` and `DEF`. `gij check` \
                                 cannot find this, because it never asks Jira; `gij import --dry-run` can."),
    }
    GlobalWithProjects = Error "global-with-projects" {
        meaning: "the row names projects, but `global` is true",
        why: "With `global` true, all projects see the integration. The vendor's pages disagree about what then happens to the \
              named projects.",
        help: "Keep one of the two: `global`, or the projects.",
        example: csv("type,displayName,pat,global,projectKeys\nGITHUB,Payments,invented-token,yes,ABC\n",
                     "type,displayName,pat,global,projectKeys\nGITHUB,Payments,invented-token,no,ABC\n"),
    }
    ProjectsWithoutGlobal = Warning "projects-without-global" {
        meaning: "the row names projects, but `global` is blank",
        why: "Unless `global` is `no`, Jira makes an integration visible to all projects, and may then ignore the projects that \
              the row names (page \"Setting Project Permissions\").",
        help: "Write `no` in the cell `global` of this row. In a row without projects, `no` hides the integration from all of \
               them.",
        example: csv("type,displayName,pat,global,projectKeys\nGITHUB,Payments,invented-token,,ABC\n",
                     "type,displayName,pat,global,projectKeys\nGITHUB,Payments,invented-token,no,ABC\n"),
    }
    KeysBesideIds = Error "keys-beside-ids" {
        meaning: "the row names projects both by key and by id",
        why: "They may be different projects, and `gij` cannot know which ones to use.",
        help: "Keep one of the two. Keys are the same in every Jira; ids are not.",
        example: csv("type,displayName,pat,global,projectKeys,projectMappingIds\nGITHUB,Payments,invented-token,no,ABC,10000\n",
                     "type,displayName,pat,global,projectKeys,projectMappingIds\nGITHUB,Payments,invented-token,no,ABC,\n"),
    }
    VisibleToNone = Warning "visible-to-none" {
        meaning: "the repository browser is on, but no project sees the integration",
        why: "`global` is false and the row names no projects. The browser is on unless `gitViewerEnabled` is false.",
        help: "Name projects in `projectKeys`, or set `global` to true.",
        example: csv("type,displayName,pat,gitViewerEnabled,global,projectKeys\nGITHUB,Payments,invented-token,yes,no,\n",
                     "type,displayName,pat,gitViewerEnabled,global,projectKeys\nGITHUB,Payments,invented-token,yes,no,ABC\n"),
    }

    // What Jira made of a row: `gij import`.

    StoredDifferently = Warning "stored-differently" {
        meaning: "Jira stored it under another type, name or origin, or for other projects",
        why: "The integration is created. Jira may keep names and origins in a form of its own: an address in lower case, or \
              that of the host's API. `gij` recognises what it created by its id, so another import skips it.",
        help: "Check in Jira that it is what you meant; the report shows both forms.",
        example: Example::Words("The row has `https://GitHub.Corp.example`, and Jira answers with \
                                 `https://github.corp.example/api/v3`."),
    }
    RestrictionNotStored = Warning "restriction-not-stored" {
        meaning: "the row restricts it, but Jira made it visible in all projects",
        why: "Everybody who uses this Jira may see the repositories of the integration.",
        help: "Restrict it in Jira under Project Permissions now, or remove it with `gij undo`.",
        example: Example::Words("`global` is `no` and `projectKeys` is `ABC`, and Jira answers with `global` true."),
    }

    // Credentials that were tried at their hosts: `gij probe`.

    CredentialAccepted = Note "credential-accepted" {
        meaning: "the host accepts the credential",
        why: "The message names the account that the host takes it for, and when the token expires, if the host tells. A token \
              of another account than the intended one works, but may see other repositories.",
        help: "Check that the account is the one that you mean.",
        example: Example::Words("The message is `https://github.corp.example: accepted as svc-jira, expires 3 Mar 2027`."),
    }
    CredentialRejected = Error "credential-rejected" {
        meaning: "the host rejects the credential",
        why: "Jira would create the integration, but it would never index a repository, and Jira does not report it. The \
              secret may be mistyped, cut off or revoked, or belong to another host or account.",
        help: "Type the secret again, or create a new one. Do not try many: hosts lock accounts after some failed logins.",
        example: Example::Words("The token was deleted on the host. `gij check` cannot find this, because it uses no network; \
                                 `gij probe` can."),
    }
    TokenExpired = Error "token-expired" {
        meaning: "the host says that the token has expired",
        why: "Jira would create the integration, but it would never index a repository.",
        help: "Create a new token on the host and enter it in the cell.",
        example: Example::Words("GitLab answers with `Token is expired`, Azure DevOps with `The Personal Access Token used has \
                                 expired`. GitHub does not tell expired tokens from wrong ones: see `credential-rejected`."),
    }
    TokenExpiresSoon = Warning "token-expires-soon" {
        meaning: "the token expires within 30 days",
        why: "The integration stops indexing on that day, and Jira does not report it.",
        help: "Create a token that is valid for longer, or plan to replace it in time.",
        example: Example::Words("The message is `https://gitlab.corp.example: the token expires on 3 Mar 2027`."),
    }
    ScopeMissing = Warning "scope-missing" {
        meaning: "the token lacks a scope that the app needs",
        why: "The vendor's manual, page \"Creating Personal Access Tokens\", requires the scope `repo` on GitHub and `api` on \
              GitLab. Without it, the app may see no private repositories or cannot create branches.",
        help: "Create a token with this scope. If you gave it fewer on purpose, `--allow scope-missing` accepts it under `--strict`.",
        example: Example::Words("A token on GitHub has only the scope `read:user`."),
    }
    CredentialUnknown = Warning "credential-unknown" {
        meaning: "it is unknown whether the credential works",
        why: "The host did not answer as its vendor documents: a sign-on page, a redirect, a rate limit, a server that takes only \
              Windows logins. Or it was not asked: the origin is unencrypted http or names no organization, or another secret \
              of the same account was refused.",
        help: "Try the credential by hand, and check after the import with `gij verify` that Jira finds repositories.",
        example: Example::Words("The origin is behind a single sign-on, which answers every request with an HTML page."),
    }
    HostUnreachable = Warning "host-unreachable" {
        meaning: "the host of the origin cannot be reached from here",
        why: "The address may be wrong, or the host is down. It is only a warning because Jira may reach hosts that your machine \
              does not.",
        help: "Check the origin, the network and the proxy.",
        example: Example::Words("The origin is `https://gitlab.corp.exmaple`, and no such host exists."),
    }
    HostCertificate = Warning "host-certificate" {
        meaning: "the certificate of the host is not accepted here",
        why: "It has expired, is for another name, or its issuer is not known to your machine. Jira, which has its own list of \
              issuers, may accept it.",
        help: "Pass the certificate of your authority with `--ca-cert FILE`, or have the host's certificate renewed. If Jira is not \
               to check it either, set `disableSslVerification` in the row.",
        example: Example::Words("The host has a certificate that the company issued itself."),
    }
    NotProbed = Note "not-probed" {
        meaning: "credentials of this type are not tried",
        why: "AWS has no request that fits, GitLab's API v3 is gone from its releases, and tracked folders have no credentials.",
        help: "Check these integrations in Jira after the import, or with `gij verify`.",
        example: Example::Words("A row has the type `AWS`."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meaning_is_one_line_and_the_rest_are_sentences() {
        for code in Code::ALL {
            let about = code.about();
            let meaning = about.meaning;
            assert!(
                meaning.len() <= 80 && !meaning.ends_with('.'),
                "{code}: {meaning}"
            );
            for text in [about.why, about.help] {
                assert!(text.ends_with('.') && text.len() < 500, "{code}: {text}");
                assert!(!text.contains("  "), "{code}: {text}");
            }
        }
    }

    #[test]
    fn no_two_codes_have_the_same_name_or_meaning() {
        for what in [
            |code: &Code| code.name(),
            |code: &Code| code.about().meaning,
        ] {
            let mut texts: Vec<_> = Code::ALL.iter().map(what).collect();
            texts.sort_unstable();
            texts.dedup();
            assert_eq!(texts.len(), Code::ALL.len());
        }
    }

    #[test]
    fn names_agree_with_serde_and_only_errors_are_guesses() {
        for code in Code::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.name());
            assert_eq!(Code::from_name(code.name()), Some(*code));
            assert!(!code.is_guess() || code.severity() == Severity::Error);
        }
    }
}
