//! Progress: a bar where a line can be redrawn, plain lines elsewhere.

use std::cell::Cell;
use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle as BarStyle};
use terminal_size::terminal_size_of;
use textwrap::core::display_width;

use super::bar_term::BarTerm;
use super::screen::Screen;
use super::style::{count, one_line};
use super::wrap::width;
use crate::engine::RunEvent;
use crate::model::Outcome;

/// How progress is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ProgressStyle {
    /// A bar where a line can be redrawn, plain lines elsewhere.
    Auto,
    /// A bar.
    Bar,
    /// Plain lines.
    Plain,
}

/// Time between plain lines.
const PLAIN_EVERY: Duration = Duration::from_secs(5);

/// How often the bar is drawn in a second at most.
const MOST_DRAWN: u8 = 20;

/// Columns of the bar itself.
const BAR: usize = 24;

/// A rate and the time left are shown once this much is done: before, they jump.
const STABLE_AFTER: Duration = Duration::from_secs(2);

#[derive(Clone, Copy, Default)]
struct Counts {
    done: u64,
    created: u64,
    failed: u64,
    in_doubt: u64,
    removed: u64,
}

/// What the bar says behind its numbers, for whoever draws it.
#[derive(Clone, Debug, Default)]
struct Said {
    text: String,
    /// Requests go out, so that a rate and the time left mean something.
    is_sending: bool,
}

type Shared = Arc<Mutex<Said>>;

/// Shows how a run goes on. Dropping it leaves the terminal as it was.
pub(crate) struct Progress<'a> {
    screen: &'a Screen,
    bar: Option<ProgressBar>,
    /// What stands in the bar.
    shared: Shared,
    has_stopped: Cell<bool>,
    all: u64,
    existing: u64,
    counts: Cell<Counts>,
    began: Instant,
    said: Cell<Instant>,
}

impl<'a> Progress<'a> {
    /// Progress of creating `to_create` integrations while `existing` are left as they are.
    pub(crate) fn new(
        screen: &'a Screen,
        style: ProgressStyle,
        to_create: usize,
        existing: usize,
    ) -> Self {
        let all = to_create as u64;
        let is_bar = match style {
            ProgressStyle::Auto => Screen::can_redraw(),
            ProgressStyle::Bar => true,
            ProgressStyle::Plain => false,
        };
        let shared = Shared::default();
        let bar = (is_bar && !screen.is_quiet() && all > 0).then(|| new_bar(all, shared.clone()));
        let progress = Self {
            screen,
            bar,
            shared,
            has_stopped: Cell::new(false),
            all,
            existing: existing as u64,
            counts: Cell::default(),
            began: Instant::now(),
            said: Cell::new(Instant::now()),
        };
        progress.draw();
        progress
    }

    /// Takes in what happened.
    pub(crate) fn tell(&self, event: RunEvent<'_>) {
        match event {
            RunEvent::Finished(outcome) => {
                let mut counts = self.counts.get();
                counts.done += 1;
                match outcome {
                    Outcome::Created => counts.created += 1,
                    Outcome::InDoubt => counts.in_doubt += 1,
                    _ => counts.failed += 1,
                }
                self.counts.set(counts);
                self.draw();
                self.say_now_and_then();
            }
            RunEvent::Waiting { why, time } => {
                self.show(&waiting(why, time));
            }
            RunEvent::Removed(outcome) => {
                let mut counts = self.counts.get();
                counts.done += 1;
                if outcome.is_gone() {
                    counts.removed += 1;
                } else {
                    counts.failed += 1;
                }
                self.counts.set(counts);
                self.draw();
                self.say_now_and_then();
            }
            RunEvent::FoundAfterAll => {
                let mut counts = self.counts.get();
                counts.in_doubt = counts.in_doubt.saturating_sub(1);
                counts.created += 1;
                self.counts.set(counts);
                self.draw();
            }
            RunEvent::Settling { rows, time } => {
                let rows = count(rows as u64, "row", "rows");
                self.show(&format!(
                    "waiting {:.0} s for Jira to show what became of {rows}",
                    time.as_secs_f64().ceil()
                ));
            }
            RunEvent::Auditing => self.show("comparing with Jira's list"),
            RunEvent::Asking { rows } => self.show(&format!(
                "asking Jira's list what became of {}",
                count(rows as u64, "row", "rows")
            )),
            RunEvent::Stopping { under_way } => self.stopping(under_way),
        }
    }

    fn stopping(&self, under_way: usize) {
        self.sends_no_more();
        self.say(&match under_way {
            0 => "stopping: nothing more is sent".to_owned(),
            some => format!(
                "stopping: nothing more is sent; waiting for {}",
                count(some as u64, "request under way", "requests under way")
            ),
        });
    }

    /// From now on neither a rate nor the time left means anything.
    pub(crate) fn sends_no_more(&self) {
        self.has_stopped.set(true);
        self.draw();
    }

