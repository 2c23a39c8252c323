//! The sentence that a report opens with, for a reader who reads no further.

use super::facts::Tally;
use super::text::{counted, number};
use super::value::{Report, ReportKind, ReportRow, ReportRun, ReportStatus};
use crate::journal::RemovalOutcome::{AlreadyGone, Removed, Restored};
use crate::model::{Diagnostics, Outcome, Severity};

impl Report {
    /// The report in one sentence: "169 of 180 integrations created in Acme Jira on 22 Nov 2026; 11 were already there;
    /// none failed, none is in doubt." The day is that of the start, in UTC.
    pub(crate) fn sentence(&self) -> String {
        match &self.run {
            Some(run) => of_run(self, run),
            None if self.kind == ReportKind::Plan => of_plan(self),
            None => of_check(self),
        }
    }
}

fn of_check(report: &Report) -> String {
    let invalid = report.counts.invalid;
    let all = report.counts.valid + invalid;
    let has_errors = report.diagnostics.has_errors();
    let rows = match invalid {
        0 if has_errors || all == 0 => "nothing can be imported".to_owned(),
        0 => counted(all, "row can be imported", "rows can be imported"),
        _ => format!(
            "{} of {} can be imported",
            number(report.counts.valid),
            counted(all, "row", "rows")
        ),
    };
    sentence([rows, tally(&report.diagnostics)])
}

/// `2 errors, 1 warning`; empty if there are no diagnostics.
pub fn tally(diagnostics: &Diagnostics) -> String {
    let counts = [
        (Severity::Error, "error", "errors"),
        (Severity::Warning, "warning", "warnings"),
        (Severity::Note, "note", "notes"),
    ];
    clauses(&counts.map(|(severity, one, many)| (diagnostics.count(severity), one, many)))
}

fn of_plan(report: &Report) -> String {
    let place = report.place();
    let (verb, done) = verb(report);
    if report.rows.is_empty() {
        return format!("Nothing to {verb} in {place}: the input has no rows.");
    }
    let status = if report.is_update {
        ReportStatus::Update
    } else {
        ReportStatus::Create
    };
    let sent = number(report.count(status));
    let all = counted(report.rows.len() as u64, "integration", "integrations");
    let differ = |row: &&ReportRow| row.status != status && !row.differences.is_empty();
    let differ = report.rows.iter().filter(differ).count() as u64;
    let is = ("is", "are");
    let there = [
        states(report, &THERE, is),
        clauses(&[(differ, "differs", "differ")]),
    ];
    sentence([
        format!("{sent} of {all} would be {done} in {place}"),
        joined(there, ", "),
        states(report, &left_out("not attempted"), is),
    ])
}

fn of_run(report: &Report, run: &ReportRun) -> String {
    let totals = report.totals();
    let place = report.place();
    let (verb, done) = verb(report);
    let day = run.started.strftime("%-d %b %Y");
    if totals.read == 0 {
        return format!("Nothing to {verb} in {place} on {day}: the input has no rows.");
    }
    let sent = if report.is_update {
        totals.updated
    } else {
        totals.created
    };
    let sent = number(sent);
    let all = counted(totals.read, "integration", "integrations");
    let failed = number(totals.failed);
    let (was, in_doubt, not_attempted) = if run.is_active {
        (("is", "are"), "in progress or in doubt", "still to do")
    } else {
        (("was", "were"), "in doubt", "not attempted")
    };
    let (one, many) = (format!("is {in_doubt}"), format!("are {in_doubt}"));
    let in_doubt = counted(totals.in_doubt, &one, &many);
    let undone = [
        (Removed, "was removed since", "were removed since"),
        (AlreadyGone, "was already gone", "were already gone"),
        (Restored, "was put back since", "were put back since"),
    ];
    let undone = undone.map(|(outcome, one, many)| {
        let rows = Tally::Removal(outcome).count(&report.rows);
        (rows as u64, one, many)
    });
    let duplicates = report.rows.iter().flat_map(|row| &row.duplicates);
    let duplicates = duplicates.filter(|one| one.removal.outcome == Removed);
    let (one, many) = (
        "duplicate was removed since",
        "duplicates were removed since",
    );
    let duplicates = clauses(&[(duplicates.count() as u64, one, many)]);
    let clauses = [
        format!("{sent} of {all} {done} in {place} on {day}"),
        states(report, &THERE, was),
        format!("{failed} failed, {in_doubt}"),
        states(report, &left_out(not_attempted), was),
        joined([clauses(&undone), duplicates], ", "),
    ];
    let opening = match (run.rehearsal, run.is_active) {
        (false, false) => return sentence(clauses),
        (false, true) => "Still running",
        (true, false) => "Rehearsal",
        (true, true) => "Rehearsal, still running",
    };
    format!("{opening}: {}.", joined(clauses, "; "))
}

/// What is done with integrations, and what has been.
fn verb(report: &Report) -> (&'static str, &'static str) {
    if report.is_update {
        ("update", "updated")
    } else {
        ("create", "created")
    }
}

const THERE: [(Outcome, &str); 3] = [
    (Outcome::Exists, "already there"),
    (Outcome::Unchanged, "unchanged"),
    (Outcome::Absent, "not in Jira"),
];

fn left_out(not_attempted: &str) -> [(Outcome, &str); 3] {
    [
        (Outcome::Invalid, "not valid"),
        (Outcome::NotAttempted, not_attempted),
        (Outcome::NotSelected, "not selected"),
    ]
}

