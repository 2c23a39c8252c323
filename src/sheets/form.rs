//! The file formats of a sheet, told apart by the extension of the file.

use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use super::template::Template;
use super::{guide, integrations};
use crate::model::{Field, ID};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum SheetForm {
    /// With notes, drop-downs and sheets that explain.
    Xlsx,
    /// Headers and examples only.
    Csv,
}

impl SheetForm {
    /// The format that the file's extension stands for, in upper or lower case.
    ///
    /// # Errors
    ///
    /// If it stands for none.
    pub(crate) fn of_file(path: &Path) -> Result<Self, String> {
        let extension = path.extension().unwrap_or_default();
        if extension.eq_ignore_ascii_case("xlsx") {
            Ok(Self::Xlsx)
        } else if extension.eq_ignore_ascii_case("csv") {
            Ok(Self::Csv)
        } else {
            let file = path.display();
            Err(format!(
                "{file} has no supported extension; use .xlsx or .csv"
            ))
        }
    }

    /// The template in this format: the same bytes each time.
    #[expect(
        clippy::expect_used,
        reason = "names, sizes and records are ours and within bounds, and writing into memory cannot fail"
    )]
    pub(crate) fn render(self, template: &Template) -> Vec<u8> {
        match self {
            Self::Xlsx => workbook(template).expect("the workbook is within its bounds"),
            Self::Csv => csv(template).expect("all records have the same length"),
        }
    }
}

fn workbook(template: &Template) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // Without the time and the user, so that the bytes are the same each time.
    let properties = DocProperties::new()
        .set_title("Integrations for gij")
        .set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?);
    workbook.set_properties(&properties);
    integrations::fill(workbook.add_worksheet(), template)?;
    guide::types(workbook.add_worksheet(), template)?;
    guide::columns(workbook.add_worksheet(), template)?;
    if template.columns.contains(&Field::AwsRegion) {
        guide::regions(workbook.add_worksheet())?;
    }
    workbook.save_to_buffer()
}

/// UTF-8 with a byte order mark: without it, Excel opens and saves the file in the system's legacy encoding, and names such
/// as `Réseau` are lost.
fn csv(template: &Template) -> csv::Result<Vec<u8>> {
    const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
    let mut writer = csv::Writer::from_writer(BYTE_ORDER_MARK.to_vec());
    let headers = template.columns.iter().map(|field| field.name());
    let ids = template.ids.as_ref();
    writer.write_record(headers.chain(ids.map(|_| ID)))?;
    for (index, row) in template.rows.iter().enumerate() {
        let id = ids.map(|ids| ids[index].to_string());
        writer.write_record(row.iter().chain(&id))?;
    }
    writer
        .into_inner()
        .map_err(|error| error.into_error().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::IntegrationType;

    #[test]
    fn the_extension_decides_the_format() {
        let form = |path: &str| SheetForm::of_file(Path::new(path));
        assert_eq!(form("out/Hosts.XLSX"), Ok(SheetForm::Xlsx));
        assert_eq!(form("hosts.csv"), Ok(SheetForm::Csv));
        assert_eq!(
            form("hosts.ods").unwrap_err(),
            "hosts.ods has no supported extension; use .xlsx or .csv"
        );
    }

    #[test]
    fn every_choice_of_types_is_within_a_workbooks_bounds() {
        assert!(workbook(&Template::new(&[])).is_ok());
        for integration_type in IntegrationType::all() {
            assert!(
                workbook(&Template::new(&[integration_type])).is_ok(),
                "{integration_type}"
            );
        }
    }

    #[test]
    fn a_csv_has_headers_and_an_example_row_for_each_type() {
        let types = [IntegrationType::Filespace, IntegrationType::GitHub];
        let text = String::from_utf8(csv(&Template::new(&types)).unwrap()).unwrap();
        let mut lines = text.lines();
        let header = lines.next().unwrap();
        assert!(
            header
                .starts_with("\u{feff}type,displayName,origin,username,password,pat,folderDepth,"),
            "{header}"
        );
        let starts: Vec<&str> = lines.map(|line| line.trim_end_matches(',')).collect();
        assert_eq!(
            starts,
            [
                "GITHUB,<Example: GitHub.com>,,,,<your-token>",
                "FILESPACE,<Example: tracked folder>,</srv/repos/*>,,,,1"
            ]
        );
    }
}
