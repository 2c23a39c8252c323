//! `.xlsx`: the sheets of the source with the columns that were recognised, for those who must correct them.
//!
//! Cells that a diagnostic is about are coloured and have its message as a note. Cells of secrets are blank. Our own
//! columns and the sheet of the summary begin with `_`, so `gij` reads the file as it reads the source.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, Note, Workbook, Worksheet, XlsxError,
};
use serde_json::Value;

use super::column::{Column, text};
use super::text::one_line;
use super::value::{Report, ReportRow, ReportTable, TableRows, by_row, diagnostics_of};
use crate::model::{Diagnostic, Field, Severity, listed};
use crate::validate::{field_of, is_inverted};

/// Excel's limits.
const LONGEST_TEXT: usize = 32_767;
const LONGEST_SHEET_NAME: usize = 31;

/// The built-in number format `@`: text stays as it is.
const TEXT: u8 = 49;

/// How many places of a problem the summary names.
const MAX_PLACES: usize = 10;

impl Report {
    pub(crate) fn write_xlsx(&self, to: &mut dyn Write) -> io::Result<()> {
        let bytes = self.workbook().map_err(io::Error::other)?;
        to.write_all(&bytes)
    }

    fn workbook(&self) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        // Without the time and the user, so that the bytes are the same each time.
        let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
        let properties = DocProperties::new().set_title("Report of gij");
        workbook.set_properties(&properties.set_creation_datetime(&created));
        let by_row = by_row(&self.diagnostics);
        let own = own_columns(self);
        let mut names = HashSet::new();
        self.fill_summary(workbook.add_worksheet())?;
        for table in &self.tables {
            let rows: Vec<&ReportRow> = self.rows_of(table).collect();
            let sheet = workbook.add_worksheet();
            sheet.set_name(sheet_name(table, &mut names))?;
            let mut page = SheetPage::new(sheet, table, &rows, &own)?;
            for row in rows {
                page.add(row, diagnostics_of(&by_row, row))?;
            }
        }
        workbook.save_to_buffer()
    }

    fn fill_summary(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let bold = Format::new().set_bold();
        let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
        sheet.set_name("_summary")?;
        sheet.set_column_width(0, 24)?.set_column_width(1, 90)?;
        let mut line = 0;
        let mut add = |label: &str, text: &str, label_format: &Format| {
            sheet.write_string_with_format(line, 0, cut(label), label_format)?;
            sheet.write_string_with_format(line, 1, cut(&one_line(text)), &wrapped)?;
            line += 1;
            Ok::<(), XlsxError>(())
        };
        add(
            &one_line(&self.title()),
            "",
            &bold.clone().set_font_size(14),
        )?;
        add("", &self.sentence(), &bold)?;
        for (tally, rows) in self.tallies() {
            add(&tally.in_words(), &rows.to_string(), &bold)?;
        }
        for table in &self.tables {
            let TableRows { read, blank } = table.rows;
            let mut numbers = vec![format!("{read} read"), format!("{blank} blank")];
            for (tally, _) in self.tallies() {
                let rows = tally.count(self.rows_of(table));
                numbers.push(format!("{rows} {}", tally.in_words()));
            }
            add(&table.name(), &numbers.join(", "), &Format::new())?;
        }
        for problem in self.problems() {
            let places = listed(&problem.places, MAX_PLACES, |place| place.place.to_string());
            let code = text(problem.code.map(|code| format!("[{code}] ")));
            let help = text(problem.help.map(|help| format!("; {help}")));
            let line = format!("{code}{}{help} ({places})", problem.message);
            add(&problem.label, &line, &bold)?;
        }
        for (label, value) in self.history().into_iter().chain(self.facts()) {
            add(label, &value, &Format::new())?;
        }
        Ok(())
    }
}

/// What the columns of the source hold already.
const OF_SOURCE: [&str; 5] = ["file", "sheet", "type", "display_name", "origin"];

/// Our own columns that come first, for those who fix the rows.
const FIRST: [&str; 5] = ["row", "outcome", "action", "error", "advice"];

/// Our own columns of a report: their headers, and the columns that they are.
fn own_columns(report: &Report) -> Vec<(String, &'static Column)> {
    let columns = report.columns();
    let mut own: Vec<&Column> = columns
        .filter(|column| !OF_SOURCE.contains(&column.name))
        .collect();
    own.sort_by_key(|column| !FIRST.contains(&column.name));
    let own = own.into_iter();
    own.map(|column| (format!("_{}", column.name), column))
        .collect()
}

