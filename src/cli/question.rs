//! Questions on the terminal. A signal at a question declines it.

use std::io::{self, IsTerminal as _};
use std::thread;

use tokio::sync::oneshot;

use super::exit::Failure;
use super::runtime::Runtime;
use crate::journal::ConfirmedBy;
use crate::render::Screen;

/// What came of a question.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reply {
    Yes,
    No,
    /// A signal came: nothing more is to be asked.
    Interrupted,
}

/// How a session is confirmed: by `yes`, or by a question that is still to be asked. Without a terminal it fails, and
/// `nothing` was done; nor is there an answer where standard input is read as a file.
pub(super) fn confirmation(
    yes: bool,
    has_stdin: bool,
    nothing: &str,
    help: &str,
) -> Result<Option<ConfirmedBy>, Failure> {
    if yes {
        return Ok(Some(ConfirmedBy::Yes));
    }
    let why = if has_stdin {
        "cannot ask for confirmation while reading standard input"
    } else if io::stdin().is_terminal() {
        return Ok(None);
    } else {
        "no terminal to confirm on"
    };
    Err(Failure::usage(format!("{why}; {nothing}")).help(help))
}

/// Asks a question that only `y` or `yes` answers with yes.
pub(super) fn ask(question: &str, runtime: &Runtime, screen: &Screen) -> Reply {
    let is_yes = |answer: &str| matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes");
    ask_for(&format!("{question} [y/N]"), is_yes, runtime, screen)
}

/// What was typed before a question was shown is no answer to it. A console of Windows keeps it.
fn discard_typed_ahead() {
    #[cfg(unix)]
    let _ = rustix::termios::tcflush(io::stdin(), rustix::termios::QueueSelector::IFlush);
}

/// Asks a question that only an answer that `is_yes` answers with yes.
pub(super) fn ask_for(
    question: &str,
    is_yes: impl FnOnce(&str) -> bool,
    runtime: &Runtime,
    screen: &Screen,
) -> Reply {
    discard_typed_ahead();
    screen.problem(&format!("{question} "));
    let (answered, answer) = oneshot::channel();
    // A read from a terminal cannot be cancelled, so it has a thread of its own.
    thread::spawn(move || {
        let mut line = String::new();
        let read = io::stdin().read_line(&mut line);
        // After a signal the answer is not awaited.
        let _ = answered.send(read.map(|_| line));
    });
    let answer = runtime.unless_interrupted(answer);
    let Some(answer) = answer else {
        screen.problem("\n");
        return Reply::Interrupted;
    };
    match answer {
        Ok(Ok(line)) if line.is_empty() => {
            screen.problem("\n");
            Reply::No
        }
        Ok(Ok(line)) if is_yes(line.trim()) => Reply::Yes,
        _ => Reply::No,
    }
}
