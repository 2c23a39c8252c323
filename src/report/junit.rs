//! `.xml`: JUnit, as CI servers read it. A table is a test suite, and a row a test case. The layout is
//! `templates/report.xml`.

use std::io::{self, Write};

use askama::Template;

use super::filters;
use super::note::notes;
use super::value::{Report, ReportRow, by_row};
use crate::model::{Diagnostic, Outcome, Severity};

#[derive(Template)]
#[template(path = "report.xml")]
struct TestSuites {
    title: String,
    /// When the run was opened, without its zone.
    started: Option<String>,
    facts: Vec<(&'static str, String)>,
    suites: Vec<TestSuite>,
}

struct TestSuite {
    name: String,
    cases: Vec<TestCase>,
}

#[derive(Default)]
struct TestCase {
    name: String,
    /// None if it passed.
    mishap: Option<Mishap>,
    ms: u64,
    notes: String,
}

/// What a test case reports if it did not pass: the element, the message, and the text.
type Mishap = (&'static str, String, String);

impl Report {
    pub(crate) fn write_junit(&self, to: &mut dyn Write) -> io::Result<()> {
        let others = self.other_diagnostics();
        let others = others.filter(|found| found.severity == Severity::Error);
        let others = TestSuite {
            name: "files".to_owned(),
            cases: others.map(case_of_file).collect(),
        };
        let diagnostics = by_row(&self.diagnostics);
        let case = |row: &ReportRow| {
            let label = row.display_name.as_deref().unwrap_or("(no display name)");
            TestCase {
                name: format!("{label} (row {})", row.place.row.unwrap_or_default()),
                mishap: mishap(row),
                ms: row.duration_ms.unwrap_or_default(),
                notes: notes(row, &diagnostics).join("; "),
            }
        };
        let tables = self.tables.iter().map(|table| TestSuite {
            name: table.name(),
            cases: self.rows_of(table).map(case).collect(),
        });
        let others = Some(others).filter(|others| !others.cases.is_empty());
        let started = self.run.as_ref().map(|run| run.started);
        let suites = TestSuites {
            title: self.title(),
            started: started.map(|at| at.strftime("%Y-%m-%dT%H:%M:%S").to_string()),
            facts: [self.history(), self.facts()].concat(),
            suites: others.into_iter().chain(tables).collect(),
        };
        suites.write_into(to)?;
        writeln!(to)
    }
}

impl TestSuite {
    /// How many test cases there are, and how many report which element, as attributes.
    fn counts(suites: &[Self]) -> [(&'static str, usize); 4] {
        let cases = || suites.iter().flat_map(|suite| &suite.cases);
        let reported = |element| {
            let mishaps = cases().filter_map(|case| case.mishap.as_ref());
            mishaps.filter(|(found, ..)| *found == element).count()
        };
        [
            ("tests", cases().count()),
            ("failures", reported("failure")),
            ("errors", reported("error")),
            ("skipped", reported("skipped")),
        ]
    }
}

/// What is wrong with a file or a header, or with a row that the report does not have.
fn case_of_file(found: &Diagnostic) -> TestCase {
    TestCase {
        name: found.place.to_string(),
        mishap: Some(("failure", found.message.clone(), found.help.clone())),
        ..TestCase::default()
    }
}

fn mishap(row: &ReportRow) -> Option<Mishap> {
    let outcome = row.outcome()?;
    if let Some(state) = row.index.filter(|state| state.is_amiss()) {
        let message = state.in_words().to_owned();
        return Some(("failure", message, state.about().to_owned()));
    }
    let element = match outcome {
        Outcome::Created | Outcome::Exists | Outcome::Updated | Outcome::Unchanged => return None,
        Outcome::Absent | Outcome::Failed | Outcome::Invalid => "failure",
        Outcome::InDoubt => "error",
        Outcome::NotAttempted | Outcome::NotSelected => "skipped",
    };
    let message = row.error.clone().or_else(|| row.reason.clone());
    let message = message.unwrap_or_else(|| outcome.to_string());
    Some((element, message, row.advice.clone().unwrap_or_default()))
}
