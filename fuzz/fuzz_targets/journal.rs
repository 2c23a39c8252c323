//! The bytes of a journal: read, folded and reported, and compared with what a torn beginning of them tells.

#![no_main]

use std::collections::BTreeMap;
use std::{fs, io};

use gij::testing::journal::{ReadError, ReadRun, Remote, RowState, RunState, read};
use gij::testing::model::Outcome;
use gij::testing::render::summary;
use gij::testing::report::{FORMS, Report};
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

thread_local! {
    static DIR: TempDir = directory().expect("a directory");
}

/// In memory if it can be: disks are slow to take a file that is written over and over.
fn directory() -> io::Result<TempDir> {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())
}

fuzz_target!(|bytes: &[u8]| {
    check(bytes);
    // Chance seldom numbers lines in their order.
    check(&numbered(bytes));
});

fn check(bytes: &[u8]) {
    let whole = read_bytes(bytes);
    let cut = cut_of(bytes);
    let torn = read_bytes(&bytes[..cut]);
    let Ok(whole) = whole else {
        assert!(torn.is_err());
        return;
    };
    assert_sums(&whole.state);
    assert_eq!(whole.is_torn, bytes.last() != Some(&b'\n'));
    let opening = bytes
        .iter()
        .position(|byte| *byte == b'\n')
        .expect("a first line");
    if cut > opening {
        assert_no_more(&torn.expect("a journal"), &whole, bytes[cut - 1] != b'\n');
    } else {
        assert!(matches!(torn, Err(ReadError::NoOpening(_))));
    }
    let report = Report::of_run(whole.state.clone());
    for form in FORMS {
        (form.write)(&report, &mut Vec::new()).expect("memory takes all");
    }
    summary(&report);
}

/// The same lines with their numbers in order.
fn numbered(bytes: &[u8]) -> Vec<u8> {
    let mut numbered = Vec::with_capacity(bytes.len() + 16);
    for (n, line) in (1..).zip(bytes.split_inclusive(|byte| *byte == b'\n')) {
        let number = line.strip_prefix(b"{\"seq\":");
        let end = number.and_then(|rest| rest.iter().position(|byte| !byte.is_ascii_digit()));
        match (number, end) {
            (Some(rest), Some(end)) => {
                numbered.extend_from_slice(format!("{{\"seq\":{n}").as_bytes());
                numbered.extend_from_slice(&rest[end..]);
            }
            _ => numbered.extend_from_slice(line),
        }
    }
    numbered
}

fn read_bytes(bytes: &[u8]) -> Result<ReadRun, ReadError> {
    DIR.with(|dir| {
        let path = dir.path().join("journal.jsonl");
        fs::write(&path, bytes).expect("a file");
        read(&path)
    })
}

/// A place to cut at that has nothing to do with what stands there.
fn cut_of(bytes: &[u8]) -> usize {
    let sum = bytes.iter().fold(0_usize, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(usize::from(*byte))
    });
    sum % (bytes.len() + 1)
}

fn assert_sums(run: &RunState) {
    let totals = run.totals();
    let sum: u64 = Outcome::ALL.iter().map(|&outcome| totals.of(outcome)).sum();
    assert_eq!(totals.read, sum);
    assert_eq!(totals.read, run.rows().len() as u64);
}

/// A torn journal tells of no row, no creation, no removal and no damage that the whole one does not tell of.
fn assert_no_more(torn: &ReadRun, whole: &ReadRun, is_torn: bool) {
    assert_sums(&torn.state);
    assert_eq!(torn.is_torn, is_torn);
    assert!(whole.damaged.starts_with(&torn.damaged));
    assert!(torn.state.rows().all(|(n, _)| whole.state.row(n).is_some()));
    let later = created(&whole.state);
    for (n, remote) in created(&torn.state) {
        assert_eq!(later.get(&n), Some(&remote), "row {n}");
    }
    for (n, row) in torn.state.rows().filter(|(_, row)| is_removed(row)) {
        assert!(
            whole.state.row(n).is_some_and(is_removed),
            "row {n}: {row:?}"
        );
    }
    assert!(whole.state.has_begun() || !torn.state.has_begun());
    assert!(whole.state.is_undone || !torn.state.is_undone);
    assert!(whole.state.may_lack_rows() || !torn.state.may_lack_rows());
}

fn created(run: &RunState) -> BTreeMap<u32, Option<Remote>> {
    let created = run
        .rows()
        .filter(|(_, row)| row.outcome == Outcome::Created);
    created.map(|(n, row)| (n, row.remote)).collect()
}

fn is_removed(row: &RowState) -> bool {
    row.removal()
        .is_some_and(|removal| removal.outcome.is_gone())
}
