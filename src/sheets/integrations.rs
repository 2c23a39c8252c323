//! The sheet to fill in.

use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, Formula, IgnoreError, Note, Worksheet, XlsxError,
};

use super::guide::{REGIONS_SHEET, TYPES_SHEET, note};
use super::look;
use super::template::Template;
use crate::model::{ABOUT_ID, Field, ID, Kind, LISTED_REGIONS};

/// The last row, from 0, that has drop-downs.
const LAST_ROW: u32 = 5000;

/// Fills the sheet.
pub(super) fn fill(sheet: &mut Worksheet, template: &Template) -> Result<(), XlsxError> {
    sheet.set_name("Integrations")?;
    // Type and display name stay in sight.
    sheet.set_freeze_panes(1, 2)?;
    sheet.set_row_height(0, 24)?;
    sheet.set_landscape().set_repeat_rows(0, 0)?;
    for (column, field) in (0..).zip(template.columns.iter().copied()) {
        head(sheet, column, field, template)?;
        drop_down(sheet, column, field, template)?;
    }
    for (row, cells) in (1..).zip(&template.rows) {
        for ((column, field), cell) in (0..).zip(&template.columns).zip(cells) {
            write(sheet, row, column, *field, cell)?;
        }
    }
    let columns = u16::try_from(template.columns.len()).unwrap_or(u16::MAX);
    if let Some(ids) = &template.ids {
        sheet.write_string_with_format(0, columns, ID, &look::header())?;
        sheet.insert_note(0, columns, &sized(ABOUT_ID))?;
        for (row, id) in (1..).zip(ids) {
            sheet.write_string(row, columns, id.to_string())?;
        }
    }
    let last_column = columns.saturating_sub(1);
    sheet.ignore_error_range(1, 0, LAST_ROW, last_column, IgnoreError::NumberStoredAsText)?;
    Ok(())
}

fn head(
    sheet: &mut Worksheet,
    column: u16,
    field: Field,
    template: &Template,
) -> Result<(), XlsxError> {
    sheet.write_string_with_format(0, column, field.name(), &look::header())?;
    sheet.set_column_width(column, width(field))?;
    if field.kind().is_verbatim() {
        sheet.set_column_format(column, &look::verbatim())?;
    }
    sheet.insert_note(0, column, &sized(&note(template, field)))?;
    Ok(())
}

/// In characters; wide enough for the header and what people write below it.
fn width(field: Field) -> f64 {
    let values = match field.kind() {
        Kind::Flag | Kind::Integer | Kind::FolderDepth => 9,
        Kind::Origin => 38,
        _ if field == Field::DisplayName => 38,
        _ => 24,
    };
    let header = field.name().len() + 4;
    f64::from(u32::try_from(header.max(values)).unwrap_or(u32::MAX))
}

/// A note as large as its text; Excel does not fit it.
fn sized(text: &str) -> Note {
    const CHARACTERS_PER_LINE: usize = 52;
    const PIXELS_PER_LINE: u32 = 15;
    let lines = textwrap::wrap(text, CHARACTERS_PER_LINE).len();
    let lines = u32::try_from(lines).unwrap_or(u32::MAX);
    Note::new(text)
        .add_author_prefix(false)
        .set_author("gij")
        .set_width(320)
        .set_height(PIXELS_PER_LINE * (lines + 1))
}

fn drop_down(
    sheet: &mut Worksheet,
    column: u16,
    field: Field,
    template: &Template,
) -> Result<(), XlsxError> {
    use DataValidationErrorStyle::{Stop, Warning};
    let list = DataValidation::new();
    let (list, style, title, message) = match field.kind() {
        Kind::Type => {
            let names: Vec<&str> = template.types.iter().map(|one| one.name()).collect();
            let message =
                format!("Choose a type from the list. The sheet {TYPES_SHEET} explains them.");
            let list = list.allow_list_strings(&names)?;
            (list, Stop, "Not an integration type", message)
        }
        // Words rather than TRUE and FALSE, which spreadsheet programs write in the user's language.
        Kind::Flag => (
            list.allow_list_strings(&["yes", "no"])?,
            Warning,
            "Neither yes nor no",
            "Write yes or no, or leave the cell blank to use Jira's default.".to_owned(),
        ),
        Kind::FolderDepth => (
            list.allow_list_strings(&["1", "2", "3", "4", "5"])?,
            Stop,
            "Depth out of range",
            "Write a whole number from 1 to 5.".to_owned(),
        ),
        // Too long for a list within the cell, which may have 255 characters.
        Kind::Region => {
            let end = LISTED_REGIONS.len() + 1;
            let regions = Formula::new(format!("='{REGIONS_SHEET}'!$A$2:$A${end}"));
            let message = "The app's manual does not list this region. Keep it if your version of the app supports it.";
            let list = list.allow_list_formula(regions);
            (list, Warning, "Region not listed", message.to_owned())
        }
        _ => return Ok(()),
    };
    let list = list
        .set_error_style(style)
        .set_error_title(title)?
        .set_error_message(message)?;
    sheet.add_data_validation(1, column, LAST_ROW, column, &list)?;
    Ok(())
}

fn write(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    field: Field,
    text: &str,
) -> Result<(), XlsxError> {
    match text.parse::<u32>() {
        _ if text.is_empty() => {}
        _ if field.kind().is_verbatim() => {
            sheet.write_string_with_format(row, column, text, &look::verbatim())?;
        }
        Ok(number) => {
            sheet.write_number(row, column, number)?;
        }
        Err(_) => {
            sheet.write_string(row, column, text)?;
        }
    }
    Ok(())
}
