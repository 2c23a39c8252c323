//! The two streams of the process, with colours and line breaks where they can be seen.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::{self, BufWriter, IsTerminal, Write};

use anstream::adapter::strip_str;
use anstream::{AutoStream, ColorChoice};
use terminal_size::{Width, terminal_size};
use textwrap::core::display_width;

use super::diagnostics::Detail;
use super::style::{DIM, STYLES, of_severity, one_line, paint, wrapping};
use crate::model::Severity;

/// When to use colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Color {
    /// Where they can be seen, and neither `NO_COLOR` nor `TERM=dumb` forbids them.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Standard output for results, standard error for everything else. A reader who goes away (`| head`) is no error.
pub(crate) struct Screen {
    out: RefCell<AutoStream<io::Stdout>>,
    err: RefCell<AutoStream<io::Stderr>>,
    detail: Detail,
    /// Why a result could not be written.
    unwritten: RefCell<Option<io::Error>>,
}

impl Screen {
    /// The screen of this process. A quiet one shows no progress, no notes and no advice, only results and problems.
    pub(crate) fn new(color: Color, detail: Detail) -> Self {
        let choice = |auto: ColorChoice| match color {
            Color::Auto => auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        let (out, err) = (io::stdout(), io::stderr());
        let (for_out, for_err) = (AutoStream::choice(&out), AutoStream::choice(&err));
        Self {
            out: RefCell::new(AutoStream::new(out, choice(for_out))),
            err: RefCell::new(AutoStream::new(err, choice(for_err))),
            detail,
            unwritten: RefCell::default(),
        }
    }

    /// Writes a result. On a terminal long lines are broken between words.
    pub(crate) fn result(&self, text: &str) {
        self.verbatim(&fitted(text, &io::stdout()));
    }

    /// Writes a result whose lines are to stay as they are.
    pub(crate) fn verbatim(&self, text: &str) {
        match write_to(&mut *self.out.borrow_mut(), text) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                self.unwritten.borrow_mut().get_or_insert(error);
            }
            _ => {}
        }
    }

    /// Why not all results could be written, if they could not; a closed pipe is no reason.
    pub(crate) fn take_unwritten(&self) -> Option<io::Error> {
        self.unwritten.take()
    }

    /// Writes a document to standard output.
    ///
    /// # Errors
    ///
    /// If it cannot be written whole; a closed pipe is not an error.
    pub(crate) fn document(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        let mut out = BufWriter::new(io::stdout().lock());
        match write(&mut out).and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            done => done,
        }
    }

    /// Writes a problem, or a question. On a terminal long lines are broken between words.
    pub(crate) fn problem(&self, text: &str) {
        // A problem that cannot be shown cannot be reported either: the exit code and the reports on disk stay true.
        let _ = write_to(&mut *self.err.borrow_mut(), &fitted(text, &io::stderr()));
    }

    /// Writes why a command fails, and what to do.
    pub(crate) fn failure(&self, message: &str, help: Option<&str>) {
        let mut text = paint(of_severity(Severity::Error), "error");
        let _ = writeln!(text, ": {}", one_line(message));
        if let Some(help) = help {
            let _ = writeln!(text, "  {} {}", paint(DIM, "= help:"), one_line(help));
        }
        self.problem(&text);
    }

    /// Writes what is good to know, unless it is to be quiet.
    pub(crate) fn info(&self, text: &str) {
        if !self.is_quiet() {
            self.problem(text);
        }
    }

    /// How many columns a page of text may take: no line is longer than reads well.
    pub(crate) fn page_width() -> usize {
        const MAX: usize = 100;
        if io::stdout().is_terminal() {
            terminal_width().min(MAX)
        } else {
            MAX
        }
    }

    /// How much is shown of problems that are alike.
    pub(crate) fn detail(&self) -> Detail {
        self.detail
    }

    /// Whether it is to be quiet.
    pub(crate) fn is_quiet(&self) -> bool {
        self.detail == Detail::Quiet
    }
}

