//! The gate between the scan of a part and calamine, which reads the same part of the same archive.
//!
//! The decision to know: calamine gets the packed bytes of a part only once the scan has unpacked and checked what is in
//! them. So nothing that breaks a limit reaches it, though both read at the same time. What the scan finds and calamine
//! does not show, it leaves here as well.

use std::collections::VecDeque;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::reference::CellRange;
use crate::input::source::ContentReader;

/// What the scan has found in a sheet and calamine does not show.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// How many cells there were so far.
    pub cells: u64,
    /// Hidden rows, ascending.
    pub hidden: Vec<u32>,
    /// Cells by their index in the sheet, ascending.
    pub odd: VecDeque<(u64, OddCell)>,
    pub merged: Vec<CellRange>,
}

impl Findings {
    /// Adds what was found further on.
    pub(super) fn extend(&mut self, mut more: Self) {
        self.cells = more.cells;
        self.hidden.append(&mut more.hidden);
        self.odd.append(&mut more.odd);
        self.merged.append(&mut more.merged);
    }
}

/// A cell that calamine shows as blank, or stops at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum OddCell {
    /// A formula whose value was never computed.
    FormulaWithoutValue,
    /// A value that is written as CDATA.
    Text(String),
    /// An error value that calamine does not know.
    Error {
        text: String,
        /// From 1.
        row: u32,
        /// From 0.
        column: u32,
    },
}

/// How far a scan is.
#[derive(Debug, Default)]
struct Progress {
    /// Where the packed bytes of the part are in the archive.
    part: Range<u64>,
    /// Up to where they are checked.
    checked: u64,
    findings: Findings,
    /// Whether the scan has ended, and if so, whether the part is in order.
    end: Option<bool>,
    /// Nobody waits for the scan any longer.
    is_abandoned: bool,
}

/// Lets calamine follow a scan. Without a scan it is open.
#[derive(Debug, Default)]
pub(super) struct Gate {
    progress: Mutex<Progress>,
    changed: Condvar,
}

impl Gate {
    /// Closes the gate in front of a part, whose packed bytes are at `part`. The scan begins. In front of an empty one it is
    /// open.
    pub(super) fn close(&self, part: Range<u64>) {
        *self.lock() = Progress {
            checked: part.start,
            part,
            ..Progress::default()
        };
    }

    /// Leaves what the scan has found since it was here last.
    pub(super) fn add(&self, findings: Findings) {
        self.lock().findings.extend(findings);
        self.changed.notify_all();
    }

    /// The scan has ended.
    pub(super) fn end(&self, is_in_order: bool) {
        self.lock().end.get_or_insert(is_in_order);
        self.changed.notify_all();
    }

    /// Ends the scan, if it is not done, and opens the gate. Tells whether the scan had found a fault before.
    pub(super) fn abandon(&self) -> bool {
        let mut progress = self.lock();
        progress.is_abandoned = true;
        progress.part = 0..0;
        progress.end == Some(false)
    }

    /// Takes what the scan has found so far, once it has seen more than `cells` cells or the end.
    pub(super) fn findings(&self, cells: u64) -> io::Result<Findings> {
        let mut progress = self.wait(|progress| progress.findings.cells > cells)?;
        let cells = progress.findings.cells;
        let findings = std::mem::take(&mut progress.findings);
        progress.findings.cells = cells;
        Ok(findings)
    }

    /// The scan asks for packed bytes at `at`: it is through with all before them.
    fn pass(&self, at: u64) -> io::Result<()> {
        let mut progress = self.lock();
        if progress.is_abandoned {
            return Err(io::Error::other("nobody waits for the scan"));
        }
        if progress.part.contains(&at) {
            progress.checked = at;
            self.changed.notify_all();
        }
        Ok(())
    }

    /// How many of the `wanted` bytes at `at` calamine may read, once it may read any.
    fn admit(&self, at: u64, wanted: usize) -> io::Result<usize> {
        if !self.lock().part.contains(&at) {
            return Ok(wanted);
        }
        let progress = self.wait(|progress| progress.checked > at)?;
        let up_to = match progress.end {
            Some(_) => progress.part.end,
            None => progress.checked,
        };
        let admitted = usize::try_from(up_to.saturating_sub(at)).unwrap_or(usize::MAX);
        Ok(wanted.min(admitted))
    }

    /// Waits until `is_enough`, or the end of the scan; an error if that found a fault.
    fn wait(&self, is_enough: impl Fn(&Progress) -> bool) -> io::Result<MutexGuard<'_, Progress>> {
        let progress = self.lock();
        let waited = self.changed.wait_while(progress, |progress| {
            progress.end.is_none() && !is_enough(progress)
        });
        let progress = waited.unwrap_or_else(PoisonError::into_inner);
        if progress.end == Some(false) {
            return Err(io::Error::other("the scan found a fault"));
        }
        Ok(progress)
    }

    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Side {
    Scan,
    Calamine,
}

/// Reads the file of a workbook on one side of the gate.
#[derive(Debug)]
pub(super) struct GatedReader<'a> {
    file: ContentReader<'a>,
    gate: &'a Gate,
    side: Side,
}

impl<'a> GatedReader<'a> {
    pub(super) fn new(file: &ContentReader<'a>, gate: &'a Gate, side: Side) -> Self {
        let file = file.clone();
        Self { file, gate, side }
    }
}

impl Read for GatedReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let at = self.file.at;
        let admitted = match self.side {
            Side::Scan => {
                self.gate.pass(at)?;
                buffer.len()
            }
            Side::Calamine => self.gate.admit(at, buffer.len())?,
        };
        self.file.read(&mut buffer[..admitted])
    }
}

impl Seek for GatedReader<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}
