//! Text of others, safe to show: it controls neither a terminal nor the direction of the line that it stands in.

/// The text on one line: spaces for control characters, and no characters that change the direction of the text.
pub(crate) fn one_line(text: &str) -> String {
    text.chars()
        .filter(|c| !changes_direction(*c))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// The formatting characters of the Unicode Bidirectional Algorithm (UAX #9).
pub(super) fn changes_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `none`, `1 row`, `2 rows`.
pub(super) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count > 1 { many } else { one })
}

pub(super) fn number(count: u64) -> String {
    match count {
        0 => "none".to_owned(),
        count => count.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_others_controls_nothing() {
        assert_eq!(one_line("a\u{1b}]0;b\u{7}\nc"), "a ]0;b  c");
        assert_eq!(one_line("user\u{202e}txt.exe\u{2069}"), "usertxt.exe");
    }
}
