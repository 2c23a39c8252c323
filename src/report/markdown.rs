//! `.md`: for a ticket, or the summary of a CI job.

use std::io::{self, Write};

use super::column;
use super::note::notes;
use super::text::{counted, one_line};
use super::value::{Report, TableRows, by_row, diagnostics_of};

/// How many places of a problem are named: tickets and job summaries are limited in size.
const MAX_PLACES: usize = 20;

/// How many rows are listed: GitHub takes 1 MiB as the summary of a job.
const MAX_ROWS: usize = 500;

impl Report {
    pub(crate) fn write_markdown(&self, to: &mut dyn Write) -> io::Result<()> {
        writeln!(to, "# {}\n\n{}\n", self.title(), text(&self.sentence()))?;
        self.write_tables(to)?;
        self.write_problems(to)?;
        self.write_rows(to)?;
        write_facts(to, "History", &self.history())?;
        write_facts(to, "Details", &self.facts())
    }

    fn write_tables(&self, to: &mut dyn Write) -> io::Result<()> {
        let tallies = self.tallies();
        let words = tallies
            .iter()
            .map(|(tally, _)| format!(" {} |", tally.in_words()));
        let words: String = words.collect();
        let rules = "---:|".repeat(tallies.len());
        writeln!(
            to,
            "## Files\n\n| File | Rows |{words} Blank |\n|---|---:|{rules}---:|"
        )?;
        for table in &self.tables {
            let TableRows { read, blank } = table.rows;
            write!(to, "| {} | {read} |", code(&table.name()))?;
            for (tally, _) in &tallies {
                write!(to, " {} |", tally.count(self.rows_of(table)))?;
            }
            writeln!(to, " {blank} |")?;
        }
        let numbers = tallies.iter().map(|(_, rows)| format!(" {rows} |"));
        let numbers: String = numbers.collect();
        let (read, blank) = (self.counts.read, self.counts.blank);
        writeln!(to, "| all | {read} |{numbers} {blank} |\n")
    }

    fn write_rows(&self, to: &mut dyn Write) -> io::Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        writeln!(
            to,
            "## Rows\n\n| Row | Type | Display name | Origin | Status | ID | Details |\n|---|---|---|---|---|---:|---|"
        )?;
        let diagnostics = by_row(&self.diagnostics);
        for row in self.rows.iter().take(MAX_ROWS) {
            let place = code(&row.place.to_string());
            let [kind, name, origin] = [&row.type_name, &row.display_name, &row.origin];
            let [kind, name, origin] =
                [kind, name, origin].map(|cell| text(cell.as_deref().unwrap_or_default()));
            let (status, id) = (row.status.in_words(), column::text(row.id));
            let notes = notes(row, diagnostics_of(&diagnostics, row));
            let notes = text(&notes.join("; "));
            writeln!(
                to,
                "| {place} | {kind} | {name} | {origin} | {status} | {id} | {notes} |"
            )?;
        }
        if let more @ 1.. = self.rows.len().saturating_sub(MAX_ROWS) {
            writeln!(
                to,
                "\n{more} more rows; the other forms of the report list them"
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
                text(&problem.message)
            )?;
            if let Some(help) = problem.help {
                writeln!(to, "\n> {}", text(help))?;
            }
            writeln!(to)?;
            for place in problem.places.iter().take(MAX_PLACES) {
                let name = place.name.map(|name| format!(" {}", text(name)));
                let message = place
                    .message
                    .as_deref()
                    .map(|message| format!(": {}", text(message)));
                let (name, message) = (name.unwrap_or_default(), message.unwrap_or_default());
                writeln!(to, "- {}{name}{message}", code(&place.place.to_string()))?;
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

fn write_facts(to: &mut dyn Write, title: &str, facts: &[(&str, String)]) -> io::Result<()> {
    if facts.is_empty() {
        return Ok(());
    }
    writeln!(to, "## {title}\n")?;
    for (label, value) in facts {
        writeln!(to, "- {label}: {}", code(value))?;
    }
    writeln!(to)
}

/// Text of others, without a meaning in Markdown or HTML, but that what stands in backticks is code.
fn text(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let parts = parts.iter().enumerate().map(|(n, part)| match n % 2 {
        1 if n + 1 < parts.len() => code(part),
        // A backtick without a second one is only that.
        1 => format!("\\`{}", escaped(part)),
        _ => escaped(part),
    });
    parts.collect()
}

fn escaped(text: &str) -> String {
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