/// A sheet that is being filled.
struct SheetPage<'a> {
    sheet: &'a mut Worksheet,
    fields: Vec<Field>,
    own: &'a [(String, &'static Column)],
    line: u32,
    plain: Format,
    error: Format,
    warning: Format,
}

impl<'a> SheetPage<'a> {
    fn new(
        sheet: &'a mut Worksheet,
        table: &ReportTable,
        rows: &[&ReportRow],
        own: &'a [(String, &'static Column)],
    ) -> Result<Self, XlsxError> {
        let columns = columns(table, rows);
        let head = Format::new()
            .set_bold()
            .set_background_color(Color::RGB(0xE9_EDF3));
        let names = columns.iter().map(|(name, _)| name.as_str());
        let names = names.chain(own.iter().map(|(name, _)| name.as_str()));
        for (column, name) in (0..).zip(names) {
            sheet.write_string_with_format(0, column, cut(name), &head)?;
            let is_long = matches!(name, "_error" | "_advice" | "origin" | "displayName");
            sheet.set_column_width(column, if is_long { 36 } else { 16 })?;
        }
        sheet.set_freeze_panes(1, 0)?;
        let plain = Format::new().set_num_format_index(TEXT);
        Ok(Self {
            sheet,
            fields: columns.into_iter().map(|(_, field)| field).collect(),
            own,
            line: 0,
            error: plain.clone().set_background_color(Color::RGB(0xFB_D5D2)),
            warning: plain.clone().set_background_color(Color::RGB(0xFD_EBC8)),
            plain,
        })
    }

    fn add(&mut self, row: &ReportRow, found: &[&Diagnostic]) -> Result<(), XlsxError> {
        self.line += 1;
        let cells = row.cells.open();
        let mut column = 0;
        for field in self.fields.clone() {
            let text = match (cells.get(field.name()), field) {
                (Some(value), _) => cell_text(value),
                (None, Field::Type) => text(row.type_name.as_ref()),
                (None, Field::DisplayName) => text(row.display_name.as_ref()),
                (None, Field::Origin) => text(row.origin.as_ref()),
                _ => String::new(),
            };
            let about = found.iter().copied();
            let about = about.filter(|found| found.field == Some(field));
            self.write(column, &text, &about.collect::<Vec<_>>())?;
            column += 1;
        }
        // What is about no column that there is stands beside the error.
        let mut others = found.to_vec();
        others.retain(|found| {
            let field = found.field;
            field.is_none_or(|field| !self.fields.contains(&field))
        });
        for (name, own) in self.own {
            let about = if name == "_error" { &*others } else { &[] };
            self.write(column, &(own.cell)(row), about)?;
            column += 1;
        }
        Ok(())
    }

    fn write(&mut self, column: u16, text: &str, about: &[&Diagnostic]) -> Result<(), XlsxError> {
        let worst = about.iter().map(|found| found.severity).max();
        let format = match worst {
            Some(Severity::Error) => &self.error,
            Some(_) => &self.warning,
            None => &self.plain,
        };
        let line = self.line;
        self.sheet
            .write_string_with_format(line, column, cut(text), format)?;
        if !about.is_empty() {
            let notes = about.iter().map(|found| {
                let (message, help) = (one_line(&found.message), one_line(&found.help));
                format!("{}[{}]: {message}\n{help}", found.severity, found.code)
            });
            let note = Note::new(cut(&notes.collect::<Vec<_>>().join("\n\n")));
            let note = note
                .set_author("gij")
                .add_author_prefix(false)
                .set_width(320);
            self.sheet.insert_note(line, column, &note)?;
        }
        Ok(())
    }
}

/// The recognised columns in the order of the source under its headers, and fields that have no header of their own.
fn columns(table: &ReportTable, rows: &[&ReportRow]) -> Vec<(String, Field)> {
    let mut columns: Vec<(String, Field)> = Vec::new();
    for header in &table.headers {
        if let Some(field) = field_of(header)
            && !columns.iter().any(|(_, known)| *known == field)
        {
            let name = if is_inverted(header) {
                field.name()
            } else {
                header
            };
            columns.push((name.to_owned(), field));
        }
    }
    let filled = rows.iter().flat_map(|row| row.cells.open());
    let filled: BTreeMap<String, Value> = filled.collect();
    for field in Field::all().filter(|field| filled.contains_key(field.name())) {
        if !columns.iter().any(|(_, known)| *known == field) {
            columns.push((field.name().to_owned(), field));
        }
    }
    columns
}

