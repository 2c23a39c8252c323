//! Blocks of rows on their way over the cores: they are checked at once, and come back in their order.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use super::checked::{CheckedRow, Shared};
use super::columns::Columns;
use super::duplicates::KeyHasher;
use super::options::{Options, Purpose};
use super::row::{check_row, pass_row};
use super::run::is_wanted;
use crate::input::Block;

/// How many blocks a core may be ahead of the one that is waited for: on a busy machine that one may rest for a while.
const AHEAD: usize = 2;

/// A block to be checked.
pub(super) struct Job {
    /// Index of its table.
    pub table: usize,
    /// The columns of its table.
    pub columns: Arc<Columns>,
    /// Its rows.
    pub block: Block,
}

/// What came of a block.
pub(super) struct CheckedBlock {
    /// Index of its table.
    pub table: usize,
    /// How many of its rows are blank.
    pub blank: u64,
    /// The others.
    pub rows: Vec<CheckedRow>,
    /// Their names, one after the other.
    pub names: String,
    /// Whether a secret of one of them stands on the command line.
    pub is_secret_typed: bool,
}

/// The blocks that wait or are being checked.
pub(super) struct Spread {
    means: Arc<(Options, KeyHasher)>,
    under_way: VecDeque<Receiver<thread::Result<CheckedBlock>>>,
    /// The last block is not handed to another core before one more comes: a small file starts no threads.
    last: Option<Job>,
    /// Rows that are kept are made by the thread that keeps them. What another one allocates lies among what that one
    /// frees, which nobody else can use then; and to send rows takes so much longer than to check them that nothing is
    /// gained by more than one core.
    keeps_rows: bool,
}

impl Spread {
    pub(super) fn new(options: &Options) -> Self {
        Self {
            means: Arc::new((options.clone(), KeyHasher::default())),
            under_way: VecDeque::new(),
            last: None,
            keeps_rows: options.purpose == Purpose::Import,
        }
    }

    /// Takes a block in; once enough are under way, the first of them is waited for and given back.
    pub(super) fn push(&mut self, job: Job) -> Option<CheckedBlock> {
        if self.keeps_rows {
            return Some(check(&job, &self.means));
        }
        let earlier = self.last.replace(job)?;
        let means = Arc::clone(&self.means);
        let (sender, receiver) = sync_channel(1);
        rayon::spawn(move || {
            let checked = catch_unwind(AssertUnwindSafe(|| check(&earlier, &means)));
            // Nobody waits any more when the run has been given up.
            let _ = sender.send(checked);
        });
        self.under_way.push_back(receiver);
        let is_enough = self.under_way.len() > AHEAD * rayon::current_num_threads();
        is_enough.then(|| self.oldest()).flatten()
    }

    /// The next block of those that are left; none if all have been given back.
    pub(super) fn next(&mut self) -> Option<CheckedBlock> {
        self.oldest()
            .or_else(|| self.last.take().map(|job| check(&job, &self.means)))
    }

    fn oldest(&mut self) -> Option<CheckedBlock> {
        let checked = self.under_way.pop_front()?.recv().ok()?;
        Some(checked.unwrap_or_else(|panic| resume_unwind(panic)))
    }
}

fn check(job: &Job, (options, hasher): &(Options, KeyHasher)) -> CheckedBlock {
    let mut rows = Vec::with_capacity(job.block.most_rows());
    let mut shared = Shared::default();
    let blank = job.block.for_each_row(|row| {
        rows.push(if is_wanted(&job.columns, row, options) {
            check_row(&job.columns, row, options, hasher, &mut shared)
        } else {
            pass_row(row)
        });
    });
    CheckedBlock {
        table: job.table,
        blank,
        rows,
        names: shared.names,
        is_secret_typed: shared.is_secret_typed,
    }
}
