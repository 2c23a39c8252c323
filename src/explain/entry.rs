//! What stands in the catalogue for a code; the entries themselves are in [`codes`].

use std::borrow::Cow;

use super::codes::{cells, credentials, origins, projects, rows, settings, tables};
use crate::model::Code;

/// What is said about a code to someone who asks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// What it means: lower case, no full stop.
    pub title: &'static str,
    /// Why it matters, in whole sentences.
    pub why: &'static str,
    /// What to do, in whole sentences.
    pub cure: &'static str,
    /// How it comes about.
    pub example: Example,
}

/// How a code comes about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Example {
    /// A CSV file about which nothing but this code is said, and the same put right.
    Csv {
        /// The text of the file; [`LETTERS`] stands for many letters.
        wrong: &'static str,
        /// What it should be.
        right: &'static str,
    },
    /// The same in a file that was saved, all of it or its end, in the encoding of old Windows programs.
    Windows1252 {
        /// The first row, from 1, that is in that encoding; those above are in UTF-8.
        from_row: usize,
        /// The text of the file.
        wrong: &'static str,
        /// What it should be.
        right: &'static str,
    },
    /// What a CSV file cannot show, in words.
    Words(&'static str),
}

/// Stands in an example for more letters than anyone wants to see.
pub(crate) const LETTERS: &str = "(2,000 letters)";

/// A CSV file and the same put right.
pub(super) const fn csv(wrong: &'static str, right: &'static str) -> Example {
    Example::Csv { wrong, right }
}

/// The text of an example with all its letters.
pub(super) fn spelled_out(text: &str) -> Cow<'_, str> {
    if text.contains(LETTERS) {
        Cow::from(text.replace(LETTERS, &"x".repeat(2000)))
    } else {
        Cow::from(text)
    }
}

