use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write};

use anstream::{AutoStream, ColorChoice};
use terminal_size::terminal_size_of;

use super::style::{DIM, of_severity, one_line, paint};
use super::wrap::{width, wrapped};
use super::writes::counted;
use crate::model::Severity;

/// When to use colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Color {
    /// Where they can be seen, and neither `NO_COLOR` nor `TERM=dumb` says otherwise.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How many bytes of a document are written at once.
const PART: usize = 16 * 1024;

/// Standard output for results, standard error for everything else. A reader who goes away (`| head`) is no error.
pub(crate) struct Screen {
    out: RefCell<AutoStream<io::Stdout>>,
    err: RefCell<AutoStream<io::Stderr>>,
    is_quiet: bool,
    /// Why a result could not be written.
    unwritten: RefCell<Option<io::Error>>,
}

impl Screen {
    /// The screen of this process. A quiet one shows no progress and no advice, only results and problems.
    pub(crate) fn new(color: Color, is_quiet: bool) -> Self {
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
            is_quiet,
            unwritten: RefCell::default(),
        }
    }

    /// Writes a result. On a terminal long lines are broken between words.
    pub(crate) fn result(&self, text: &str) {
        if io::stdout().is_terminal() {
            self.verbatim(&wrapped(text, width(terminal_size_of(io::stdout()))));
        } else {
            self.verbatim(text);
        }
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

    /// Writes bytes of a document to standard output.
    ///
    /// # Errors
    ///
    /// If they cannot all be written; a closed pipe is not an error.
    pub(crate) fn document(bytes: &[u8]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        // Part by part, so that a reader who takes his time is seen to read.
        let mut parts = bytes.chunks(PART);
        let written = parts.try_for_each(|part| counted(|| out.write_all(part)));
        match written.and_then(|()| counted(|| out.flush())) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            done => done,
        }
    }

    /// Writes a problem, or a question. On a terminal long lines are broken between words.
    pub(crate) fn problem(&self, text: &str) {
        if io::stderr().is_terminal() {
            let text = wrapped(text, width(terminal_size_of(io::stderr())));
            self.try_problem(&text);
        } else {
            self.try_problem(text);
        }
    }

    /// A problem that cannot be shown cannot be told either: the exit code and the reports on disk stay true.
    fn try_problem(&self, text: &str) {
        let _ = write_to(&mut *self.err.borrow_mut(), text);
    }

    /// Writes why a command cannot go on, and what to do.
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
        if !self.is_quiet {
            self.problem(text);
        }
    }

    /// How many columns a result may take: no line is longer than reads well.
    pub(crate) fn width(&self) -> usize {
        const MAX: usize = 100;
        if io::stdout().is_terminal() {
            width(terminal_size_of(io::stdout())).min(MAX)
        } else {
            MAX
        }
    }

    /// Whether it is to be quiet.
    pub(crate) fn is_quiet(&self) -> bool {
        self.is_quiet
    }

    /// Whether standard error is a terminal that can redraw a line.
    pub(crate) fn can_redraw() -> bool {
        io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
    }
}

fn write_to(stream: &mut impl Write, text: &str) -> io::Result<()> {
    counted(|| {
        stream
            .write_all(text.as_bytes())
            .and_then(|()| stream.flush())
    })
}
