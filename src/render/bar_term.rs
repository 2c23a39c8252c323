//! The terminal that the bar is drawn on.
//!
//! It leaves the cursor where the line begins. At its end, where the bar would leave it, the `^C` that a terminal echoes
//! goes on to the next line, and the bar, which takes itself for one line higher, stays behind.

use std::io::{self, Write as _};
use std::sync::{Mutex, PoisonError};

use indicatif::TermLike;
use terminal_size::terminal_size_of;

use super::wrap::width;

/// Standard error; what is written goes there at once when it is flushed.
#[derive(Debug, Default)]
pub(super) struct BarTerm {
    pending: Mutex<String>,
}

impl BarTerm {
    fn push(&self, text: &str) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.push_str(text);
    }

    fn moved(&self, by: usize, letter: char) {
        if by > 0 {
            self.push(&format!("\x1b[{by}{letter}"));
        }
    }

    fn take(&self) -> String {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = std::mem::take(&mut *pending);
        if !text.is_empty() {
            text.push('\r');
        }
        text
    }
}

impl TermLike for BarTerm {
    fn width(&self) -> u16 {
        u16::try_from(width(terminal_size_of(io::stderr()))).unwrap_or(u16::MAX)
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        self.moved(n, 'A');
        Ok(())
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.moved(n, 'B');
        Ok(())
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.moved(n, 'C');
        Ok(())
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.moved(n, 'D');
        Ok(())
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.push(text);
        self.push("\n");
        Ok(())
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.push(text);
        Ok(())
    }

    fn clear_line(&self) -> io::Result<()> {
        self.push("\r\x1b[2K");
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        let mut stderr = io::stderr().lock();
        stderr.write_all(self.take().as_bytes())?;
        stderr.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_is_left_where_the_line_begins() {
        let term = BarTerm::default();
        term.clear_line().unwrap();
        term.write_str("1/2").unwrap();
        term.write_str("   ").unwrap();
        assert_eq!(term.take(), "\r\x1b[2K1/2   \r");
        assert_eq!(term.take(), "");
    }
}
