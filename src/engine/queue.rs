//! The rows that are still to be sent, in their order.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::model::{IntegrationType, OriginKey, OriginRule, Row};

/// A row that is to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Job<'r> {
    /// The row.
    pub row: &'r Row,
    /// The number of its last intent; 0 before the first.
    pub attempt: u32,
    /// How often it was sent again because nothing had come of it.
    pub retries: u32,
}

impl<'r> Job<'r> {
    /// A row that was never sent.
    pub(crate) fn new(row: &'r Row) -> Self {
        Self {
            row,
            attempt: 0,
            retries: 0,
        }
    }
}

/// Rows without a name that cannot be told apart in a list: of one type and origin, or of one type where Jira's origin for
/// a blank one is not known.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Alike(IntegrationType, Option<Box<str>>);

impl Alike {
    /// The group of a row without a name; none for one with a name.
    fn of(row: &Row) -> Option<Self> {
        if row.record.display_name().is_some() {
            return None;
        }
        let of = row.record.integration_type();
        let origin = match of.spec().origin {
            OriginRule::UrlOrUnknown => None,
            _ => OriginKey::exact(of, row.record.origin()).map(Into::into),
        };
        Some(Self(of, origin))
    }
}

/// The rows still to be sent. Of rows without a name that are alike only one is under way or unsettled at a time.
#[derive(Debug, Default)]
pub(super) struct Queue<'r> {
    ready: VecDeque<Job<'r>>,
    waiting: HashMap<Alike, VecDeque<Job<'r>>>,
    busy: HashSet<Alike>,
}

impl<'r> Queue<'r> {
    pub(super) fn new(jobs: impl IntoIterator<Item = Job<'r>>) -> Self {
        Self {
            ready: jobs.into_iter().collect(),
            ..Self::default()
        }
    }

    /// The next row that may be sent now.
    pub(super) fn next(&mut self) -> Option<Job<'r>> {
        while let Some(job) = self.ready.pop_front() {
            let Some(alike) = Alike::of(job.row) else {
                return Some(job);
            };
            if !self.busy.contains(&alike) {
                self.busy.insert(alike);
                return Some(job);
            }
            self.waiting.entry(alike).or_default().push_back(job);
        }
        None
    }

    /// Gives back a row of which nothing is in Jira: it is the next.
    pub(super) fn put_back(&mut self, job: Job<'r>) {
        if let Some(alike) = Alike::of(job.row) {
            self.busy.remove(&alike);
        }
        self.ready.push_front(job);
    }

    /// A row came to its end: the next of those like it may go.
    pub(super) fn ended(&mut self, row: &Row) {
        let Some(alike) = Alike::of(row) else {
            return;
        };
        self.busy.remove(&alike);
        if let Some(next) = self.waiting.get_mut(&alike).and_then(VecDeque::pop_front) {
            self.ready.push_front(next);
        }
    }

    /// Whether no row can be sent before another one is settled.
    pub(super) fn is_empty(&self) -> bool {
        self.ready.is_empty()
    }

    /// How many rows are to be sent, those that wait for another included.
    pub(super) fn len(&self) -> usize {
        let waiting: usize = self.waiting.values().map(VecDeque::len).sum();
        self.ready.len() + waiting
    }
}