/// Writes `text` without what could control the terminal, apart from line breaks and the styles of [`paint`].
fn write_to(stream: &mut impl Write, text: &str) -> io::Result<()> {
    let mut parts = text.split('\u{1b}');
    let mut safe = calm(parts.next().unwrap_or_default());
    for part in parts {
        safe.push_str(if STYLES.iter().any(|style| part.starts_with(style)) {
            "\u{1b}"
        } else {
            " "
        });
        safe.push_str(&calm(part));
    }
    stream.write_all(safe.as_bytes())?;
    stream.flush()
}

fn calm(text: &str) -> String {
    text.split('\n')
        .map(one_line)
        .collect::<Vec<_>>()
        .join("\n")
}

/// The columns of the terminal; 80 where there is none.
pub(super) fn terminal_width() -> usize {
    terminal_size().map_or(80, |(Width(width), _)| width.into())
}

/// A text as it is written to `stream`: on a terminal, with long lines broken.
fn fitted(text: &str, stream: &impl IsTerminal) -> String {
    if stream.is_terminal() {
        let width = terminal_width();
        let lines = text.split_inclusive('\n');
        lines.map(|line| broken(line, width)).collect()
    } else {
        text.to_owned()
    }
}

/// A line, broken between words if it is longer than `width`. What is to be typed stays in one piece, so that it can be
/// copied: whatever stands in backticks, and a command on a line of its own.
fn broken(line: &str, width: usize) -> String {
    const NO_BREAK_SPACE: char = '\u{a0}';
    let text = line.trim_end();
    let plain = strip_str(text).to_string();
    let indent = plain.len() - plain.trim_start().len();
    let is_command = indent > 0 && plain.trim_start().starts_with("gij ");
    if display_width(text) <= width || is_command {
        return line.to_owned();
    }
    let mut is_code = false;
    let text: String = text
        .chars()
        .map(|c| {
            is_code ^= c == '`';
            if is_code && c == ' ' {
                NO_BREAK_SPACE
            } else {
                c
            }
        })
        .collect();
    let indent = " ".repeat((indent + 2).min(width / 3));
    let filled = textwrap::fill(&text, wrapping(width).subsequent_indent(&indent));
    // A question keeps the space before its answer.
    format!(
        "{}{}",
        filled.replace(NO_BREAK_SPACE, " "),
        &line[line.trim_end().len()..]
    )
}

#[cfg(test)]
mod tests {
    use super::super::style::BOLD;
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        let broken = strip_str(&broken(&format!("{text}\n"), 40)).to_string();
        broken.lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_long_line_is_broken_between_words_and_indented() {
        let long = "error: a word and another word and yet another word";
        assert_eq!(
            lines(long),
            ["error: a word and another word and yet", "  another word"]
        );
        assert_eq!(lines("short"), ["short"]);
    }

    #[test]
    fn colours_take_no_room() {
        assert_eq!(lines(&paint(BOLD, "x".repeat(40))).len(), 1);
    }

    #[test]
    fn what_is_to_be_typed_stays_in_one_piece() {
        let command = "  gij resume 20261122T101503Z-onboarding --runs-dir 'my runs'";
        assert_eq!(lines(command), [command]);
        assert_eq!(
            lines("resume that one: `gij resume 20261122T101503Z-x`, or not"),
            [
                "resume that one:",
                "  `gij resume 20261122T101503Z-x`, or",
                "  not"
            ]
        );
    }

    #[test]
    fn a_message_that_begins_with_gij_is_broken_too() {
        assert_eq!(
            lines("gij cannot resume that run, which was declined").len(),
            2
        );
    }

    #[test]
    fn a_question_is_broken_and_keeps_the_space_before_its_answer() {
        let question = "Create 3 integrations in Acme Jira, really and truly? [y/N] ";
        assert_eq!(
            broken(question, 40),
            "Create 3 integrations in Acme Jira,\n  really and truly? [y/N] "
        );
    }
}
