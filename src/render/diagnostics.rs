//! Diagnostics in the style of rustc. Those that differ only in their places are one entry.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use super::style::{BOLD, DIM, count, n, of_severity, one_line, paint};
use crate::model::{Code, Diagnostic, Diagnostics, Place, Severity, column_letters};

/// How many entries of a code are shown, and how many ranges of cells in an entry.
const MAX_ENTRIES: usize = 20;
pub(super) const MAX_RANGES: usize = 6;

/// How much is shown of problems that are alike.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Detail {
    /// As the next, and no notes.
    Quiet,
    /// The first entries of a code, and the first places of an entry.
    First,
    All,
}

impl Detail {
    fn limit(self, most: usize) -> usize {
        match self {
            Self::Quiet | Self::First => most,
            Self::All => usize::MAX,
        }
    }
}

/// All `diagnostics`, the worst last, next to the prompt. Empty if there are none.
pub fn diagnostics(diagnostics: &Diagnostics, detail: Detail) -> String {
    let most_entries = detail.limit(MAX_ENTRIES);
    let mut text = String::new();
    for severity in [Severity::Note, Severity::Warning, Severity::Error] {
        if severity == Severity::Note && detail == Detail::Quiet {
            continue;
        }
        let found = diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == severity);
        let mut entries: BTreeMap<Code, usize> = BTreeMap::new();
        for entry in grouped(found) {
            let entries = entries.entry(entry.first.code).or_default();
            *entries += 1;
            if *entries <= most_entries {
                write_entry(&mut text, &entry, detail);
            }
        }
        for (code, entries) in entries {
            if let more @ 1.. = entries.saturating_sub(most_entries) {
                let more = count(n(more), "more entry", "more entries");
                let line = format!("… and {more} of {code}; `-v` shows them");
                let _ = writeln!(text, "{}\n", paint(DIM, line));
            }
        }
        let not_kept = diagnostics.not_kept();
        for (_, code, more) in not_kept.filter(|(found, ..)| *found == severity) {
            let line = format!("… and {more} more of {code}; a report with `-o` lists them all");
            let _ = writeln!(text, "{}\n", paint(DIM, line));
        }
    }
    text
}

/// Where to read more, if there are errors.
pub fn more(diagnostics: &Diagnostics) -> Option<String> {
    let text = "`gij explain CODE` explains each, with an example";
    diagnostics
        .has_errors()
        .then(|| format!("{}\n\n", paint(DIM, text)))
}

/// Diagnostics that differ only in their places within a file.
struct Entry<'a> {
    first: &'a Diagnostic,
    places: Vec<&'a Place>,
}

fn grouped<'a>(diagnostics: impl Iterator<Item = &'a Diagnostic>) -> Vec<Entry<'a>> {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    let mut index = HashMap::new();
    for diagnostic in diagnostics {
        let place = &diagnostic.place;
        let key = (
            diagnostic.code,
            &place.table.file,
            &diagnostic.message,
            &diagnostic.help,
        );
        let at = *index.entry(key).or_insert_with(|| {
            entries.push(Entry {
                first: diagnostic,
                places: Vec::new(),
            });
            entries.len() - 1
        });
        entries[at].places.push(place);
    }
    entries
}

fn write_entry(text: &mut String, entry: &Entry<'_>, detail: Detail) {
    let Diagnostic {
        severity,
        code,
        name,
        message,
        help,
        ..
    } = entry.first;
    let style = of_severity(*severity);
    let place = match entry.places.as_slice() {
        [place] => place.to_string(),
        places => ranges(places, detail.limit(MAX_RANGES), "; `-v` shows them"),
    };
    let about = match (entry.places.len(), name) {
        (1, Some(name)) => format!(" · {}", one_line(name)),
        (1, None) => String::new(),
        (places, _) => format!(" · {places} places"),
    };
    let _ = writeln!(
        text,
        "{}{}\n  {} {}{}\n  {} {}\n",
        paint(style, format!("{severity}[{code}]")),
        paint(BOLD, format!(": {}", one_line(message))),
        paint(DIM, "-->"),
        one_line(&place),
        paint(DIM, about),
        paint(DIM, "  = help:"),
        one_line(help),
    );
}

/// Places within one file as ranges: `hosts.xlsx:GitHub!F14:F38, F40, Azure!C2`.
pub(super) fn ranges(places: &[&Place], most: usize, the_rest: &str) -> String {
    let Some(first) = places.first() else {
        return String::new();
    };
    let mut shown: Vec<String> = Vec::new();
    let mut sheet = None;
    let mut count = 0;
    for range in cell_ranges(places) {
        count += 1;
        if count > most {
            continue;
        }
        let prefix = match &range.place.table.sheet {
            Some(name) if sheet != Some(name) => format!("{name}!"),
            _ => String::new(),
        };
        sheet = range.place.table.sheet.as_ref();
        shown.push(format!("{prefix}{}", range.cells()));
    }
    let mut cells = shown.join(", ");
    if count > most {
        let _ = write!(cells, " and {} more{the_rest}", count - most);
    }
    match first.table.sheet {
        Some(_) => format!("{}:{cells}", first.table.file),
        None => format!("{} ({cells})", first.table.file),
    }
}

