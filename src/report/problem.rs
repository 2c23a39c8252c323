//! What went wrong, in groups: problems of a kind for which the same is to be done are one.

use std::collections::HashMap;

use super::value::{Report, ReportRow};
use crate::model::{Code, Outcome, Severity};

/// A problem, and all places that have it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct ProblemGroup<'a> {
    /// What is wrong in a word or two: `failed`, `in doubt`, `error`.
    pub label: String,
    /// The kind of a diagnostic.
    pub code: Option<Code>,
    pub http_status: Option<u16>,
    pub message: &'a str,
    pub help: Option<&'a str>,
    pub places: Vec<ProblemPlace<'a>>,
}

/// A cell, a row or a file that has a problem.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct ProblemPlace<'a> {
    pub place: String,
    /// The name of the row.
    pub name: Option<&'a str>,
    /// What is wrong here, if that is not the same in all places.
    pub message: Option<&'a str>,
}

impl Report {
    /// All problems, the worst first, each with its places in the order of the rows.
    pub(super) fn problems(&self) -> Vec<ProblemGroup<'_>> {
        let mut groups = Groups::default();
        if self.run.is_some() {
            groups.add_rows(&self.rows);
        }
        for code in [Code::RestrictionNotStored, Code::StoredDifferently] {
            for row in self.rows_with(code) {
                let problem = ProblemGroup {
                    code: Some(code),
                    help: Some(code.about().help),
                    ..ProblemGroup::new("warning", code.about().meaning)
                };
                groups.add_row(problem, row);
            }
        }
        for severity in [Severity::Error, Severity::Warning, Severity::Note] {
            let found = self.diagnostics.iter();
            for found in found.filter(|found| found.severity == severity) {
                let problem = ProblemGroup {
                    label: severity.to_string(),
                    code: Some(found.code),
                    message: &found.message,
                    help: Some(&found.help),
                    ..ProblemGroup::default()
                };
                groups.add(problem, found.place.to_string(), found.name.as_deref());
            }
        }
        if let Some(audit) = self.valid_audit() {
            let listed = [
                ("missing", MISSING, &audit.missing),
                ("in doubt", APPEARED, &audit.appeared),
            ];
            for (label, message, rows) in listed {
                for row in rows {
                    groups.add(ProblemGroup::new(label, message), row.clone(), None);
                }
            }
            for duplicate in &audit.duplicates {
                let problem = ProblemGroup::new("duplicate", "Jira holds it more than once");
                let name = duplicate.display_name.as_deref();
                groups.add(problem, duplicate.row.clone(), name);
            }
        }
        for row in &self.rows {
            if let Some(state) = row.index.filter(|state| state.is_amiss()) {
                let problem = ProblemGroup::new(state.in_words(), state.about());
                groups.add_row(problem, row);
            }
            let removal = row.removal.as_ref();
            if let Some(left) = removal.filter(|removal| !removal.outcome.is_undone()) {
                let why = left.why.as_deref().unwrap_or("it was not removed");
                let problem = ProblemGroup::new(left.outcome.in_words(), why);
                groups.add_row(problem, row);
            }
        }
        groups.into_all()
    }
}

const MISSING: &str = "Jira answered that it was created, but its list does not show it";
const APPEARED: &str = "Jira refused it, but its list shows one like it";

impl<'a> ProblemGroup<'a> {
    fn new(label: &str, message: &'a str) -> Self {
        Self {
            label: label.to_owned(),
            message,
            ..Self::default()
        }
    }
}

/// Label, code, status, message unless there is a code, help.
type ProblemKey<'a> = (String, Option<Code>, Option<u16>, &'a str, Option<&'a str>);

#[derive(Default)]
struct Groups<'a> {
    all: Vec<ProblemGroup<'a>>,
    index: HashMap<ProblemKey<'a>, usize>,
}

impl<'a> Groups<'a> {
    fn add_rows(&mut self, rows: &'a [ReportRow]) {
        use Outcome::{Absent, Failed, InDoubt, Invalid};
        for outcome in [Failed, Invalid, InDoubt, Absent] {
            for row in rows.iter().filter(|row| row.outcome() == Some(outcome)) {
                let problem = ProblemGroup {
                    label: outcome.to_string(),
                    http_status: row.http_status,
                    message: row.error.as_deref().unwrap_or("no error is known"),
                    help: row.advice.as_deref(),
                    ..ProblemGroup::default()
                };
                self.add_row(problem, row);
            }
        }
    }

    /// All groups; a message that all places share is only that of the group.
    fn into_all(mut self) -> Vec<ProblemGroup<'a>> {
        for group in &mut self.all {
            let is_same = |place: &ProblemPlace<'_>| place.message == Some(group.message);
            if group.places.iter().all(is_same) {
                group
                    .places
                    .iter_mut()
                    .for_each(|place| place.message = None);
            } else if let Some(code) = group.code {
                group.message = code.about().meaning;
            }
        }
        self.all
    }

    fn add_row(&mut self, problem: ProblemGroup<'a>, row: &'a ReportRow) {
        self.add(problem, row.place.to_string(), row.display_name.as_deref());
    }

    fn add(&mut self, problem: ProblemGroup<'a>, place: String, name: Option<&'a str>) {
        let key = (
            problem.label.clone(),
            problem.code,
            problem.http_status,
            problem.code.map_or(problem.message, |_| ""),
            problem.help,
        );
        let message = problem.message;
        let at = *self.index.entry(key).or_insert(self.all.len());
        if at == self.all.len() {
            self.all.push(problem);
        }
        self.all[at].places.push(ProblemPlace {
            place,
            name,
            message: Some(message),
        });
    }
}
