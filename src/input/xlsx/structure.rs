//! Where the parts of a workbook are: the way from the archive's root over the relationships to its sheets.

use std::collections::HashMap;
use std::io::{Read, Seek};

use quick_xml::events::{BytesStart, Event};

use super::archive::Archive;
use super::limits::{SHEETS, STRINGS, STRUCTURE_PART};
use super::part::{Part, attribute, attributes, check_count, claimed_strings, damaged, unescaped};
use super::reference::CellRange;
use crate::input::error::no_workbook;
use crate::model::Problem;

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
    /// Whether calamine finds all of that where it is, and can read it.
    pub is_plain: bool,
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
#[derive(Default)]
struct Relationship {
    /// The last word of its type: `worksheet`, `sharedStrings`.
    kind: String,
    part: String,
    /// Whether calamine takes the same part for it.
    is_plain: bool,
}

impl Structure {
    pub(super) fn read(archive: &mut Archive<impl Read + Seek>) -> Result<Self, Problem> {
        let root = relationships(archive, ROOT, "")?;
        let workbook = root.into_values().find(|one| one.kind == "officeDocument");
        let workbook = workbook.ok_or_else(no_workbook)?;
        let (folder, file) = match workbook.part.rfind('/') {
            Some(slash) => workbook.part.split_at(slash + 1),
            None => ("", &*workbook.part),
        };
        let list = format!("{folder}_rels/{file}.rels");
        let related = relationships(archive, &list, folder)?;
        let mut structure = Self {
            is_plain: workbook.is_plain,
            ..Self::default()
        };
        let mut beside = |kind: &str, usual: &str| {
            let usual = format!("{folder}{usual}");
            let related = related.values().find(|one| one.kind == kind);
            let part = related.map_or(&usual, |one| &one.part);
            let found = archive.has(part).then(|| part.clone());
            structure.is_plain &= found.is_none() || part.eq_ignore_ascii_case(&usual);
            found
        };
        structure.strings = beside("sharedStrings", "sharedStrings.xml");
        structure.styles = beside("styles", "styles.xml");
        structure.theme = beside("theme", "theme/theme1.xml");
        structure.read_sheets(archive, &workbook.part, &related)?;
        let lists = [ROOT, &workbook.part, &list].into_iter();
        let others = [&structure.styles, &structure.theme];
        for part in lists.chain(others.into_iter().flatten().map(String::as_str)) {
            structure.is_plain &= !archive.is_utf16(part)?;
        }
        let sheets = structure.sheets.iter().filter(|sheet| sheet.is_worksheet);
        let sheets = sheets.map(|sheet| &sheet.part);
        for part in sheets.chain(&structure.strings) {
            structure.is_plain &= can_calamine_read(archive, part);
        }
        Ok(structure)
    }

    fn read_sheets(
        &mut self,
        archive: &mut Archive<impl Read + Seek>,
        workbook: &str,
        related: &HashMap<String, Relationship>,
    ) -> Result<(), Problem> {
        Part::decoded(archive.bytes(workbook, STRUCTURE_PART)?).each_tag(|tag| {
            match tag.local_name().as_ref() {
                "sheet" => {
                    let sheet = self.sheet(tag, related)?;
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
            return Err(no_workbook());
        }
        Ok(())
    }

    fn sheet(
        &mut self,
        tag: &BytesStart<'_>,
        related: &HashMap<String, Relationship>,
    ) -> Result<SheetEntry, Problem> {
        let (mut name, mut id, mut is_visible) = (String::new(), "", true);
        for (key, value) in attributes(tag) {
            match key {
                "name" => name = unescaped(value).into_owned(),
                "state" => {
                    is_visible = !matches!(value, "hidden" | "veryHidden");
                    self.is_plain &= !is_visible || value == "visible";
                }
                key if key.rsplit(':').next() == Some("id") => id = value,
                _ => {}
            }
        }
        // A module of macros names no part.
        let no_part = Relationship::default();
        let part = related.get(id).or(id.is_empty().then_some(&no_part));
        let part = part.ok_or_else(|| damaged("a sheet has no part"))?;
        let is_known = matches!(&*part.kind, "worksheet" | "chartsheet" | "dialogsheet");
        self.is_plain &= part.is_plain && is_known;
        Ok(SheetEntry {
            name,
            part: part.part.clone(),
            is_visible,
            is_worksheet: part.kind == "worksheet",
        })
    }
}

/// Whether calamine can read this part, a sheet or another one, as far as its beginning tells.
pub(super) fn can_calamine_read(archive: &mut Archive<impl Read + Seek>, part: &str) -> bool {
    if archive.is_utf16(part).unwrap_or(false) {
        return false;
    }
    let Ok(bytes) = archive.bytes(part, STRUCTURE_PART) else {
        return true;
    };
    let mut part = Part::new(bytes);
    let mut buffer = Vec::new();
    loop {
        match part.token(&mut buffer) {
            Ok(Event::Start(tag)) => match tag.local_name().as_ref() {
                "dimension" => {
                    return attribute(&tag, "ref").and_then(CellRange::parse).is_some();
                }
                "sst" => return claimed_strings(&tag) <= STRINGS,
                "sheetData" => return true,
                _ => {}
            },
            Ok(Event::Eof) | Err(_) => return true,
            Ok(_) => {}
        }
    }
}

/// The parts that `list` names, by the ids that it gives them; they are relative to `folder`.
fn relationships(
    archive: &mut Archive<impl Read + Seek>,
    list: &str,
    folder: &str,
) -> Result<HashMap<String, Relationship>, Problem> {
    let mut found = HashMap::new();
    Part::decoded(archive.bytes(list, STRUCTURE_PART)?).each_tag(|tag| {
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
        let as_calamine_reads_it = match target.strip_prefix('/') {
            Some(absolute) => absolute.to_owned(),
            None => format!("{folder}{target}"),
        };
        let part = resolved(folder, &unescaped(target));
        let relationship = Relationship {
            kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
            is_plain: part == as_calamine_reads_it,
            part,
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
