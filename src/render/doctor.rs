//! The findings of `gij doctor`, one line each.

use anstyle::Style;

use super::lines::Lines;
use super::style::{DIM, GREEN, of_severity};
use crate::model::Severity;
use crate::report::{DoctorReport, Health, Question};

/// The findings, with the help below what failed.
pub(crate) fn doctor(report: &DoctorReport) -> String {
    let mut lines = Lines::new(9);
    for finding in &report.checks {
        let (style, state) = match finding.state {
            Health::Ok => (GREEN, "ok"),
            Health::Warning => (of_severity(Severity::Warning), "warning"),
            Health::Failed => (of_severity(Severity::Error), "FAILED"),
            Health::Unknown => (Style::new(), "unknown"),
            Health::NotTried => (DIM, "not tried"),
        };
        let message = finding.message.as_deref().unwrap_or_default();
        let line = format!(" {:11}  {message}", name(finding.check));
        lines.add(style, state, line.trim_end());
        if let Some(help) = &finding.help {
            lines.add(Style::new(), "", &format!("{:14}= help: {help}", ""));
        }
    }
    lines.into_text()
}

fn name(question: Question) -> &'static str {
    match question {
        Question::Jira => "Jira",
        Question::Ready => "ready",
        Question::LogIn => "login",
        Question::User => "user",
        Question::Api => "app's API",
        Question::RateLimit => "rate limit",
        Question::Certificate => "certificate",
        Question::Encryption => "encryption",
    }
}
