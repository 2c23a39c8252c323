//! What a trial counted.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::ops::AddAssign;

type Counts = BTreeMap<&'static str, u64>;

#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub rounds: u64,
    pub kills: u64,
    /// What the killed ones were at.
    pub killed: Counts,
    /// How many of the kills hit a `gij resume`.
    pub kills_of_resumes: u64,
    /// Sessions that were interrupted and ended in good order.
    pub interrupts: u64,
    pub resumes: u64,
    /// Sessions that ended with exit code 4.
    pub stops: u64,
    pub requests: u64,
    /// The requests that something befell, by its name.
    pub faults: Counts,
    pub rows: u64,
    pub lost: u64,
    pub doubled: u64,
    pub in_doubt: u64,
    /// Rows without a name among those in doubt, which cannot be told apart.
    pub nameless_in_doubt: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.rounds += other.rounds;
        self.kills += other.kills;
        self.kills_of_resumes += other.kills_of_resumes;
        self.interrupts += other.interrupts;
        self.resumes += other.resumes;
        self.stops += other.stops;
        self.requests += other.requests;
        for (all, counts) in [
            (&mut self.killed, other.killed),
            (&mut self.faults, other.faults),
        ] {
            for (name, count) in counts {
                *all.entry(name).or_default() += count;
            }
        }
        self.rows += other.rows;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.in_doubt += other.in_doubt;
        self.nameless_in_doubt += other.nameless_in_doubt;
    }
}

fn list(counts: &Counts) -> String {
    let counts = counts.iter().map(|(name, count)| format!("{name} {count}"));
    counts.collect::<Vec<_>>().join(", ")
}

impl Tally {
    /// Each fault and how often it struck, and what the kills hit.
    pub fn in_detail(&self) -> String {
        let mut text = format!("faults: {}", list(&self.faults));
        if !self.killed.is_empty() {
            let _ = write!(text, "\n  kills while: {}", list(&self.killed));
        }
        text
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rounds: ", self.rounds)?;
        if self.kills > 0 {
            write!(
                f,
                "{} kills ({} of resumes), ",
                self.kills, self.kills_of_resumes
            )?;
        }
        for (count, what) in [
            (self.interrupts, "interrupts"),
            (self.resumes, "resumes"),
            (self.stops, "stops"),
        ] {
            if count > 0 {
                write!(f, "{count} {what}, ")?;
            }
        }
        let faults: u64 = self.faults.values().sum();
        if faults > 0 {
            write!(f, "{faults} faults in {} requests, ", self.requests)?;
        }
        let (lost, doubled, in_doubt) = (self.lost, self.doubled, self.in_doubt);
        write!(
            f,
            "{} rows: {lost} lost, {doubled} doubled, {in_doubt} in doubt",
            self.rows
        )?;
        if self.nameless_in_doubt > 0 {
            write!(f, " ({} of them without a name)", self.nameless_in_doubt)?;
        }
        Ok(())
    }
}

/// Prints what a trial counted.
#[expect(clippy::print_stdout, reason = "the trials are there for their counts")]
pub fn say(text: impl fmt::Display) {
    println!("{text}");
}
