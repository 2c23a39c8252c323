//! Workbooks out of the rows of a CSV, with the cells typed as a spreadsheet program would.

use rust_xlsxwriter::{Workbook, Worksheet};

/// Adds a sheet that holds `rows`; what reads as a number or a boolean becomes one, unless its column is a secret's.
pub fn add_sheet(workbook: &mut Workbook, name: &str, rows: &[Vec<String>]) {
    let sheet = workbook.add_worksheet().set_name(name).unwrap();
    write_rows(sheet, 0, rows);
}

/// Writes `rows`, the first of them headers, from the row `top` (from 0) on.
pub fn write_rows(sheet: &mut Worksheet, top: u32, rows: &[Vec<String>]) {
    let headers = rows.first().cloned().unwrap_or_default();
    for (row, cells) in (top..).zip(rows) {
        for ((column, cell), header) in (0_u16..).zip(cells).zip(&headers) {
            let is_text = [
                "password",
                "pat",
                "username",
                "project mapping ids",
                "projectmappingids",
            ]
            .contains(&header.to_lowercase().as_str());
            match (cell.as_str(), cell.parse::<f64>()) {
                ("", _) => {}
                ("true" | "false", _) => {
                    sheet.write_boolean(row, column, cell == "true").unwrap();
                }
                (_, Ok(number)) if !is_text => {
                    sheet.write_number(row, column, number).unwrap();
                }
                _ => {
                    sheet.write_string(row, column, cell).unwrap();
                }
            }
        }
    }
}

/// The records of a CSV text.
pub fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let records = reader.records();
    records
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

/// A workbook with one sheet that holds the rows of a CSV text.
pub fn of_csv(text: &str) -> Vec<u8> {
    let mut workbook = Workbook::new();
    add_sheet(&mut workbook, "Sheet1", &csv_rows(text));
    workbook.save_to_buffer().unwrap()
}
