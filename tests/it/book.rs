//! Workbooks made by hand, part by part, to hold what no spreadsheet program would write.

use std::fmt::Write as _;
use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The parts of a workbook by their names.
pub struct Book {
    parts: Vec<(String, Vec<u8>)>,
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

impl Book {
    /// A workbook whose only sheet, `Hosts`, holds these rows and, after them, these elements.
    pub fn of(rows: &str, after: &str) -> Self {
        Self { parts: Vec::new() }
            .part("[Content_Types].xml", "<Types/>")
            .part(
                "_rels/.rels",
                format!(
                    "<Relationships><Relationship Id=\"rId1\" Type=\"{RELATIONS}/officeDocument\" \
                     Target=\"xl/workbook.xml\"/></Relationships>"
                ),
            )
            .sheets(&["Hosts"])
            .workbook_properties("")
            .part(
                "xl/worksheets/sheet1.xml",
                format!(
                    "<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData>{after}</worksheet>"
                ),
            )
    }

    /// The table of one good row below its headers, and these rows.
    pub fn table(rows: &str) -> Self {
        Self::of(&format!("{HEAD}{}{rows}", row(2, "A", "p")), "")
    }

    /// Names the sheets; all of them have the same part.
    pub fn sheets(self, names: &[&str]) -> Self {
        let mut sheets = String::new();
        for (n, name) in (1..).zip(names) {
            write!(
                sheets,
                "<sheet name=\"{name}\" sheetId=\"{n}\" r:id=\"rId1\"/>"
            )
            .unwrap();
        }
        self.part("sheets", sheets).part(
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships><Relationship Id=\"rId1\" Type=\"{RELATIONS}/worksheet\" \
                 Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        )
    }

    /// Puts an element before the list of the sheets.
    pub fn workbook_properties(self, properties: &str) -> Self {
        self.part("properties", properties)
    }

    /// Adds a part, or replaces the one of this name.
    pub fn part(mut self, name: &str, content: impl Into<Vec<u8>>) -> Self {
        self.parts.retain(|(is, _)| is != name);
        self.parts.push((name.to_owned(), content.into()));
        self
    }

    fn take(&mut self, name: &str) -> String {
        let at = self.parts.iter().position(|(is, _)| is == name).unwrap();
        String::from_utf8(self.parts.remove(at).1).unwrap()
    }

    /// The bytes of the file.
    pub fn bytes(mut self) -> Vec<u8> {
        let (properties, sheets) = (self.take("properties"), self.take("sheets"));
        let book = self.part(
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\">{properties}<sheets>{sheets}</sheets></workbook>"
            ),
        );
        archive(&book.parts)
    }
}

/// An archive of these files.
pub fn archive(files: &[(impl AsRef<str>, impl AsRef<[u8]>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(name.as_ref(), SimpleFileOptions::default())
            .unwrap();
        zip.write_all(content.as_ref()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The header row: `type`, `displayName`, `pat`, `maxMinsToCommitEmail`, `Notes`.
pub const HEAD: &str = "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>type</v></c>\
    <c r=\"B1\" t=\"str\"><v>displayName</v></c><c r=\"C1\" t=\"str\"><v>pat</v></c>\
    <c r=\"D1\" t=\"str\"><v>maxMinsToCommitEmail</v></c><c r=\"E1\" t=\"str\"><v>Notes</v></c></row>";

/// A row of the type GITHUB.
pub fn row(number: u32, name: &str, pat: &str) -> String {
    let name = format!("<c r=\"B{number}\" t=\"str\"><v>{name}</v></c>");
    row_of(number, &name, pat)
}

/// A row of the type GITHUB with this cell for its name.
pub fn row_of(number: u32, name: &str, pat: &str) -> String {
    format!(
        "<row r=\"{number}\"><c r=\"A{number}\" t=\"str\"><v>GITHUB</v></c>{name}\
         <c r=\"C{number}\" t=\"str\"><v>{pat}</v></c></row>"
    )
}