/// A value as it stands in a sheet: `true`, `10000,10100`.
pub(super) fn cell_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(cell_text).collect::<Vec<_>>().join(","),
        Value::Null => String::new(),
        value => value.to_string(),
    }
}

/// At most as much text as a cell takes.
fn cut(text: &str) -> &str {
    text.char_indices()
        .nth(LONGEST_TEXT)
        .map_or(text, |(end, _)| &text[..end])
}

/// A name that Excel takes and no other sheet has: that of the sheet, or of the CSV.
fn sheet_name(table: &ReportTable, taken: &mut HashSet<String>) -> String {
    let file = std::path::Path::new(&table.file);
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let name = table.sheet.as_deref().unwrap_or(&stem);
    let name: String = one_line(name)
        .chars()
        .map(|c| if "[]:*?/\\".contains(c) { ' ' } else { c })
        .collect();
    let name = name.trim_matches(['\'', ' ', '_']);
    let candidates = (1..).map(|n| {
        let end = if n == 1 {
            String::new()
        } else {
            format!(" {n}")
        };
        let start: String = name.chars().take(LONGEST_SHEET_NAME - end.len()).collect();
        // Excel refuses an apostrophe at the end.
        match start.trim_end_matches(['\'', ' ']) {
            "" => format!("rows{end}"),
            start => format!("{start}{end}"),
        }
    });
    let mut candidates = candidates.filter(|name| taken.insert(name.to_lowercase()));
    candidates.next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::io::{Cursor, Read as _};

    use calamine::{Data, Reader as _, Xlsx};

    use super::*;
    use crate::report::dummy;

    fn bytes(report: &Report) -> Vec<u8> {
        let mut bytes = Vec::new();
        report.write_xlsx(&mut bytes).unwrap();
        bytes
    }

    /// The rows of each sheet, with `|` between their cells.
    fn shown(report: &Report) -> String {
        let mut workbook = Xlsx::new(Cursor::new(bytes(report))).unwrap();
        let mut text = String::new();
        for name in workbook.sheet_names() {
            let _ = writeln!(text, "{name}");
            for row in workbook.worksheet_range(&name).unwrap().rows() {
                let cells: Vec<String> = row.iter().map(Data::to_string).collect();
                let _ = writeln!(text, "  {}", cells.join("|").trim_end_matches('|'));
            }
        }
        text
    }

    #[test]
    fn a_workbook_mirrors_the_sheets_with_columns_of_its_own() {
        for (name, report) in [
            ("check", dummy::check()),
            ("plan", dummy::plan()),
            ("run", dummy::run()),
        ] {
            insta::assert_snapshot!(format!("{name}.xlsx"), shown(&report));
        }
    }

    #[test]
    fn the_message_stands_at_the_cell() {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes(&dummy::check()))).unwrap();
        let mut text = String::new();
        let mut part = archive.by_name("xl/comments1.xml").unwrap();
        part.read_to_string(&mut text).unwrap();
        assert!(text.contains("ref=\"C5\""), "{text}");
        assert!(text.contains("error[origin-not-url]: not a URL"), "{text}");
    }

    #[test]
    fn names_of_sheets_are_short_and_unlike() {
        let mut table = dummy::run().tables.remove(0);
        let mut taken = HashSet::new();
        for (sheet, name) in [
            ("Azure", "Azure"),
            ("azure", "azure 2"),
            ("a/b:c", "a b c"),
            ("__", "rows"),
            ("'", "rows 2"),
            (
                "123456789012345678901234567890'x",
                "123456789012345678901234567890",
            ),
            (
                "123456789012345678901234567890123",
                "1234567890123456789012345678901",
            ),
            (
                "123456789012345678901234567890199",
                "12345678901234567890123456789 2",
            ),
        ] {
            table.sheet = Some(sheet.into());
            assert_eq!(sheet_name(&table, &mut taken), name);
        }
    }
}
