use std::io::{self, BufRead as _, IsTerminal as _};

use crate::render::Screen;

/// Whether there is somebody to ask.
pub(super) fn can_ask() -> bool {
    io::stdin().is_terminal()
}

/// Asks for the number of removals, which must be typed.
pub(super) fn ask_number(question: &str, number: usize, screen: &Screen) -> bool {
    screen.problem(&format!("{question} "));
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    if matches!(read, Ok(0)) {
        screen.problem("\n");
    }
    read.is_ok() && answer.trim() == number.to_string()
}

/// Asks a question that only `y` or `yes` answers with yes.
pub(super) fn ask(question: &str, screen: &Screen) -> bool {
    screen.problem(&format!("{question} [y/N] "));
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    if matches!(read, Ok(0)) {
        screen.problem("\n");
    }
    read.is_ok() && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}
