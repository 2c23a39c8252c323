//! Workbooks that spreadsheet programs open and calamine does not, written anew for it.
//!
//! calamine knows neither parts in UTF-16, shared texts or styles under other names, sheets of macros, `state="show"` nor
//! a `<dimension>` of whole rows. Such workbooks are rare. Their parts are copied, most of them as they are packed, into
//! an archive in memory in which all of that is as calamine expects it.

use std::fmt::Write as _;
use std::io::{Cursor, Read, Seek, Write};

use quick_xml::Writer;
use quick_xml::escape::escape;
use quick_xml::events::Event;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::archive::{Archive, of_zip};
use super::limits::{PACKED, UNPACKED};
use super::part::{Part, too_large};
use super::structure::{Structure, can_calamine_read};
use crate::model::Problem;

/// The new archive. In `structure` the parts get their names in it.
pub(super) fn convert<R: Read + Seek>(
    archive: Archive<R>,
    structure: &mut Structure,
) -> Result<Vec<u8>, Problem> {
    let mut copier = Copier {
        archive,
        zip: ZipWriter::new(Cursor::new(Vec::new())),
        packed: 0,
    };
    for (part, usual) in [
        (&mut structure.strings, "xl/sharedStrings.xml"),
        (&mut structure.styles, "xl/styles.xml"),
        (&mut structure.theme, "xl/theme/theme1.xml"),
    ] {
        if let Some(part) = part {
            copier.copy(part, usual.to_owned())?;
        }
    }
    let (mut sheets, mut related) = (String::new(), String::new());
    for (number, sheet) in (1..).zip(&mut structure.sheets) {
        if !sheet.is_worksheet || !copier.archive.has(&sheet.part) {
            continue;
        }
        copier.copy(&mut sheet.part, format!("xl/sheet{number}.xml"))?;
        let (name, part) = (escape(&sheet.name), &sheet.part);
        let _ = write!(sheets, r#"<sheet name="{name}" r:id="s{number}"/>"#);
        let _ = write!(
            related,
            r#"<Relationship Id="s{number}" Type="/worksheet" Target="/{part}"/>"#
        );
    }
    let date1904 = u8::from(structure.is_1904);
    let mut zip = copier.zip;
    for (name, xml) in [
        (
            "_rels/.rels",
            r#"<Relationships><Relationship Id="r" Type="/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#.to_owned(),
        ),
        (
            "xl/workbook.xml",
            format!(
                r#"<workbook><workbookPr date1904="{date1904}"/><sheets>{sheets}</sheets></workbook>"#
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!("<Relationships>{related}</Relationships>"),
        ),
    ] {
        start(&mut zip, name)?;
        zip.write_all(xml.as_bytes())?;
    }
    let bytes = zip.finish().map_err(|error| of_zip(&error))?;
    Ok(bytes.into_inner())
}

type NewArchive = ZipWriter<Cursor<Vec<u8>>>;

struct Copier<R> {
    archive: Archive<R>,
    zip: NewArchive,
    /// Bytes of the parts that were copied.
    packed: u64,
}

impl<R: Read + Seek> Copier<R> {
    /// Copies a part, as it is packed unless calamine could not read it, and puts its new name in place of the old one.
    fn copy(&mut self, part: &mut String, to: String) -> Result<(), Problem> {
        let from = std::mem::replace(part, to);
        let is_readable = can_calamine_read(&mut self.archive, &from);
        let packed = self.archive.packed(&from)?;
        self.packed += packed.compressed_size();
        if self.packed > PACKED {
            return Err(too_large(
                "the sheets of the workbook are longer than 64 MB",
            ));
        }
        if is_readable {
            let copied = self.zip.raw_copy_file_rename(packed, &**part);
            return copied.map_err(|error| of_zip(&error));
        }
        drop(packed);
        start(&mut self.zip, part)?;
        let mut writer = Writer::new(&mut self.zip);
        let mut part = Part::decoded(self.archive.bytes(&from, UNPACKED)?);
        let mut buffer = Vec::new();
        loop {
            let mut event = part.token(&mut buffer)?;
            match &mut event {
                Event::Eof => return Ok(()),
                // It names an encoding.
                Event::Decl(_) => continue,
                // What it claims, of the texts or of the size of the sheet, is replaced.
                Event::Start(tag) if matches!(tag.local_name().as_ref(), "sst" | "dimension") => {
                    tag.clear_attributes();
                    tag.push_attribute(("ref", "A1"));
                }
                _ => {}
            }
            writer.write_event(event)?;
        }
    }
}

fn start(zip: &mut NewArchive, name: &str) -> Result<(), Problem> {
    zip.start_file(name, SimpleFileOptions::default())
        .map_err(|error| of_zip(&error))
}
