//! Blocks of rows on their way over the cores: they are checked at the same time, and come back in their order.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use super::duplicates::RowHasher;
use super::headers::Columns;
use super::options::Options;
use super::row::{CheckedRow, check_row};
use crate::input::Block;

/// How many blocks a core may be ahead of the one that is waited for: on a busy machine that one may be late.
const AHEAD: usize = 2;

/// Room for about as many rows as a block of a CSV has.
const ROWS: usize = 1 << 12;

/// A block of rows that is to be checked.
pub(super) struct UncheckedBlock {
    /// Index of its table.
    pub table: usize,
    pub columns: Arc<Columns>,
    pub block: Block,
}

pub(super) struct CheckedBlock {
    /// Index of its table.
    pub table: usize,
    /// How many of its rows are blank.
    pub blank: u64,
    /// The others.
    pub rows: Vec<CheckedRow>,
    /// The names of all rows in one text: what one core allocates and another frees takes both much time.
    pub names: String,
}

/// The blocks that are being checked.
pub(super) struct Workers {
    context: Arc<(Options, RowHasher)>,
    under_way: VecDeque<Receiver<thread::Result<CheckedBlock>>>,
    /// The last block is not handed to another core before one more comes: a small file starts no threads.
    last: Option<UncheckedBlock>,
}

impl Workers {
    pub(super) fn new(options: &Options) -> Self {
        Self {
            context: Arc::new((options.clone(), RowHasher::default())),
            under_way: VecDeque::new(),
            last: None,
        }
    }

    /// Takes a block; once enough are under way, waits for the first of them and returns it.
    pub(super) fn push(&mut self, block: UncheckedBlock) -> Option<CheckedBlock> {
        let earlier = self.last.replace(block)?;
        let context = Arc::clone(&self.context);
        let (sender, receiver) = sync_channel(1);
        rayon::spawn(move || {
            let checked = catch_unwind(AssertUnwindSafe(|| check(&earlier, &context)));
            // Nobody waits any more when the run has been given up.
            let _ = sender.send(checked);
        });
        self.under_way.push_back(receiver);
        let is_enough = self.under_way.len() > AHEAD * rayon::current_num_threads();
        is_enough.then(|| self.oldest()).flatten()
    }

    /// The next block of those that are left; none if all have been returned.
    pub(super) fn next(&mut self) -> Option<CheckedBlock> {
        let oldest = self.oldest();
        oldest.or_else(|| self.last.take().map(|last| check(&last, &self.context)))
    }

    fn oldest(&mut self) -> Option<CheckedBlock> {
        let checked = self.under_way.pop_front()?.recv().ok()?;
        Some(checked.unwrap_or_else(|panic| resume_unwind(panic)))
    }
}

fn check(unchecked: &UncheckedBlock, (options, hasher): &(Options, RowHasher)) -> CheckedBlock {
    let mut rows = Vec::with_capacity(ROWS);
    let mut names = String::new();
    let columns = &unchecked.columns;
    let blank = unchecked
        .block
        .for_each_row(|row| rows.push(check_row(columns, row, options, hasher, &mut names)));
    CheckedBlock {
        table: unchecked.table,
        blank,
        rows,
        names,
    }
}