/// Cells of consecutive rows in one column.
struct CellRange<'a> {
    place: &'a Place,
    last: u32,
}

impl CellRange<'_> {
    fn cells(&self) -> String {
        let column = self.place.column.map(column_letters).unwrap_or_default();
        let first = self.place.row.unwrap_or_default();
        match self.last {
            last if last == first => format!("{column}{first}"),
            last if column.is_empty() => format!("{first}-{last}"),
            last => format!("{column}{first}:{column}{last}"),
        }
    }
}

fn cell_ranges<'a>(places: &[&'a Place]) -> Vec<CellRange<'a>> {
    let mut ranges: Vec<CellRange<'_>> = Vec::new();
    for place in places {
        let row = place.row.unwrap_or_default();
        match ranges.last_mut() {
            Some(range)
                if range.place.table == place.table
                    && range.place.column == place.column
                    && (row == range.last || row == range.last + 1) =>
            {
                range.last = row;
            }
            _ => ranges.push(CellRange { place, last: row }),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{TableFormat, TableName};
    use crate::report::tally;

    fn plain(found: &Diagnostics) -> String {
        anstream::adapter::strip_str(&diagnostics(found, Detail::First)).to_string()
    }

    fn table(sheet: Option<&str>) -> Arc<TableName> {
        Arc::new(TableName {
            file: sheet.map_or("repos.csv", |_| "repos.xlsx").into(),
            sheet: sheet.map(Into::into),
            format: TableFormat::Xlsx,
        })
    }

    fn problem(table: &Arc<TableName>, row: u32) -> Diagnostic {
        let place = Place::row(table, row, Some(u64::from(row) + 2)).cell(5);
        Diagnostic::new(
            Code::NotABoolean,
            place,
            "`global` is `maybe`",
            "write `true` or `false`",
        )
    }

    #[test]
    fn one_problem_names_place_row_and_help() {
        let mut found = Diagnostics::default();
        let mut one = problem(&table(None), 7);
        one.name = Some("Payments".into());
        found.push(one);
        insta::assert_snapshot!(plain(&found), @r"
        error[not-a-boolean]: `global` is `maybe`
          --> repos.csv:9 (F7) · Payments
            = help: write `true` or `false`
        ");
    }

    #[test]
    fn many_alike_fold_into_ranges() {
        let mut found = Diagnostics::default();
        let sheet = table(Some("GitHub"));
        for row in (14..=38).chain([40]) {
            found.push(problem(&sheet, row));
        }
        insta::assert_snapshot!(plain(&found), @r"
        error[not-a-boolean]: `global` is `maybe`
          --> repos.xlsx:GitHub!F14:F38, F40 · 26 places
            = help: write `true` or `false`
        ");
    }

    #[test]
    fn the_same_in_several_sheets_is_one_entry() {
        let mut found = Diagnostics::default();
        for (sheet, row) in [("GitHub", 1), ("Azure", 1), ("Azure", 2)] {
            found.push(problem(&table(Some(sheet)), row));
        }
        assert!(
            plain(&found).contains("repos.xlsx:GitHub!F1, Azure!F1:F2 · 3 places"),
            "{}",
            plain(&found)
        );
    }

    #[test]
    fn a_flood_of_one_kind_is_counted() {
        let mut found = Diagnostics::default();
        for row in 2..32 {
            let mut one = problem(&table(None), row);
            one.message = format!("`global` is `{row}`");
            found.push(one);
        }
        let text = plain(&found);
        assert_eq!(text.matches("error[").count(), MAX_ENTRIES);
        assert!(
            text.contains("… and 10 more entries of not-a-boolean"),
            "{text}"
        );
        let all = diagnostics(&found, Detail::All);
        assert_eq!(all.matches(": `global` is").count(), 30);
    }

    #[test]
    fn what_is_only_counted_is_counted_on_screen() {
        let mut found = Diagnostics::default();
        for row in 2..2502 {
            found.push(problem(&table(None), row));
        }
        let text = plain(&found);
        assert!(text.contains("F2:F1001) · 1000 places"), "{text}");
        assert!(text.contains("… and 1500 more of not-a-boolean"), "{text}");
        assert_eq!(tally(&found), "2500 errors");
    }

    #[test]
    fn more_places_than_fit_are_counted_and_can_be_shown() {
        let mut found = Diagnostics::default();
        for row in 1..10 {
            found.push(problem(&table(None), 2 * row));
        }
        let text = plain(&found);
        assert!(text.contains("F12 and 3 more; `-v` shows them"), "{text}");
        let all = diagnostics(&found, Detail::All);
        assert!(all.contains("F12, F14, F16, F18)"), "{all}");
    }

    #[test]
    fn foreign_text_cannot_control_the_terminal() {
        let mut found = Diagnostics::default();
        let mut one = problem(&table(None), 7);
        one.message = "bad \u{1b}]0;owned\u{7}".into();
        found.push(one);
        assert!(!diagnostics(&found, Detail::All).contains("\u{1b}]"));
    }
}
