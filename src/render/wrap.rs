//! Lines that are longer than a terminal is wide, broken between words.
//!
//! What is to be typed stays in one piece, so that it can be copied: whatever stands in backticks, and a command that has a line
//! of its own or stands behind a colon.

use anstream::adapter::strip_str;
use terminal_size::{Height, Width};
use textwrap::core::Word;
use textwrap::{Options, WordSeparator, WordSplitter, core::display_width, wrap};

/// Columns of a terminal that does not tell how many it has.
const USUAL: usize = 80;

/// A line broken to less than this is harder to read than one that the terminal breaks.
const LEAST: usize = 40;

/// How wide a terminal is that tells this size.
pub(super) fn width(size: Option<(Width, Height)>) -> usize {
    let told = size.map(|(Width(width), _)| usize::from(width));
    told.filter(|width| *width > 0).unwrap_or(USUAL)
}

/// The lines of `text`, none longer than `width` if there is a place to break it. An unfinished line, such as a question, stays
/// unfinished.
pub(super) fn wrapped(text: &str, width: usize) -> String {
    let width = width.max(LEAST);
    let mut wrapped = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let long = line.strip_suffix('\n').unwrap_or(line);
        if display_width(long) <= width {
            wrapped.push_str(line);
            continue;
        }
        break_line(&mut wrapped, long, width);
        if long.len() == line.len() {
            // The answer is typed behind its space.
            wrapped.push_str(&line[line.trim_end().len()..]);
        } else {
            wrapped.push('\n');
        }
    }
    wrapped
}

fn break_line(text: &mut String, line: &str, width: usize) {
    let plain = strip_str(line).to_string();
    let said = plain.trim_start();
    if is_command(said) && said.len() < plain.len() {
        text.push_str(line.trim_end());
    } else {
        let behind = match said {
            _ if said.starts_with("= help: ") => "= help: ".len(),
            _ if said.starts_with("--> ") => "--> ".len(),
            _ => 2,
        };
        let indent = " ".repeat((plain.len() - said.len() + behind).min(width / 3));
        let options = Options::new(width)
            .subsequent_indent(&indent)
            .break_words(false)
            .word_splitter(WordSplitter::NoHyphenation)
            .word_separator(WordSeparator::Custom(words));
        text.push_str(&wrap(line.trim_end(), options).join("\n"));
    }
}

fn is_command(text: &str) -> bool {
    text.starts_with("gij ")
}

/// The words of a line, with the spaces behind each.
fn words(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    let mut rest = line;
    let mut is_behind_colon = false;
    Box::new(std::iter::from_fn(move || {
        let end = if is_behind_colon && is_command(rest) {
            rest.len()
        } else {
            end_of_word(rest)
        };
        let (word, after) = rest.split_at(end);
        rest = after;
        is_behind_colon = word.trim_end().ends_with(':');
        (!word.is_empty()).then(|| Word::from(word))
    }))
}

/// Where the first word of `text` ends, with the spaces behind it.
fn end_of_word(text: &str) -> usize {
    let mut is_quoted = false;
    let mut has_ended = false;
    for (at, c) in text.char_indices() {
        if c == '`' {
            is_quoted = !is_quoted;
        }
        if has_ended && c != ' ' {
            return at;
        }
        has_ended = c == ' ' && (!is_quoted || !text[at..].contains('`'));
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::super::style::{BOLD, DIM, paint};
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        let wrapped = strip_str(&wrapped(&format!("{text}\n"), 40)).to_string();
        wrapped.lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_long_line_is_broken_between_words_and_goes_on_behind_its_label() {
        let long = "error: a word and another word and yet another word";
        assert_eq!(
            lines(long),
            ["error: a word and another word and yet", "  another word"]
        );
        let help = format!(
            "  {} write one of the types, in any case",
            paint(DIM, "  = help:")
        );
        assert_eq!(
            lines(&help),
            [
                "    = help: write one of the types, in",
                "            any case"
            ]
        );
        assert_eq!(lines("short"), ["short"]);
    }

    #[test]
    fn colours_take_no_room() {
        let painted = paint(BOLD, "x".repeat(40));
        assert_eq!(lines(&painted).len(), 1);
    }

    #[test]
    fn what_is_to_be_typed_stays_in_one_piece() {
        let command = "  gij resume 20261122T101503Z-onboarding --runs-dir 'my runs'";
        assert_eq!(lines(command), [command]);
        assert_eq!(
            lines("go on with that one: `gij resume 20261122T101503Z-x`, or not"),
            [
                "go on with that one:",
                "  `gij resume 20261122T101503Z-x`, or",
                "  not"
            ]
        );
        assert_eq!(
            lines("    settle the rows in doubt: gij resume last --settle 1m"),
            [
                "    settle the rows in doubt:",
                "      gij resume last --settle 1m"
            ]
        );
        let lone = "a ` alone quotes nothing and the line is broken";
        assert_eq!(lines(lone).len(), 2);
    }

    #[test]
    fn what_only_speaks_of_gij_is_broken_between_words() {
        assert_eq!(
            lines("error: another gij is at work (it holds gij-runs/x.lock); wait"),
            [
                "error: another gij is at work (it holds",
                "  gij-runs/x.lock); wait"
            ]
        );
        let begun = "gij cannot go on with that, as nobody agreed";
        assert_eq!(lines(begun).len(), 2);
    }

    #[test]
    fn a_question_is_broken_between_words_and_stays_unfinished() {
        let question = "Create 3 integrations in Acme Jira, really and truly? [y/N] ";
        assert_eq!(
            wrapped(question, 40),
            "Create 3 integrations in Acme Jira,\n  really and truly? [y/N] "
        );
    }

    #[test]
    fn a_terminal_that_tells_no_width_is_taken_for_a_usual_one() {
        assert_eq!(width(None), 80);
        assert_eq!(width(Some((Width(0), Height(0)))), 80);
        assert_eq!(width(Some((Width(132), Height(50)))), 132);
    }
}
