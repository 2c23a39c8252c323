//! The sheets that explain: types, columns, regions.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::look;
use super::note::{needs, plain};
use super::starter::Template;
use crate::model::{Field, IntegrationType, Need, Region};

/// The sheet that explains the types.
pub(super) const TYPES_SHEET: &str = "_Types";
/// The sheet that explains the columns.
pub(super) const COLUMNS_SHEET: &str = "_Columns";
/// The sheet that lists the regions to choose from.
pub(super) const REGIONS_SHEET: &str = "_Regions";

/// A column of an explaining table: its header and its width in characters.
type Heading = (&'static str, u16);

/// Fills the sheet that explains the types.
pub(super) fn types(sheet: &mut Worksheet, template: &Template) -> Result<(), XlsxError> {
    const HEADINGS: [Heading; 6] = [
        ("Type", 25),
        ("Product", 28),
        ("Where the host is", 44),
        ("To log in", 48),
        ("Columns of its own", 24),
        ("Remarks", 44),
    ];
    sheet.set_name(TYPES_SHEET)?;
    let rows = template.types().iter().map(|of| type_row(*of)).collect();
    explain(
        sheet,
        "Integration types: what each needs",
        "Write one of these types into the column type of the sheet Integrations. Delete the examples that you do not need.",
        &HEADINGS,
        rows,
    )
}

fn type_row(of: IntegrationType) -> Vec<String> {
    let spec = of.spec();
    let own = spec.uses.iter().map(|field| match spec.need(*field) {
        Need::Required => format!("{field} (required)"),
        _ => field.to_string(),
    });
    vec![
        spec.name.into(),
        spec.product.into(),
        spec.origin_in_words(),
        plain(&spec.credentials_in_words()),
        own.collect::<Vec<_>>().join(", "),
        plain(spec.remark.unwrap_or_default()),
    ]
}

/// Fills the sheet that explains the columns.
pub(super) fn columns(sheet: &mut Worksheet, template: &Template) -> Result<(), XlsxError> {
    const HEADINGS: [Heading; 6] = [
        ("Column", 25),
        ("What goes in", 58),
        ("For which types", 50),
        ("Format", 34),
        ("If blank", 26),
        ("Example", 34),
    ];
    sheet.set_name(COLUMNS_SHEET)?;
    let columns = template.columns().iter();
    let rows = columns.map(|field| column_row(template, *field)).collect();
    explain(
        sheet,
        "Columns: what goes in",
        "A blank cell leaves the matter to Jira. Columns may be deleted, moved, or added for notes of your own.",
        &HEADINGS,
        rows,
    )
}

fn column_row(template: &Template, field: Field) -> Vec<String> {
    let about = field.about();
    vec![
        field.name().into(),
        plain(about.what),
        needs(template, field).join("\n"),
        field.kind().format().into(),
        about.if_blank.unwrap_or_default().into(),
        about.example.into(),
    ]
}

/// Fills the sheet of the regions.
pub(super) fn regions(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name(REGIONS_SHEET)?;
    sheet.set_column_width(0, 25)?;
    sheet.write_string_with_format(0, 0, "AWS regions", &look::header(false))?;
    sheet.set_freeze_panes(1, 0)?;
    for (row, region) in (1..).zip(Region::listed()) {
        sheet.write_string(row, 0, *region)?;
    }
    Ok(())
}

/// A title, a line below it, and a table.
fn explain(
    sheet: &mut Worksheet,
    title: &str,
    subtitle: &str,
    headings: &[Heading],
    rows: Vec<Vec<String>>,
) -> Result<(), XlsxError> {
    const HEAD_ROW: u32 = 3;
    sheet.write_string_with_format(0, 0, title, &look::title())?;
    sheet.write_string_with_format(1, 0, subtitle, &look::subtitle())?;
    for (column, (heading, width)) in (0..).zip(headings) {
        sheet.write_string_with_format(HEAD_ROW, column, *heading, &look::heading())?;
        sheet.set_column_width(column, *width)?;
    }
    sheet.set_row_height(HEAD_ROW, 20)?;
    for (row, cells) in (HEAD_ROW + 1..).zip(rows) {
        let lines = cells.iter().zip(headings);
        let lines = lines.map(|(cell, (_, width))| lines_of(cell, *width)).max();
        sheet.set_row_height(row, 15.0 * f64::from(lines.unwrap_or(1)) + 3.0)?;
        for (column, cell) in (0..).zip(cells) {
            let format = look::explained(column == 0, row % 2 == 0);
            sheet.write_string_with_format(row, column, cell, &format)?;
        }
    }
    sheet.set_freeze_panes(HEAD_ROW + 1, 1)?;
    sheet.set_screen_gridlines(false);
    sheet.set_landscape().set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(HEAD_ROW, HEAD_ROW)?;
    Ok(())
}

/// How many lines a text takes in a column of this width, at words' ends.
fn lines_of(text: &str, width: u16) -> u16 {
    const PADDING: u16 = 2;
    let room = usize::from(width.saturating_sub(PADDING));
    let lines = text.lines().map(|line| {
        let mut lines = 1;
        let mut at = 0;
        for word in line.split(' ') {
            let length = word.chars().count();
            if at > 0 && at + length > room {
                lines += 1;
                at = 0;
            }
            at += length + 1;
        }
        lines
    });
    lines.sum::<u16>().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_what_a_type_needs() {
        assert_eq!(
            type_row(IntegrationType::Aws),
            [
                "AWS",
                "AWS CodeCommit",
                "optional",
                "username (the access key id) and password (the secret access key)",
                "awsRegion (required)",
                "",
            ]
        );
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(lines_of("", 10), 1);
        assert_eq!(lines_of("four five six", 11), 2);
        assert_eq!(lines_of("a\nb", 9), 2);
    }
}
