//! What the text of a cell looks like: a token of a vendor, an AWS access key id, a placeholder.

use crate::model::{Field, IntegrationType, Kind};

/// How tokens begin, and the vendor that documents it. This is the one list of them.
const TOKENS: [(&str, &str); 11] = [
    ("ghp_", "GitHub"),
    ("gho_", "GitHub"),
    ("ghu_", "GitHub"),
    ("ghs_", "GitHub"),
    ("ghr_", "GitHub"),
    ("github_pat_", "GitHub"),
    ("glpat-", "GitLab"),
    ("gldt-", "GitLab"),
    ("glrt-", "GitLab"),
    ("AKIA", "AWS"),
    ("ASIA", "AWS"),
];

/// Whether a text that others can read holds what has the shape of a known kind of token.
pub(super) fn holds_token(text: &str) -> bool {
    const SHORTEST_REST: usize = 16;
    let is_of_token = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let has_long_word = |bytes: &[u8]| {
        let mut start = 0;
        while let Some(window) = bytes.get(start..start + SHORTEST_REST) {
            match window.iter().rposition(|b| !is_of_token(b)) {
                Some(end_of_word) => start += end_of_word + 1,
                None => return true,
            }
        }
        false
    };
    // Few texts have a word as long as a token, and most bytes need not be read to see that.
    if !has_long_word(text.as_bytes()) {
        return false;
    }
    let mut words = text.as_bytes().split(|b| !is_of_token(b));
    words.any(|word| {
        let Some(last) = word.len().checked_sub(SHORTEST_REST) else {
            return false;
        };
        let may_begin = &word[..last];
        TOKENS.iter().any(|(prefix, _)| {
            let mut starts = may_begin.windows(prefix.len());
            starts.any(|start| start == prefix.as_bytes())
        })
    })
}

/// The vendor of a secret, if it is a token of another vendor than the type's.
pub(super) fn foreign_vendor(
    integration_type: IntegrationType,
    secret: &str,
) -> Option<&'static str> {
    use IntegrationType as T;
    let own = match integration_type {
        T::GitHub | T::GitHubServer => "GitHub",
        T::GitLab | T::GitLabServer | T::GitLabServerLegacy => "GitLab",
        T::Aws => "AWS",
        _ => "",
    };
    let token = TOKENS.iter().find(|(prefix, _)| secret.starts_with(prefix));
    token
        .map(|(_, vendor)| *vendor)
        .filter(|vendor| *vendor != own && (*vendor != "AWS" || is_key_id(secret)))
}

/// `AKIA…`, as AWS documents its access key ids.
pub(super) fn is_key_id(text: &str) -> bool {
    text.len() == 20 && (text.starts_with("AKIA") || text.starts_with("ASIA"))
}

/// Whether a whole cell is a placeholder that is still to be replaced. The values of the vendor's examples are none.
pub(super) fn is_placeholder(field: Field, text: &str) -> bool {
    /// None is longer than 11 bytes.
    const WORDS: [&str; 14] = [
        "changeme",
        "change-me",
        "change_me",
        "todo",
        "tbd",
        "fixme",
        "placeholder",
        "...",
        "\u{2026}",
        "\u{2013}",
        "\u{2014}",
        "n/a",
        "none",
        "null",
    ];
    let is_bracketed = text.len() > 2 && text.starts_with('<') && text.ends_with('>');
    let is_all = |chars: &[char]| text.chars().all(|c| chars.contains(&c));
    let is_crossed_out = text.len() >= 3 && (is_all(&['x', 'X']) || is_all(&['*', '\u{2022}']));
    let is_filler = !text.is_empty() && (is_all(&['-']) || is_all(&['?']));
    // A name or a pattern may well begin like this; a secret, an account or an address does not.
    let may_refer = matches!(field.kind(), Kind::Secret | Kind::Username | Kind::Origin);
    let start = text.get(..4).unwrap_or_default();
    let refers = may_refer
        && ["see ", "ask "]
            .iter()
            .any(|word| start.eq_ignore_ascii_case(word));
    is_bracketed
        || is_crossed_out
        || is_filler
        || refers
        || text.len() <= 11 && WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_whole_cells() {
        for text in [
            "changeme",
            "TODO",
            "<token>",
            "xxxx",
            "XXX",
            "-",
            "n/a",
            "None",
            "?",
            "****",
            "ask Jo",
            "see vault",
        ] {
            assert!(is_placeholder(Field::Pat, text), "{text}");
        }
        for text in [
            "mypassword",
            "xx",
            "todo list",
            "johnsmith",
            "https://mygithub.yourorg.com",
        ] {
            assert!(!is_placeholder(Field::Pat, text), "{text}");
        }
        assert!(!is_placeholder(Field::DisplayName, "Ask the platform team"));
    }

    #[test]
    fn tokens_are_known_by_prefix_and_length() {
        for (prefix, vendor) in TOKENS {
            let token = format!("{prefix}0123456789abcdef");
            assert!(holds_token(&token), "{prefix}");
            assert!(holds_token(&format!("bot {token}, old")), "{prefix}");
            assert!(!holds_token(&token[..token.len() - 1]), "{prefix}");
            let is_foreign = foreign_vendor(IntegrationType::GitHub, &token) == Some(vendor);
            assert_eq!(is_foreign, vendor != "GitHub", "{prefix}");
        }
        assert!(!holds_token("Team AKIA"));
        assert!(!holds_token("AKIA é0123456789abcdef"));
    }

    #[test]
    fn a_token_is_foreign_to_every_type_of_another_vendor() {
        let token = "ghp_0123456789abcdefghij";
        for integration_type in IntegrationType::all() {
            let is_own = integration_type.name().starts_with("GITHUB");
            let vendor = foreign_vendor(integration_type, token);
            assert_eq!(vendor.is_none(), is_own, "{integration_type}");
        }
        assert_eq!(foreign_vendor(IntegrationType::Gerrit, "AKIA-2026"), None);
    }
}
