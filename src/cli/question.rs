//! Questions to whoever sits at the terminal. A signal at a question means that nothing is to be done.

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
    /// Somebody interrupted: nothing more is to be asked.
    Interrupted,
}

/// Whether there is a terminal to ask on.
pub(super) fn can_ask() -> bool {
    io::stdin().is_terminal()
}

/// How a session is confirmed: by `yes`, or by a question that is still to be asked. Without a terminal it fails by
/// `unconfirmed`.
pub(super) fn confirmation(
    yes: bool,
    unconfirmed: impl FnOnce() -> Failure,
) -> Result<Option<ConfirmedBy>, Failure> {
    match yes {
        true => Ok(Some(ConfirmedBy::Yes)),
        false if can_ask() => Ok(None),
        false => Err(unconfirmed()),
    }
}

/// Asks for the number of removals, which must be typed.
pub(super) fn ask_number(
    question: &str,
    number: usize,
    runtime: &Runtime,
    screen: &Screen,
) -> Reply {
    screen.problem(&format!("{question} "));
    let is_number = |answer: &str| answer.trim() == number.to_string();
    reply(runtime, is_number, screen)
}

/// Asks a question that only `y` or `yes` answers with yes.
pub(super) fn ask(question: &str, runtime: &Runtime, screen: &Screen) -> Reply {
    screen.problem(&format!("{question} [y/N] "));
    let is_yes = |answer: &str| matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes");
    reply(runtime, is_yes, screen)
}

fn reply(runtime: &Runtime, is_yes: impl FnOnce(&str) -> bool, screen: &Screen) -> Reply {
    let (answered, answer) = oneshot::channel();
    // A read from a terminal cannot be cancelled, so it has a thread of its own.
    thread::spawn(move || {
        let mut line = String::new();
        let read = io::stdin().read_line(&mut line);
        // Whoever was interrupted does not listen any more.
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
        Ok(Ok(line)) if is_yes(&line) => Reply::Yes,
        _ => Reply::No,
    }
}
