//! The sheets that explain types, columns and regions, and the notes on the columns' headers.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::look;
use super::template::Template;
use crate::model::{Field, IntegrationType, LISTED_REGIONS, Need};

pub(super) const TYPES_SHEET: &str = "_Types";
const COLUMNS_SHEET: &str = "_Columns";
pub(super) const REGIONS_SHEET: &str = "_Regions";

/// A column of an explaining table: its header and its width in characters.
type Heading = (&'static str, u16);

/// Fills the sheet that explains the types.
pub(super) fn types(sheet: &mut Worksheet, template: &Template) -> Result<(), XlsxError> {
    const HEADINGS: [Heading; 6] = [
        ("Type", 25),
        ("Product", 28),
        ("Origin", 44),
        ("Login", 48),
        ("Own columns", 24),
        ("Remarks", 44),
    ];
    sheet.set_name(TYPES_SHEET)?;
    explain(
        sheet,
        "Integration types",
        match template.ids {
            None => {
                "Use one of these types in the column type of the sheet Integrations. Delete the example rows that you do not need."
            }
            Some(_) => "Use one of these types in the column type of the sheet Integrations.",
        },
        &HEADINGS,
        template.types.iter().map(|one| type_row(*one)),
    )
}

fn type_row(integration_type: IntegrationType) -> [String; 6] {
    let spec = integration_type.spec();
    let own = spec.uses.iter().map(|(field, need)| match need {
        Need::Required => format!("{field} (required)"),
        _ => field.to_string(),
    });
    [
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
        ("Meaning", 58),
        ("Types", 50),
        ("Format", 34),
        ("If blank", 26),
        ("Example", 34),
    ];
    sheet.set_name(COLUMNS_SHEET)?;
    let row = |field: &Field| {
        [
            field.name().into(),
            plain(field.meaning()),
            needs(template, *field).join("\n"),
            field.kind().format().into(),
            field.if_blank().unwrap_or_default().into(),
            field.example().into(),
        ]
    };
    explain(
        sheet,
        "Columns",
        "If a cell is blank, Jira uses its default. You can delete or move columns, and add columns of your own.",
        &HEADINGS,
        template.columns.iter().map(row),
    )
}

/// Fills the sheet of the regions.
pub(super) fn regions(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name(REGIONS_SHEET)?;
    sheet.set_column_width(0, 25)?;
    sheet.write_string_with_format(0, 0, "AWS regions", &look::header())?;
    sheet.set_freeze_panes(1, 0)?;
    for (row, region) in (1..).zip(LISTED_REGIONS) {
        sheet.write_string(row, 0, region)?;
    }
    Ok(())
}

/// A title, a line below it, and a table.
fn explain<const N: usize>(
    sheet: &mut Worksheet,
    title: &str,
    subtitle: &str,
    headings: &[Heading; N],
    rows: impl Iterator<Item = [String; N]>,
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
        for (column, cell) in (0..).zip(cells) {
            let format = look::explained(column == 0);
            sheet.write_string_with_format(row, column, cell, &format)?;
        }
    }
    sheet.set_freeze_panes(HEAD_ROW + 1, 1)?;
    sheet.set_screen_gridlines(false);
    sheet.set_landscape().set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(HEAD_ROW, HEAD_ROW)?;
    Ok(())
}

/// The note on a column's header.
pub(super) fn note(template: &Template, field: Field) -> String {
    let mut lines = vec![plain(field.meaning())];
    lines.extend(needs(template, field));
    lines.push(format!("Format: {}", field.kind().format()));
    lines.extend(field.if_blank().map(|blank| format!("If blank: {blank}")));
    lines.push(format!("Example: {}", field.example()));
    lines.join("\n")
}

/// Which types require a column and which accept it, a line each.
fn needs(template: &Template, field: Field) -> Vec<String> {
    let mut lines = Vec::new();
    for (need, label) in [
        (Need::Required, "Required"),
        (Need::OneWay, "One way to log in"),
        (Need::Optional, "Optional"),
    ] {
        let types = template.types_with(field, need);
        if types.len() == template.types.len() {
            lines.push(label.to_owned());
        } else if !types.is_empty() {
            let names = IntegrationType::names(types.into_iter());
            lines.push(format!("{label}: {names}"));
        }
    }
    if !template.types_with(field, Need::Unused).is_empty() {
        lines.push("Not used by other types".to_owned());
    }
    lines
}

/// A text without its backticks, which only the terminal shows.
fn plain(text: &str) -> String {
    text.replace('`', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_tells_what_a_type_needs() {
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
    fn a_note_tells_meaning_types_and_format() {
        let template = Template::new(&[IntegrationType::GitLab, IntegrationType::GitHub]);
        assert_eq!(
            note(&template, Field::Pat),
            "A personal access token of the host: the token itself, or a reference to it. Not together with password.\n\
             Required: GITLAB\n\
             One way to log in: GITHUB\n\
             Format: text, or a reference: env:NAME or file:PATH\n\
             Example: env:GIT_PAT"
        );
    }

    #[test]
    fn what_all_types_share_names_none() {
        let template = Template::new(&[]);
        assert_eq!(needs(&template, Field::Type), ["Required"]);
        assert_eq!(needs(&template, Field::Global), ["Optional"]);
    }

    #[test]
    fn what_few_types_use_does_not_list_the_others() {
        let template = Template::new(&[]);
        assert_eq!(
            needs(&template, Field::FolderDepth),
            ["Optional: FILESPACE", "Not used by other types"]
        );
    }
}
