//! What went wrong, in groups: problems of a kind for which the same is to be done are one.

use std::borrow::Cow;
use std::collections::HashMap;

use super::column::differences;
use super::value::{Report, ReportRow};
use crate::journal::{Removal, RemovalOutcome};
use crate::model::Code::{self, RestrictionNotStored, StoredDifferently};
use crate::model::{Outcome, Place, Severity};

/// A problem, and all places that have it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct ProblemGroup<'a> {
    /// What is wrong in a word or two: `failed`, `in doubt`, `error`.
    pub label: String,
    /// The kind of a diagnostic.
    pub code: Option<Code>,
    pub http_status: Option<u16>,
    pub message: Cow<'a, str>,
    pub help: Option<&'a str>,
    pub places: Vec<ProblemPlace<'a>>,
}

/// A cell, a row or a file that has a problem.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ProblemPlace<'a> {
    pub place: &'a Place,
    /// The name of the row.
    pub name: Option<&'a str>,
    /// The id of its integration.
    pub id: Option<i64>,
    /// What is wrong here, if that is not the same in all places.
    pub message: Option<Cow<'a, str>>,
}

impl Report {
    /// All problems, the worst first, each with its places in the order of the rows.
    pub(crate) fn problems(&self) -> Vec<ProblemGroup<'_>> {
        let mut groups = Groups::default();
        if self.run.is_some() {
            groups.add_rows(&self.rows);
        }
        for severity in [Severity::Error, Severity::Warning, Severity::Note] {
            let found = self.diagnostics.iter();
            for found in found.filter(|found| found.severity == severity) {
                let problem = ProblemGroup {
                    code: Some(found.code),
                    help: Some(&found.help),
                    ..ProblemGroup::new(&severity.to_string(), &*found.message)
                };
                groups.add(problem, &found.place, found.name.as_deref(), None);
            }
        }
        if let Some(audit) = self.valid_audit() {
            let listed = [
                ("missing", MISSING, &audit.missing),
                ("in doubt", APPEARED, &audit.appeared),
            ];
            for (label, message, rows) in listed {
                for row in rows {
                    groups.add(ProblemGroup::new(label, message), row, None, None);
                }
            }
            for duplicate in &audit.duplicates {
                let problem = ProblemGroup::new("duplicate", duplicate.about());
                let name = duplicate.display_name.as_deref();
                groups.add(problem, &duplicate.row, name, None);
            }
        }
        for row in &self.rows {
            if let Some(state) = row.index.filter(|state| state.is_amiss()) {
                let problem = ProblemGroup::new(state.in_words(), state.about());
                groups.add_row(problem, row);
            }
            let own = row.removal.iter().map(|removal| (row.id, removal));
            let duplicates = row.duplicates.iter();
            let all = own.chain(duplicates.map(|one| (Some(one.id), &one.removal)));
            for (id, left) in all.filter(|(_, removal)| !removal.outcome.is_undone()) {
                let problem = ProblemGroup::new(left.outcome.in_words(), why_left(left));
                groups.add(problem, &row.place, row.display_name.as_deref(), id);
            }
        }
        groups.into_all()
    }
}

impl ProblemGroup<'_> {
    /// Whether it is only known since something was sent.
    pub(crate) fn is_of_run(&self) -> bool {
        let is_stored = |code| matches!(code, RestrictionNotStored | StoredDifferently);
        self.label != Outcome::Invalid.name() && self.code.is_none_or(is_stored)
    }
}

fn why_left(removal: &Removal) -> &str {
    let unexplained = match removal.outcome {
        RemovalOutcome::InDoubt => "whether it was undone is not certain",
        _ => "it was not removed",
    };
    removal.why.as_deref().unwrap_or(unexplained)
}

const MISSING: &str = "Jira answered that it was created, but its list does not show it";
const APPEARED: &str = "Jira refused it, but its list shows one like it";

impl<'a> ProblemGroup<'a> {
    fn new(label: &str, message: impl Into<Cow<'a, str>>) -> Self {
        Self {
            label: label.to_owned(),
            message: message.into(),
            ..Self::default()
        }
    }
}

/// Label, code, status, message unless there is a code, help.
type ProblemKey<'a> = (
    String,
    Option<Code>,
    Option<u16>,
    Cow<'a, str>,
    Option<&'a str>,
);

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
                    http_status: row.http_status,
                    help: row.advice.as_deref(),
                    ..ProblemGroup::new(
                        &outcome.to_string(),
                        row.error.as_deref().unwrap_or("no error is known"),
                    )
                };
                self.add_row(problem, row);
            }
        }
        // A run has no diagnostics: what its rows were warned of is known by its code alone. First what Jira made of a row
        // otherwise than it asks for.
        let warned = rows.iter().flat_map(|row| {
            let codes = row.warnings.iter();
            let codes = codes.filter_map(|name| Code::from_name(name));
            codes.map(move |code| (code, row))
        });
        let mut warned: Vec<(Code, &ReportRow)> = warned.collect();
        warned.sort_by_key(|(code, _)| (*code != RestrictionNotStored, *code != StoredDifferently));
        for (code, row) in warned {
            let message = match code {
                StoredDifferently => differences(row).into(),
                _ => Cow::from(code.about().meaning),
            };
            let is_visible = code == RestrictionNotStored;
            let problem = ProblemGroup {
                code: Some(code),
                help: Some(code.about().help),
                ..ProblemGroup::new(if is_visible { "visible" } else { "warning" }, message)
            };
            self.add_row(problem, row);
        }
    }

    /// All groups; a message that all places share is only that of the group.
    fn into_all(mut self) -> Vec<ProblemGroup<'a>> {
        for group in &mut self.all {
            let message = Some(&group.message);
            let is_same = |place: &ProblemPlace<'_>| place.message.as_ref() == message;
            if group.places.iter().all(is_same) {
                for place in &mut group.places {
                    place.message = None;
                }
            } else if let Some(code) = group.code {
                group.message = code.about().meaning.into();
            }
        }
        self.all
    }

    fn add_row(&mut self, problem: ProblemGroup<'a>, row: &'a ReportRow) {
        self.add(problem, &row.place, row.display_name.as_deref(), row.id);
    }

    fn add(
        &mut self,
        problem: ProblemGroup<'a>,
        place: &'a Place,
        name: Option<&'a str>,
        id: Option<i64>,
    ) {
        let message = problem.message.clone();
        let shared = match problem.code {
            Some(_) => Cow::default(),
            None => message.clone(),
        };
        let (label, code) = (problem.label.clone(), problem.code);
        let key = (label, code, problem.http_status, shared, problem.help);
        let at = *self.index.entry(key).or_insert(self.all.len());
        if at == self.all.len() {
            self.all.push(problem);
        }
        self.all[at].places.push(ProblemPlace {
            place,
            name,
            id,
            message: Some(message),
        });
    }
}
