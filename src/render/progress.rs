//! Progress of a run: a bar on a terminal, plain lines elsewhere.

use std::cell::Cell;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle as BarStyle};
use jiff::Timestamp;
use textwrap::core::display_width;

use super::screen::{Screen, terminal_width};
use super::style::{count, one_line};
use crate::engine::RunEvent;
use crate::model::Outcome;

/// How progress is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ProgressStyle {
    /// A bar on a terminal, plain lines elsewhere.
    Auto,
    /// A bar, and nothing where there is no terminal.
    Bar,
    Plain,
}

/// Time between plain lines.
const PLAIN_EVERY: Duration = Duration::from_secs(5);

/// A rate and the time left are shown once a run took this long: before, they jump.
const STABLE_AFTER: Duration = Duration::from_secs(2);

/// What rows are counted by, in the order of the line: the failures first, as the end is what a narrow terminal hides.
const LABELS: [&str; 6] = [
    "failed", "in doubt", "created", "updated", "removed", "existing",
];

/// Shows the progress of a run. Dropping it removes the bar.
pub(crate) struct Progress<'a> {
    screen: &'a Screen,
    bar: Option<ProgressBar>,
    /// With the bar and, on a narrow terminal, without it.
    styles: [BarStyle; 2],
    has_stopped: Cell<bool>,
    all: u64,
    counts: Cell<[u64; LABELS.len()]>,
    began: Instant,
    last_line: Cell<Instant>,
}

impl<'a> Progress<'a> {
    /// Progress of sending `requests` requests, while `existing` integrations are left as they are.
    pub(crate) fn new(
        screen: &'a Screen,
        style: ProgressStyle,
        requests: usize,
        existing: usize,
    ) -> Self {
        let all = requests as u64;
        // Hidden where standard error is no terminal, or one that cannot redraw a line.
        let bar = ProgressBar::new(all);
        let is_shown = match style {
            ProgressStyle::Auto => !bar.is_hidden(),
            ProgressStyle::Bar => true,
            ProgressStyle::Plain => false,
        };
        let progress = Self {
            screen,
            bar: (is_shown && !screen.is_quiet() && all > 0).then(|| {
                // Draws what was set while the last drawing was too recent.
                bar.enable_steady_tick(Duration::from_millis(200));
                bar
            }),
            styles: styles(),
            has_stopped: Cell::new(false),
            all,
            counts: Cell::new([0, 0, 0, 0, 0, existing as u64]),
            began: Instant::now(),
            last_line: Cell::new(Instant::now()),
        };
        progress.draw();
        progress
    }

    pub(crate) fn on_event(&self, event: RunEvent<'_>) {
        match event {
            RunEvent::Finished(outcome) => self.finished(match outcome {
                Outcome::Created => "created",
                Outcome::Updated => "updated",
                Outcome::InDoubt => "in doubt",
                _ => "failed",
            }),
            RunEvent::Removed(outcome) if outcome.is_undone() => self.finished("removed"),
            RunEvent::Removed(_) => self.finished("failed"),
            RunEvent::FoundAfterAll => {
                self.count("in doubt", -1);
                self.count("created", 1);
            }
            RunEvent::Waiting { why, time } => self.show(waiting(why, time).trim_end()),
            RunEvent::Settling { rows, time } => {
                let next = match rows {
                    0 => "comparing all rows with it".to_owned(),
                    rows => format!("settling {}", count(rows as u64, "row", "rows")),
                };
                let until = (Timestamp::now() + time).strftime("%H:%M:%S UTC");
                self.show(&format!(
                    "waiting until {until} for Jira's list, then {next}"
                ));
            }
            RunEvent::ReadingList { rows } => self.show(&format!(
                "settling {} from Jira's list",
                count(rows as u64, "row", "rows")
            )),
            RunEvent::Auditing => self.show("comparing with Jira's list"),
            RunEvent::Stopping { under_way } => {
                self.sends_no_more();
                self.write_line(&match under_way {
                    0 => "stopping: nothing more is sent".to_owned(),
                    some => format!(
                        "stopping: nothing more is sent; waiting for {}",
                        count(some as u64, "request under way", "requests under way")
                    ),
                });
            }
        }
    }

    /// Counts a row that is done.
    fn finished(&self, label: &str) {
        self.count(label, 1);
        if self.bar.is_none() && self.last_line.get().elapsed() >= PLAIN_EVERY {
            self.last_line.set(Instant::now());
            let line = format!("{}{}\n", self.counts_text(), self.time_left());
            self.screen.info(&line);
        }
    }

    fn count(&self, label: &str, change: i64) {
        let mut counts = self.counts.get();
        for (count, _) in counts.iter_mut().zip(LABELS).filter(|(_, of)| *of == label) {
            *count = count.saturating_add_signed(change);
        }
        self.counts.set(counts);
        self.draw();
    }

    /// How many rows are done: all that are counted but the existing ones.
    fn done(&self) -> u64 {
        let [done @ .., _] = self.counts.get();
        done.iter().sum()
    }

    /// From now on neither a rate nor the time left means anything.
    pub(crate) fn sends_no_more(&self) {
        self.has_stopped.set(true);
        self.draw();
    }

    fn draw(&self) {
        if let Some(bar) = &self.bar {
            bar.set_position(self.done());
            self.draw_line(bar, &self.time_left());
        }
    }

    /// Shows what a run is waiting for, in the line of the bar or in one of its own.
    fn show(&self, text: &str) {
        match &self.bar {
            Some(bar) => self.draw_line(bar, &format!(" · {text}")),
            None => self.screen.info(&format!("{text}\n")),
        }
    }

    /// On a narrow terminal the bar is the first to go, then the rest of the line from its end: the failures stay.
    fn draw_line(&self, bar: &ProgressBar, rest: &str) {
        let line = self.counts_text() + rest;
        let [with_bar, without] = &self.styles;
        let is_wide = display_width(&line) + BAR_COLUMNS < terminal_width();
        bar.set_style(if is_wide { with_bar } else { without }.clone());
        bar.set_message(line);
    }

    /// Writes a line above the bar.
    pub(crate) fn write_line(&self, text: &str) {
        let write = || self.screen.problem(&format!("{text}\n"));
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Removes the bar.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn time_left(&self) -> String {
        if self.has_stopped.get() {
            return String::new();
        }
        time_left(self.done(), self.all, self.began.elapsed())
    }

    /// `42/100 · 2 failed, 40 created`.
    fn counts_text(&self) -> String {
        let parts = self.counts.get().into_iter().zip(LABELS);
        let parts = parts.filter(|(number, _)| *number > 0);
        let parts: Vec<String> = parts
            .map(|(number, what)| format!("{number} {what}"))
            .collect();
        let done = format!("{}/{}", self.done(), self.all);
        match parts.join(", ") {
            none if none.is_empty() => done,
            some => format!("{done} · {some}"),
        }
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        self.finish();
    }
}

/// The columns of the bar and the space before it.
const BAR_COLUMNS: usize = 21;

#[expect(clippy::expect_used, reason = "a test shows both")]
fn styles() -> [BarStyle; 2] {
    ["{msg} {bar:20}", "{wide_msg}"]
        .map(|template| BarStyle::with_template(template).expect("a valid template"))
}

/// Why nothing is sent, and for how long.
pub(crate) fn waiting(why: &str, time: Duration) -> String {
    format!(
        "waiting {:.0} s: {}\n",
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
    fn the_time_left_is_shown_once_it_is_stable() {
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
}
