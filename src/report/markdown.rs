//! `.md`: for a ticket, or the summary of a CI job.

use std::io::{self, Write};

use super::facts::{confirmation, session_name, time};
use super::text::{counted, one_line};
use super::value::{Report, ReportTable};

/// How many places of a problem are named: tickets and job summaries are limited in size.
const MAX_PLACES: usize = 20;

impl Report {
    pub(crate) fn write_markdown(&self, to: &mut dyn Write) -> io::Result<()> {
        writeln!(to, "# {}\n\n{}\n", self.title(), text(&self.sentence()))?;
        let statuses = self.statuses();
        let statuses: Vec<_> = statuses.into_iter().filter(|(_, rows)| *rows > 0).collect();
        if !statuses.is_empty() {
            writeln!(to, "| Rows | |\n|---|---:|")?;
            for (status, rows) in &statuses {
                writeln!(to, "| {} | {rows} |", status.in_words())?;
            }
            writeln!(to)?;
        }
        self.write_tables(to)?;
        self.write_problems(to)?;
        self.write_history(to)?;
        writeln!(to, "## Details\n")?;
        for (label, value) in self.facts() {
            writeln!(to, "- {label}: {}", code(&value))?;
        }
        Ok(())
    }

    fn write_tables(&self, to: &mut dyn Write) -> io::Result<()> {
        writeln!(
            to,
            "## Files\n\n| File | Rows | Blank | With problems |\n|---|---:|---:|---:|"
        )?;
        for table in &self.tables {
            let ReportTable { rows, .. } = table;
            let (read, blank) = (rows.read, rows.blank);
            let bad = self.rows_of(table).filter(|row| row.is_bad()).count();
            writeln!(to, "| {} | {read} | {blank} | {bad} |", code(&table.name()))?;
        }
        writeln!(to)
    }

    fn write_history(&self, to: &mut dyn Write) -> io::Result<()> {
        let Some(run) = &self.run else { return Ok(()) };
        writeln!(to, "## History\n")?;
        for session in &run.sessions {
            let (command, began) = (session_name(session), time(&session.at));
            let who = code(&format!("{}@{}", session.os_user, session.host));
            let confirmed = confirmation(session);
            writeln!(
                to,
                "- {began}: {command} by {who}, confirmation: {confirmed}"
            )?;
        }
        writeln!(to)
    }

    fn write_problems(&self, to: &mut dyn Write) -> io::Result<()> {
        let problems = self.problems();
        if problems.is_empty() {
            return Ok(());
        }
        writeln!(to, "## Problems\n")?;
        for problem in problems {
            let code_name = problem.code.map(|name| format!(" `{name}`"));
            let status = problem
                .http_status
                .map(|status| format!(" (HTTP {status})"));
            writeln!(
                to,
                "### {}{}{}: {}\n\n{}",
                problem.label,
                code_name.unwrap_or_default(),
                status.unwrap_or_default(),
                counted(problem.places.len() as u64, "place", "places"),
                text(problem.message)
            )?;
            if let Some(help) = problem.help {
                writeln!(to, "\n> {}", text(help))?;
            }
            writeln!(to)?;
            for place in problem.places.iter().take(MAX_PLACES) {
                let name = place.name.map(|name| format!(" {}", text(name)));
                let message = place.message.map(|message| format!(": {}", text(message)));
                let (name, message) = (name.unwrap_or_default(), message.unwrap_or_default());
                writeln!(to, "- {}{name}{message}", code(&place.place))?;
            }
            if let more @ 1.. = problem.places.len().saturating_sub(MAX_PLACES) {
                writeln!(
                    to,
                    "- and {more} more; the other forms of the report list them"
                )?;
            }
            writeln!(to)?;
        }
        Ok(())
    }
}

/// Text of others, without a meaning in Markdown or HTML.
fn text(text: &str) -> String {
    let mut escaped = String::new();
    for c in one_line(text).chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '&' => escaped.push_str("&amp;"),
            // A name or a number of others must not become a link: `@user`, `#12`.
            '@' | '#' => {
                escaped.push(c);
                escaped.push('\u{200b}');
            }
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '!' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped
}

/// Text of others as code. A `|` would end the cell of a table.
fn code(text: &str) -> String {
    let text = one_line(text).replace('`', "'").replace('|', "\\|");
    format!("`{text}`")
}
