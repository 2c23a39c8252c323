//! `.md`: for a ticket, or the summary of a CI job. Its layout is `templates/report.md`.

use std::io::{self, Write};

use askama::Template;

use super::value::{ByRow, Report, by_row};
use super::{column, filters, note};

/// How many places of a problem are named: tickets and job summaries are limited in size.
const MAX_PLACES: usize = 20;

/// How many rows are listed: GitHub takes 1 MiB as the summary of a job.
const MAX_ROWS: usize = 500;

#[derive(Template)]
#[template(path = "report.md")]
struct Ticket<'a> {
    report: &'a Report,
    diagnostics: ByRow<'a>,
}

impl Report {
    pub(crate) fn write_markdown(&self, to: &mut dyn Write) -> io::Result<()> {
        let ticket = Ticket {
            report: self,
            diagnostics: by_row(&self.diagnostics),
        };
        ticket.write_into(to)?;
        writeln!(to)
    }
}
