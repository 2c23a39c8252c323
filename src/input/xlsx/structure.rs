//! Where the parts of a workbook are: the way from the archive's root over the relationships to its sheets.

use std::collections::HashMap;
use std::io::{Read, Seek};

use quick_xml::events::{BytesStart, Event};

use super::archive::Archive;
use super::limits::{SHEETS, STRUCTURE_PART};
use super::part::{attribute, attributes, check_count, damaged, unescaped};
use crate::input::error::InputErrorKind;

/// The archive's own list of what it holds.
const ROOT: &str = "_rels/.rels";

/// The parts of a workbook by their names in the archive.
#[derive(Debug, Default)]
pub(super) struct Structure {
    pub sheets: Vec<SheetEntry>,
    pub strings: Option<String>,
    pub styles: Option<String>,
    pub theme: Option<String>,
    /// Whether dates count from 1904.
    pub is_1904: bool,
}

/// A sheet in the list of the workbook.
#[derive(Clone, Debug)]
pub(super) struct SheetEntry {
    pub name: String,
    pub part: String,
    pub is_visible: bool,
    /// Whether it holds cells, which charts, dialogs and macros do not.
    pub is_worksheet: bool,
}

/// A part that another one names.
struct Relationship {
    /// The last word of its type: `worksheet`, `sharedStrings`.
    kind: String,
    part: String,
}

impl Structure {
    pub(super) fn read(archive: &mut Archive<impl Read + Seek>) -> Result<Self, InputErrorKind> {
        let root = relationships(archive, ROOT, "")?;
        let workbook = root.into_values().find(|one| one.kind == "officeDocument");
        let workbook = workbook.ok_or(InputErrorKind::NoWorkbook)?.part;
        let (folder, file) = match workbook.rfind('/') {
            Some(slash) => workbook.split_at(slash + 1),
            None => ("", &*workbook),
        };
        let related = relationships(archive, &format!("{folder}_rels/{file}.rels"), folder)?;
        let beside = |kind: &str, usual: &str| {
            let related = related.values().find(|one| one.kind == kind);
            let part = related.map_or_else(|| format!("{folder}{usual}"), |one| one.part.clone());
            archive.has(&part).then_some(part)
        };
        let mut structure = Self {
            strings: beside("sharedStrings", "sharedStrings.xml"),
            styles: beside("styles", "styles.xml"),
            theme: beside("theme", "theme/theme1.xml"),
            ..Self::default()
        };
        structure.read_sheets(archive, &workbook, &related)?;
        Ok(structure)
    }

    fn read_sheets(
        &mut self,
        archive: &mut Archive<impl Read + Seek>,
        workbook: &str,
        related: &HashMap<String, Relationship>,
    ) -> Result<(), InputErrorKind> {
        each_tag(archive, workbook, |tag| {
            match tag.local_name().as_ref() {
                "sheet" => {
                    let sheet = SheetEntry::read(tag, related)?;
                    if self.sheets.iter().any(|one| one.name == sheet.name) {
                        return Err(damaged("two of its sheets have the same name"));
                    }
                    self.sheets.push(sheet);
                }
                "workbookPr" => {
                    if let Some(value) = attribute(tag, "date1904") {
                        self.is_1904 = matches!(value, "1" | "true");
                    }
                }
                _ => {}
            }
            check_count("sheets", self.sheets.len() as u64, SHEETS)
        })?;
        if self.sheets.is_empty() {
            return Err(InputErrorKind::NoWorkbook);
        }
        Ok(())
    }
}

impl SheetEntry {
    fn read(
        tag: &BytesStart<'_>,
        related: &HashMap<String, Relationship>,
    ) -> Result<Self, InputErrorKind> {
        let (mut name, mut id, mut is_visible) = (String::new(), "", true);
        for (key, value) in attributes(tag) {
            match key {
                "name" => name = unescaped(value).into_owned(),
                "state" => is_visible = !matches!(value, "hidden" | "veryHidden"),
                key if key.rsplit(':').next() == Some("id") => id = value,
                _ => {}
            }
        }
        let part = related.get(id);
        let part = part.ok_or_else(|| damaged("a sheet has no part"))?;
        Ok(Self {
            name,
            part: part.part.clone(),
            is_visible,
            is_worksheet: part.kind == "worksheet",
        })
    }
}

/// The parts that `list` names, by the ids that it gives them; they are relative to `folder`.
fn relationships(
    archive: &mut Archive<impl Read + Seek>,
    list: &str,
    folder: &str,
) -> Result<HashMap<String, Relationship>, InputErrorKind> {
    let mut found = HashMap::new();
    each_tag(archive, list, |tag| {
        if tag.local_name().as_ref() != "Relationship" {
            return Ok(());
        }
        let (mut id, mut kind, mut target) = ("", "", "");
        for (key, value) in attributes(tag) {
            match key {
                "Id" => id = value,
                "Type" => kind = value,
                "Target" => target = value,
                _ => {}
            }
        }
        let relationship = Relationship {
            kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
            part: resolved(folder, &unescaped(target)),
        };
        found.insert(id.to_owned(), relationship);
        Ok(())
    })?;
    Ok(found)
}

/// The name in the archive of what `target` means beside the parts in `folder`.
fn resolved(folder: &str, target: &str) -> String {
    let path = match target.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None => format!("{folder}{target}"),
    };
    let mut names = Vec::new();
    for name in path.split('/') {
        match name {
            "" | "." => {}
            ".." => drop(names.pop()),
            name => names.push(name),
        }
    }
    names.join("/")
}

/// Calls `read` with each start tag of a part.
fn each_tag(
    archive: &mut Archive<impl Read + Seek>,
    name: &str,
    mut read: impl FnMut(&BytesStart<'_>) -> Result<(), InputErrorKind>,
) -> Result<(), InputErrorKind> {
    let mut part = archive.decoded_part(name, STRUCTURE_PART)?;
    let mut buffer = Vec::new();
    loop {
        match part.token(&mut buffer)? {
            Event::Start(tag) => read(&tag)?,
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}
