//! Names as people write them, and the name that a misspelled one was meant to be.

/// A name without what people vary: case, spaces, `_`, `-`, NBSP, BOM.
pub(crate) fn plain(name: &str) -> String {
    let mut name = name.to_lowercase();
    name.retain(|c| !c.is_whitespace() && !matches!(c, '_' | '-' | '\u{feff}'));
    name
}

/// What the known name closest to `text` stands for: at most two edits away, or one if the name has four letters or `text`
/// has five. Shorter names are close to too many words.
pub(crate) fn nearest<'a, T: Ord>(
    text: &str,
    known: impl IntoIterator<Item = (&'a str, T)>,
) -> Option<T> {
    let length = text.chars().count();
    let distances = known.into_iter().filter_map(|(name, meant)| {
        let letters = name.chars().count();
        let most = match letters {
            ..=3 => return None,
            4 => 1,
            _ if length <= 5 => 1,
            _ => 2,
        };
        // Comparing takes as long as both texts together are wide: what cannot be near is left out first.
        if letters.abs_diff(length) > most {
            return None;
        }
        let distance = strsim::osa_distance(name, text);
        (distance <= most).then_some((distance, meant))
    });
    distances.min().map(|(_, meant)| meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_or_two_are_near_and_short_names_take_fewer() {
        let known = || ["origin", "name", "pat"].map(|name| (name, name));
        for (text, meant) in [
            ("orgin", Some("origin")),
            ("orign", Some("origin")),
            ("orgins", Some("origin")),
            ("nam", Some("name")),
            ("na", None),
            ("pta", None),
            ("organist", None),
            ("orgon", None),
        ] {
            assert_eq!(nearest(text, known()), meant, "{text}");
        }
    }
}
