//! The table of figures, in Markdown; each line is printed as soon as it is measured.

use std::fmt;
use std::time::Duration;

/// Comes before the first line.
pub(crate) const HEADER: &str = "\
| work | against | gij | peer | ratio | goal | reached |
|---|---|---|---|---|---|---|";

const NOTHING: &str = "\u{2013}";

/// One figure beside its goal.
pub(crate) struct Line {
    work: String,
    against: String,
    ours: String,
    theirs: String,
    ratio: String,
    goal: String,
    /// Nothing without a goal.
    is_reached: Option<bool>,
}

impl Line {
    pub(crate) fn wall(
        work: &str,
        against: &str,
        ours: Duration,
        theirs: Duration,
        goal: Option<f64>,
    ) -> Self {
        let millis = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1e3);
        let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
        Self::of_ratio(work, against, (millis(ours), millis(theirs)), ratio, goal)
    }

    pub(crate) fn memory_beside(
        work: &str,
        against: &str,
        ours: f64,
        theirs: f64,
        goal: f64,
    ) -> Self {
        let figures = (format!("{ours:.1} MB"), format!("{theirs:.1} MB"));
        Self::of_ratio(work, against, figures, ours / theirs, Some(goal))
    }

    pub(crate) fn memory(work: &str, ours: f64, goal: f64) -> Self {
        Self {
            work: work.to_owned(),
            against: NOTHING.to_owned(),
            ours: format!("{ours:.1} MB"),
            theirs: NOTHING.to_owned(),
            ratio: NOTHING.to_owned(),
            goal: format!("≤ {goal} MB"),
            is_reached: Some(ours <= goal),
        }
    }

    fn of_ratio(
        work: &str,
        against: &str,
        (ours, theirs): (String, String),
        ratio: f64,
        goal: Option<f64>,
    ) -> Self {
        Self {
            work: work.to_owned(),
            against: against.to_owned(),
            ours,
            theirs,
            ratio: format!("{ratio:.2} ×"),
            goal: goal.map_or(NOTHING.to_owned(), |goal| format!("≤ {goal} ×")),
            is_reached: goal.map(|goal| ratio <= goal),
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            work,
            against,
            ours,
            theirs,
            ratio,
            goal,
            is_reached,
        } = self;
        let reached = match is_reached {
            Some(true) => "yes",
            Some(false) => "no",
            None => NOTHING,
        };
        write!(
            f,
            "| {work} | {against} | {ours} | {theirs} | {ratio} | {goal} | {reached} |"
        )
    }
}
