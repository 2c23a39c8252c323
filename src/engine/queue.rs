//! The operations that are still to be sent, in their order.

use std::collections::{HashMap, HashSet, VecDeque};

use super::operations::{Group, Job, Operation};

/// Of the operations of a group only one is under way or unsettled at a time.
#[derive(Debug)]
pub(super) struct Queue<O> {
    ready: VecDeque<Job<O>>,
    waiting: HashMap<Group, VecDeque<Job<O>>>,
    busy: HashSet<Group>,
}

impl<O: Operation> Queue<O> {
    pub(super) fn new(jobs: Vec<Job<O>>) -> Self {
        Self {
            ready: jobs.into(),
            waiting: HashMap::new(),
            busy: HashSet::new(),
        }
    }

    /// The next operation that may be sent now.
    pub(super) fn next(&mut self) -> Option<Job<O>> {
        while let Some(job) = self.ready.pop_front() {
            let Some(group) = job.operation.group() else {
                return Some(job);
            };
            if self.busy.insert(group.clone()) {
                return Some(job);
            }
            self.waiting.entry(group).or_default().push_back(job);
        }
        None
    }

    /// Gives back an operation that has not happened: it is the next.
    pub(super) fn put_back(&mut self, job: Job<O>) {
        if let Some(group) = job.operation.group() {
            self.busy.remove(&group);
        }
        self.ready.push_front(job);
    }

    /// An operation ended: the next of its group may go.
    pub(super) fn end(&mut self, operation: &O) {
        let Some(group) = operation.group() else {
            return;
        };
        self.busy.remove(&group);
        if let Some(next) = self.waiting.get_mut(&group).and_then(VecDeque::pop_front) {
            self.ready.push_front(next);
        }
    }

    /// Whether nothing can be sent before another operation is settled.
    pub(super) fn is_empty(&self) -> bool {
        self.ready.is_empty()
    }

    /// How many operations are to be sent, those that wait for another included.
    pub(super) fn len(&self) -> usize {
        let waiting: usize = self.waiting.values().map(VecDeque::len).sum();
        self.ready.len() + waiting
    }
}
