//! `.csv`: the header row and the example rows, in UTF-8, separated by commas.
//!
//! It begins with a byte order mark. Without one Excel takes the file for one in the system's old encoding and saves it so,
//! and names such as `Réseau` are lost; the reader passes the mark over.

use super::starter::{ExampleCell, Template};

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The template as CSV.
pub(super) fn csv(template: &Template) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(BYTE_ORDER_MARK.to_vec());
    let columns = template.columns().iter();
    let header = columns.map(|field| field.name().to_owned()).collect();
    let rows = template
        .rows()
        .map(|row| row.iter().map(ExampleCell::text).collect());
    for record in std::iter::once::<Vec<String>>(header).chain(rows) {
        #[expect(
            clippy::expect_used,
            reason = "all records are of one length, and memory takes all"
        )]
        writer.write_record(record).expect("memory takes a record");
    }
    #[expect(clippy::expect_used, reason = "memory takes all")]
    writer.into_inner().expect("memory takes all")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::IntegrationType;

    #[test]
    fn headers_and_an_example_row_for_each_type() {
        let types = [IntegrationType::Filespace, IntegrationType::GitHub];
        let text = String::from_utf8(csv(&Template::new(&types))).unwrap();
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
                "GITHUB,Example: GitHub.com,,,,<token>",
                "FILESPACE,Example: tracked folder,</srv/repos/*>,,,,1"
            ]
        );
    }
}