/// How many rows have which of these outcomes: `1 was not valid, 2 were not attempted`.
fn states(report: &Report, states: &[(Outcome, &str)], (is, are): (&str, &str)) -> String {
    let texts = states.iter().map(|(outcome, words)| {
        let count = report.count(ReportStatus::Ended(*outcome));
        let (one, many) = (format!("{is} {words}"), format!("{are} {words}"));
        clauses(&[(count, &one, &many)])
    });
    joined(texts, ", ")
}

/// Those of the clauses whose number is not 0.
fn clauses(clauses: &[(u64, &str, &str)]) -> String {
    let present = clauses.iter().filter(|(number, ..)| *number > 0);
    let texts = present.map(|(number, one, many)| counted(*number, one, many));
    joined(texts, ", ")
}

/// The clauses that are not empty, the first one with a capital letter.
fn sentence(clauses: impl IntoIterator<Item = String>) -> String {
    let text = joined(clauses, "; ");
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    let letters = first.into_iter().flatten().chain(letters);
    letters.chain(['.']).collect()
}

fn joined(texts: impl IntoIterator<Item = String>, separator: &str) -> String {
    let present = texts.into_iter().filter(|text| !text.is_empty());
    present.collect::<Vec<_>>().join(separator)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::dummy;
    use crate::validate::RowCounts;

    /// The sentence of a run whose rows ended so.
    fn sentence_of(outcomes: &[(usize, Outcome)]) -> String {
        report_of(outcomes).sentence()
    }

    fn report_of(outcomes: &[(usize, Outcome)]) -> Report {
        let mut report = dummy::run();
        let row = report.rows.remove(0);
        let each = outcomes
            .iter()
            .flat_map(|&(number, outcome)| vec![outcome; number]);
        report.rows = each
            .map(|outcome| ReportRow {
                status: ReportStatus::Ended(outcome),
                ..row.clone()
            })
            .collect();
        report
    }

    #[test]
    fn a_run_that_went_well() {
        assert_eq!(
            sentence_of(&[(169, Outcome::Created), (11, Outcome::Exists)]),
            "169 of 180 integrations created in Acme Jira on 22 Nov 2026; 11 were already there; \
             none failed, none is in doubt."
        );
    }

    #[test]
    fn one_is_singular() {
        assert_eq!(
            sentence_of(&[(1, Outcome::Created)]),
            "1 of 1 integration created in Acme Jira on 22 Nov 2026; none failed, none is in doubt."
        );
        let one_of_each = Outcome::ALL.map(|outcome| (1, outcome));
        assert_eq!(
            sentence_of(&one_of_each),
            "1 of 10 integrations created in Acme Jira on 22 Nov 2026; 1 was already there, 1 was unchanged, \
             1 was not in Jira; 1 failed, 1 is in doubt; 1 was not valid, 1 was not attempted, 1 was not selected."
        );
    }

    #[test]
    fn none_stands_first_in_upper_case() {
        assert_eq!(
            sentence_of(&[
                (2, Outcome::Failed),
                (3, Outcome::InDoubt),
                (4, Outcome::NotSelected)
            ]),
            "None of 9 integrations created in Acme Jira on 22 Nov 2026; 2 failed, 3 are in doubt; \
             4 were not selected."
        );
    }

    #[test]
    fn an_input_without_rows_has_nothing_to_create() {
        assert_eq!(
            sentence_of(&[]),
            "Nothing to create in Acme Jira on 22 Nov 2026: the input has no rows."
        );
    }

    #[test]
    fn a_jira_without_a_title_is_named_by_its_url() {
        let mut report = dummy::run();
        report.jira.as_mut().unwrap().title = None;
        let sentence = report.sentence();
        assert!(
            sentence.contains(" created in https://jira.example.org on "),
            "{sentence}"
        );
    }

    #[test]
    fn a_rehearsal_is_called_one() {
        let mut report = dummy::run();
        report.run.as_mut().unwrap().rehearsal = true;
        let sentence = report.sentence();
        assert!(sentence.starts_with("Rehearsal: 1 of 5 "), "{sentence}");
        assert!(
            sentence.contains(" created in the sandbox on "),
            "{sentence}"
        );
    }

    #[test]
    fn a_run_at_work_is_told_in_the_present() {
        let outcomes = [(2, Outcome::InDoubt), (3, Outcome::NotAttempted)];
        let mut report = report_of(&outcomes).so_far();
        assert_eq!(
            report.sentence(),
            "Still running: none of 5 integrations created in Acme Jira on 22 Nov 2026; \
             none failed, 2 are in progress or in doubt; 3 are still to do."
        );
        report.run.as_mut().unwrap().rehearsal = true;
        let sentence = report.sentence();
        assert!(
            sentence.starts_with("Rehearsal, still running: none of 5 "),
            "{sentence}"
        );
    }

    #[test]
    fn a_check_counts_the_rows_that_can_be_imported() {
        let mut report = dummy::check();
        assert_eq!(
            report.sentence(),
            "3 of 4 rows can be imported; 1 error, 1 warning."
        );
        report.diagnostics = Diagnostics::default();
        report.counts = RowCounts {
            valid: 4,
            ..RowCounts::default()
        };
        assert_eq!(report.sentence(), "4 rows can be imported.");
    }

    #[test]
    fn a_plan_counts_what_would_be_created() {
        assert_eq!(
            dummy::plan().sentence(),
            "1 of 4 integrations would be created in Acme Jira; \
             1 is already there, 1 differs; 1 is not valid, 1 is not selected."
        );
    }
}
