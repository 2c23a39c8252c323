//! `.xlsx`: the sheet to be filled in, and those that explain it.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use super::starter::Template;
use super::{guide, sheet};
use crate::model::Field;

/// The template as a workbook.
pub(super) fn xlsx(template: &Template) -> Vec<u8> {
    #[expect(
        clippy::expect_used,
        reason = "names and sizes are ours and within a workbook's bounds, and memory takes all"
    )]
    build(template).expect("the workbook is within its bounds")
}

fn build(template: &Template) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // The same bytes each time, and nobody's name.
    let properties = DocProperties::new()
        .set_title("Integrations for gij")
        .set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?);
    workbook.set_properties(&properties);
    sheet::fill(workbook.add_worksheet(), template)?;
    guide::types(workbook.add_worksheet(), template)?;
    guide::columns(workbook.add_worksheet(), template)?;
    if template.columns().contains(&Field::AwsRegion) {
        guide::regions(workbook.add_worksheet())?;
    }
    workbook.save_to_buffer()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::IntegrationType;

    #[test]
    fn every_choice_of_types_is_within_a_workbooks_bounds() {
        assert!(build(&Template::new(&[])).is_ok());
        for of in IntegrationType::all() {
            assert!(build(&Template::new(&[of])).is_ok(), "{of}");
        }
    }
}