    /// Sets what the bar says; it is drawn with the next tick.
    fn set_said(&self, text: String, is_sending: bool) {
        let mut said = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        *said = Said { text, is_sending };
    }

    /// Shows what is going on, in the bar or in a line of its own.
    fn show(&self, text: &str) {
        match &self.bar {
            Some(_) => self.set_said(format!("{} · {text}", self.counts_text()), false),
            None => self.screen.info(&format!("{text}\n")),
        }
    }

    /// Writes a line above the bar.
    pub(crate) fn say(&self, text: &str) {
        let write = || self.screen.problem(&format!("{text}\n"));
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn counts_text(&self) -> String {
        let Counts {
            created,
            failed,
            in_doubt,
            removed,
            ..
        } = self.counts.get();
        let mut text = match removed {
            0 => format!("{created} created"),
            removed => format!("{removed} removed"),
        };
        for (number, what) in [
            (self.existing, "existing"),
            (failed, "failed"),
            (in_doubt, "in doubt"),
        ] {
            if number > 0 {
                let _ = write!(text, ", {number} {what}");
            }
        }
        text
    }

    fn draw(&self) {
        if let Some(bar) = &self.bar {
            bar.set_position(self.counts.get().done);
            self.set_said(self.counts_text(), !self.has_stopped.get());
        }
    }

    fn say_now_and_then(&self) {
        if self.bar.is_some() || self.said.get().elapsed() < PLAIN_EVERY {
            return;
        }
        self.said.set(Instant::now());
        let done = self.counts.get().done;
        let left = if self.has_stopped.get() {
            String::new()
        } else {
            time_left(done, self.all, self.began.elapsed())
        };
        self.screen.info(&format!(
            "{done}/{}: {}{left}\n",
            self.all,
            self.counts_text()
        ));
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        self.finish();
    }
}

fn new_bar(all: u64, shared: Shared) -> ProgressBar {
    let style = BarStyle::with_template("{bar:24} {pos}/{len} · {said}")
        .unwrap_or_else(|_| BarStyle::default_bar())
        .with_key(
            "said",
            move |state: &ProgressState, text: &mut dyn std::fmt::Write| {
                let said = shared
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .clone();
                let all = state.len().unwrap_or_default();
                let before = BAR + format!(" {}/{all} · ", state.pos()).chars().count();
                let room = width(terminal_size_of(std::io::stderr())).saturating_sub(before);
                let left = if said.is_sending {
                    time_left(state.pos(), all, state.elapsed())
                } else {
                    String::new()
                };
                // A terminal that cannot be written to shows no bar either.
                let _ = text.write_str(&cut(&format!("{}{left}", said.text), room));
            },
        );
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::term_like_with_hz(Box::new(BarTerm::default()), MOST_DRAWN)
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(Some(all), target).with_style(style);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// As much of a line as has room in so many columns.
fn cut(text: &str, room: usize) -> String {
    if display_width(text) <= room {
        return text.to_owned();
    }
    let mut short = String::new();
    for c in text.chars() {
        if display_width(&short) + display_width(c.encode_utf8(&mut [0; 4])) >= room {
            break;
        }
        short.push(c);
    }
    format!("{}…", short.trim_end())
}

/// Why nothing is sent, and for how long.
pub(crate) fn waiting(why: &str, time: Duration) -> String {
    format!(
        "waiting {:.0} s: {}",
        time.as_secs_f64().max(1.0),
        one_line(why)
    )
}

/// ` · 12/s · 8 s left`; nothing while it is not stable yet.
fn time_left(done: u64, all: u64, elapsed: Duration) -> String {
    if elapsed < STABLE_AFTER || done == 0 {
        return String::new();
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of rows are far below 2^52"
    )]
    let (rate, left) = {
        let rate = done as f64 / elapsed.as_secs_f64();
        (rate, all.saturating_sub(done) as f64 / rate)
    };
    let rate = if rate < 10.0 {
        format!("{rate:.1}")
    } else {
        format!("{rate:.0}")
    };
    let left = if left < 90.0 {
        format!("{left:.0} s")
    } else {
        format!("{:.0} min", left / 60.0)
    };
    format!(" · {rate}/s · {left} left")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_is_said_once_it_is_stable() {
        assert_eq!(time_left(5, 100, Duration::from_secs(1)), "");
        assert_eq!(
            time_left(40, 100, Duration::from_secs(4)),
            " · 10/s · 6 s left"
        );
        assert_eq!(
            time_left(4, 2000, Duration::from_secs(4)),
            " · 1.0/s · 33 min left"
        );
    }

    #[test]
    fn what_stands_in_the_bar_is_cut_to_the_width() {
        assert_eq!(cut("3 created · 2/s", 15), "3 created · 2/s");
        assert_eq!(cut("3 created · 2/s", 14), "3 created · 2…");
        assert_eq!(cut("3 created · 2/s", 11), "3 created…");
        assert_eq!(cut("3 created", 0), "…");
    }
}