/// The entry of `code`. A code without one does not compile.
pub(crate) fn entry(code: Code) -> &'static Entry {
    match code {
        Code::NoTable => &tables::NO_TABLE,
        Code::Unreadable => &tables::UNREADABLE,
        Code::NearMissHeader => &tables::NEAR_MISS_HEADER,
        Code::DuplicateHeader => &tables::DUPLICATE_HEADER,
        Code::TooManyCells => &tables::TOO_MANY_CELLS,
        Code::UnclosedQuote => &tables::UNCLOSED_QUOTE,
        Code::NotUtf8 => &tables::NOT_UTF8,
        Code::EncodingGuessed => &tables::ENCODING_GUESSED,
        Code::RepositoryTable => &tables::REPOSITORY_TABLE,
        Code::UnknownColumn => &tables::UNKNOWN_COLUMN,
        Code::SheetPassedOver => &tables::SHEET_PASSED_OVER,
        Code::NoRows => &tables::NO_ROWS,
        Code::HiddenRows => &tables::HIDDEN_ROWS,
        Code::MergedCells => &tables::MERGED_CELLS,
        Code::FormulaWithoutValue => &cells::FORMULA_WITHOUT_VALUE,
        Code::MangledNumber => &cells::MANGLED_NUMBER,
        Code::CellIsError => &cells::CELL_IS_ERROR,
        Code::InvisibleCharacter => &cells::INVISIBLE_CHARACTER,
        Code::SmartQuote => &cells::SMART_QUOTE,
        Code::Placeholder => &cells::PLACEHOLDER,
        Code::Trimmed => &cells::TRIMMED,
        Code::MissingType => &rows::MISSING_TYPE,
        Code::UnknownType => &rows::UNKNOWN_TYPE,
        Code::MissingField => &rows::MISSING_FIELD,
        Code::AsksToDelete => &rows::ASKS_TO_DELETE,
        Code::DuplicateRow => &rows::DUPLICATE_ROW,
        Code::NoDisplayName => &rows::NO_DISPLAY_NAME,
        Code::UnusedField => &rows::UNUSED_FIELD,
        Code::UnsupportedType => &rows::UNSUPPORTED_TYPE,
        Code::SameOrigin => &rows::SAME_ORIGIN,
        Code::MissingOrigin => &origins::MISSING_ORIGIN,
        Code::OriginNotUrl => &origins::ORIGIN_NOT_URL,
        Code::OriginHasUserInfo => &origins::ORIGIN_HAS_USER_INFO,
        Code::OriginHasQuery => &origins::ORIGIN_HAS_QUERY,
        Code::OriginIsCloneUrl => &origins::ORIGIN_IS_CLONE_URL,
        Code::PlainHttp => &origins::PLAIN_HTTP,
        Code::SslVerificationOff => &origins::SSL_VERIFICATION_OFF,
        Code::FolderNotAbsolute => &origins::FOLDER_NOT_ABSOLUTE,
        Code::FolderWithoutStar => &origins::FOLDER_WITHOUT_STAR,
        Code::FolderDepthOutOfRange => &origins::FOLDER_DEPTH_OUT_OF_RANGE,
        Code::NoFolderDepth => &origins::NO_FOLDER_DEPTH,
        Code::MissingCredential => &credentials::MISSING_CREDENTIAL,
        Code::MixedCredentials => &credentials::MIXED_CREDENTIALS,
        Code::TokenUserNotAll => &credentials::TOKEN_USER_NOT_ALL,
        Code::SecretHasSpaces => &credentials::SECRET_HAS_SPACES,
        Code::SecretIsNumber => &credentials::SECRET_IS_NUMBER,
        Code::SecretInPlainField => &credentials::SECRET_IN_PLAIN_FIELD,
        Code::ReferenceNotAllowed => &credentials::REFERENCE_NOT_ALLOWED,
        Code::ReferenceWithoutValue => &credentials::REFERENCE_WITHOUT_VALUE,
        Code::UsernameBesidePat => &credentials::USERNAME_BESIDE_PAT,
        Code::GitHubPassword => &credentials::GITHUB_PASSWORD,
        Code::ForeignToken => &credentials::FOREIGN_TOKEN,
        Code::DomainInUsername => &credentials::DOMAIN_IN_USERNAME,
        Code::NotABoolean => &settings::NOT_A_BOOLEAN,
        Code::NotAnInteger => &settings::NOT_AN_INTEGER,
        Code::UnknownRegion => &settings::UNKNOWN_REGION,
        Code::RegionNotListed => &settings::REGION_NOT_LISTED,
        Code::ApiPathNotAbsolute => &settings::API_PATH_NOT_ABSOLUTE,
        Code::TooLong => &settings::TOO_LONG,
        Code::NotJmespath => &settings::NOT_JMESPATH,
        Code::NotARefspec => &settings::NOT_A_REFSPEC,
        Code::NotARegex => &settings::NOT_A_REGEX,
        Code::NotAnIdList => &projects::NOT_AN_ID_LIST,
        Code::JoinedIds => &projects::JOINED_IDS,
        Code::NotAKeyList => &projects::NOT_A_KEY_LIST,
        Code::UnknownProject => &projects::UNKNOWN_PROJECT,
        Code::GlobalWithProjects => &projects::GLOBAL_WITH_PROJECTS,
        Code::KeysBesideIds => &projects::KEYS_BESIDE_IDS,
        Code::VisibleToNone => &projects::VISIBLE_TO_NONE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_of_one_line_and_the_rest_are_sentences() {
        for code in Code::ALL {
            let Entry {
                title, why, cure, ..
            } = entry(*code);
            assert!(
                title.len() <= 80 && !title.ends_with('.'),
                "{code}: {title}"
            );
            assert!(
                title.starts_with(|c: char| !c.is_uppercase()),
                "{code}: {title}"
            );
            for text in [why, cure] {
                assert!(text.ends_with('.') && text.len() < 500, "{code}: {text}");
                assert!(!text.contains("  "), "{code}: {text}");
            }
        }
    }

    #[test]
    fn no_two_codes_have_the_same_title() {
        let mut titles: Vec<_> = Code::ALL.iter().map(|code| entry(*code).title).collect();
        titles.sort_unstable();
        titles.dedup();
        assert_eq!(titles.len(), Code::ALL.len());
    }
}
