//! Workbooks that spreadsheet programs open and calamine does not, written anew for it.
//!
//! calamine knows neither parts in UTF-16, shared texts or styles under other names, sheets of macros, `state="show"` nor
//! a `<dimension>` of whole rows. Such workbooks are rare. Their parts are copied, most of them as they are packed, into
//! an archive in memory in which all of that is as calamine expects it.

use std::fmt::Write as _;
use std::io::{Cursor, Write};

use quick_xml::Writer;
use quick_xml::escape::escape;
use quick_xml::events::Event;
use zip::ZipWriter;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;

use super::archive::Archive;
use super::limits::UNPACKED;
use super::part::damaged;
use super::structure::{SheetEntry, Structure, can_calamine_read};
use crate::input::error::InputErrorKind;

type NewArchive = ZipWriter<Cursor<Vec<u8>>>;

/// The new archive, and the structure of the workbook in it.
pub(super) fn convert(
    archive: &mut Archive<'_>,
    structure: &Structure,
) -> Result<(Vec<u8>, Structure), InputErrorKind> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut copied = |from: &Option<String>, to: &str| match from {
        None => Ok(None),
        Some(from) => {
            copy(archive, from, &mut zip, to)?;
            Ok::<_, InputErrorKind>(Some(to.to_owned()))
        }
    };
    let mut converted = Structure {
        strings: copied(&structure.strings, "xl/sharedStrings.xml")?,
        styles: copied(&structure.styles, "xl/styles.xml")?,
        theme: copied(&structure.theme, "xl/theme/theme1.xml")?,
        is_1904: structure.is_1904,
        is_plain: true,
        sheets: Vec::new(),
    };
    let (mut sheets, mut related) = (String::new(), String::new());
    for (number, sheet) in (1..).zip(&structure.sheets) {
        let mut sheet: SheetEntry = sheet.clone();
        if sheet.is_worksheet && archive.has(&sheet.part) {
            let part = format!("xl/sheet{number}.xml");
            copy(archive, &sheet.part, &mut zip, &part)?;
            sheet.part = part;
            let name = escape(&sheet.name);
            let _ = write!(sheets, r#"<sheet name="{name}" r:id="s{number}"/>"#);
            let _ = write!(
                related,
                r#"<Relationship Id="s{number}" Type="/worksheet" Target="sheet{number}.xml"/>"#
            );
        }
        converted.sheets.push(sheet);
    }
    let date1904 = u8::from(structure.is_1904);
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
    Ok((bytes.into_inner(), converted))
}

/// Copies a part: as it is packed, unless calamine could not read it.
fn copy(
    archive: &mut Archive<'_>,
    from: &str,
    zip: &mut NewArchive,
    to: &str,
) -> Result<(), InputErrorKind> {
    if can_calamine_read(archive, from) {
        let packed = archive.packed(from)?;
        return zip
            .raw_copy_file_rename(packed, to)
            .map_err(|error| of_zip(&error));
    }
    start(zip, to)?;
    let mut writer = Writer::new(zip);
    let mut part = archive.decoded_part(from, UNPACKED)?;
    let mut buffer = Vec::new();
    let mut is_in_dimension = false;
    loop {
        let event = part.token(&mut buffer)?;
        match &event {
            Event::Eof => return Ok(()),
            // It names an encoding.
            Event::Decl(_) => continue,
            Event::Start(tag) if tag.local_name().as_ref() == "dimension" => is_in_dimension = true,
            _ => {}
        }
        let is_end = matches!(&event, Event::End(tag) if tag.local_name().as_ref() == "dimension");
        if !is_in_dimension {
            writer.write_event(event)?;
        }
        is_in_dimension &= !is_end;
    }
}

fn start(zip: &mut NewArchive, name: &str) -> Result<(), InputErrorKind> {
    zip.start_file(name, SimpleFileOptions::default())
        .map_err(|error| of_zip(&error))
}

fn of_zip(error: &ZipError) -> InputErrorKind {
    damaged(&error.to_string())
}
