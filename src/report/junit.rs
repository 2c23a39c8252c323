//! `.xml`: JUnit, as CI servers read it. A table is a test suite, and a row a test case.

use std::io::{self, Write};

use quick_xml::events::{BytesDecl, BytesText, Event};
use quick_xml::writer::{ElementWriter, Writer};

use super::note::notes;
use super::text::one_line;
use super::value::{Report, ReportRow, ReportTable, by_row, diagnostics_of};
use crate::model::{Diagnostic, Outcome, Severity};

type Xml<'a> = Writer<&'a mut dyn Write>;

/// What a test case reports if it did not pass: the element, the message, and the text.
type Mishap = (&'static str, String, String);

#[derive(Clone, Copy, Default)]
struct CaseCounts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl Report {
    pub(crate) fn write_junit(&self, to: &mut dyn Write) -> io::Result<()> {
        let mut xml = Writer::new_with_indent(to, b' ', 2);
        xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let others = self.other_diagnostics();
        let others: Vec<&Diagnostic> = others
            .filter(|found| found.severity == Severity::Error)
            .collect();
        let mut all = CaseCounts::of(&self.rows);
        all.tests += others.len();
        all.failures += others.len();
        let suites = element(&mut xml, "testsuites", &self.title(), all);
        suites.write_inner_content(|xml| {
            if !others.is_empty() {
                write_others(xml, &others)?;
            }
            for table in &self.tables {
                self.write_suite(xml, table)?;
            }
            Ok(())
        })?;
        xml.get_mut().write_all(b"\n")
    }

    fn write_suite(&self, xml: &mut Xml<'_>, table: &ReportTable) -> io::Result<()> {
        let name = one_line(&table.name());
        let counts = CaseCounts::of(self.rows_of(table));
        let mut suite = element(xml, "testsuite", &name, counts);
        if let Some(run) = &self.run {
            let started = format!("{:.0}", run.started);
            suite = suite.with_attribute(("timestamp", started.trim_end_matches('Z')));
        }
        let diagnostics = by_row(&self.diagnostics);
        suite.write_inner_content(|xml| {
            let properties = xml.create_element("properties");
            properties.write_inner_content(|xml| {
                for (name, value) in self.history().into_iter().chain(self.facts()) {
                    let property = xml.create_element("property");
                    let property = property.with_attribute(("name", name));
                    let property = property.with_attribute(("value", &*one_line(&value)));
                    property.write_empty()?;
                }
                Ok(())
            })?;
            for row in self.rows_of(table) {
                let label = row.display_name.as_deref().unwrap_or("(no display name)");
                let number = row.place.row.unwrap_or_default();
                let case = format!("{} (row {number})", one_line(label));
                let notes = notes(row, diagnostics_of(&diagnostics, row)).join("; ");
                write_case(xml, &name, &case, row.duration_ms, mishap(row), &notes)?;
            }
            Ok(())
        })?;
        Ok(())
    }
}

/// What is wrong with a file or a header, and with rows that the report does not have.
fn write_others(xml: &mut Xml<'_>, found: &[&Diagnostic]) -> io::Result<()> {
    let number = found.len();
    let counts = CaseCounts {
        tests: number,
        failures: number,
        ..CaseCounts::default()
    };
    let suite = element(xml, "testsuite", "files", counts);
    suite.write_inner_content(|xml| {
        for found in found {
            let mishap = ("failure", found.message.clone(), found.help.clone());
            let place = one_line(&found.place.to_string());
            write_case(xml, "files", &place, None, Some(mishap), "")?;
        }
        Ok(())
    })?;
    Ok(())
}

/// An element with a name and the numbers of its test cases.
fn element<'a, 'w>(
    xml: &'a mut Xml<'w>,
    tag: &'a str,
    name: &str,
    counts: CaseCounts,
) -> ElementWriter<'a, &'w mut dyn Write> {
    let mut element = xml.create_element(tag);
    element = element.with_attribute(("name", &*one_line(name)));
    for (key, number) in [
        ("tests", counts.tests),
        ("failures", counts.failures),
        ("errors", counts.errors),
        ("skipped", counts.skipped),
    ] {
        element = element.with_attribute((key, &*number.to_string()));
    }
    element
}

fn write_case(
    xml: &mut Xml<'_>,
    class: &str,
    name: &str,
    ms: Option<u64>,
    mishap: Option<Mishap>,
    notes: &str,
) -> io::Result<()> {
    let ms = ms.unwrap_or_default();
    let time = format!("{}.{:03}", ms / 1000, ms % 1000);
    let case = xml.create_element("testcase");
    let case = case.with_attributes([("classname", class), ("name", name), ("time", &*time)]);
    if mishap.is_none() && notes.is_empty() {
        case.write_empty()?;
        return Ok(());
    }
    case.write_inner_content(|xml| {
        if let Some((element, message, text)) = mishap {
            let element = xml.create_element(element);
            let element = element.with_attribute(("message", &*one_line(&message)));
            element.write_text_content(BytesText::new(&one_line(&text)))?;
        }
        if !notes.is_empty() {
            let output = xml.create_element("system-out");
            output.write_text_content(BytesText::new(&one_line(notes)))?;
        }
        Ok(())
    })?;
    Ok(())
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
    let message = match (&row.error, &row.reason) {
        (Some(text), _) | (None, Some(text)) => text.clone(),
        _ => outcome.to_string(),
    };
    Some((element, message, row.advice.clone().unwrap_or_default()))
}

impl CaseCounts {
    fn of<'a>(rows: impl IntoIterator<Item = &'a ReportRow>) -> Self {
        let mut counts = Self::default();
        for row in rows {
            counts.tests += 1;
            match mishap(row) {
                Some(("failure", ..)) => counts.failures += 1,
                Some(("error", ..)) => counts.errors += 1,
                Some(_) => counts.skipped += 1,
                None => {}
            }
        }
        counts
    }
}
