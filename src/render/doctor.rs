//! What an examination of the way to Jira found, one line each.

use std::fmt::Write as _;

use anstyle::Style;

use super::style::{DIM, GREEN, of_severity, one_line, paint};
use crate::model::Severity;
use crate::report::{DoctorReport, Health, Question};

/// The findings, and the cure beneath what failed.
pub(crate) fn doctor(report: &DoctorReport) -> String {
    let mut text = String::new();
    for finding in &report.checks {
        let (style, state) = match finding.state {
            Health::Ok => (GREEN, "ok"),
            Health::Warning => (of_severity(Severity::Warning), "warning"),
            Health::Failed => (of_severity(Severity::Error), "FAILED"),
            Health::Unknown => (Style::new(), "unknown"),
            Health::NotTried => (DIM, "not tried"),
        };
        let state = paint(style, format!("{state:>9}"));
        let name = name(finding.check);
        let _ = match &finding.message {
            Some(message) => writeln!(text, "{state}  {name:11}  {}", one_line(message)),
            None => writeln!(text, "{state}  {name}"),
        };
        if let Some(help) = &finding.help {
            let help = one_line(help);
            let _ = writeln!(text, "{:24}{} {help}", "", paint(DIM, "= help:"));
        }
    }
    text
}

fn name(question: Question) -> &'static str {
    match question {
        Question::Jira => "Jira",
        Question::Ready => "ready",
        Question::LogIn => "let in",
        Question::User => "as whom",
        Question::Api => "app's API",
        Question::RateLimit => "rate limit",
        Question::Certificate => "certificate",
        Question::Encryption => "encryption",
    }
}
