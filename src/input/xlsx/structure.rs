//! Where the parts of a workbook are: the way from the archive's root to its sheets, gone as calamine goes it.

use std::collections::HashMap;

use quick_xml::events::{BytesStart, Event};

use super::attributes::{attributes, local, text};
use super::limits::{SHEETS, STRUCTURE_PART};
use super::package::Package;
use super::part::{Part, damaged};
use crate::input::error::InputErrorKind;

/// The archive's own list of what it holds.
const ROOT: &str = "_rels/.rels";

/// The names of the parts that calamine reads.
#[derive(Debug, Default)]
pub(super) struct Structure {
    /// The folder of the workbook, with a final `/`.
    folder: String,
    /// The workbook's part, and the one that says where its sheets are.
    workbook: [String; 2],
    /// Each sheet's name and part, in their order.
    pub sheets: Vec<(String, String)>,
}

impl Structure {
    /// Reads it off the workbook.
    pub(super) fn of(package: &mut Package<'_>) -> Result<Self, InputErrorKind> {
        let target = workbook_part(package)?.ok_or(InputErrorKind::NoWorkbook)?;
        let (folder, file) = match target.rfind('/') {
            Some(slash) => target.split_at(slash + 1),
            None => ("", target.as_str()),
        };
        let file = if file.is_empty() {
            "workbook.xml"
        } else {
            file
        };
        let folder = folder.strip_prefix('/').unwrap_or(folder).to_owned();
        let relations = format!("{folder}_rels/{file}.rels");
        let targets = targets(package, &relations)?;
        let mut structure = Self {
            workbook: [format!("{folder}{file}"), relations],
            sheets: Vec::new(),
            folder,
        };
        structure.read_sheets(package, &targets)?;
        Ok(structure)
    }

    /// All parts that calamine reads as they are, should they be there: neither the shared texts nor the sheets.
    pub(super) fn small_parts(&self) -> impl Iterator<Item = String> {
        let root = [ROOT.to_owned(), self.theme(), self.styles()];
        root.into_iter().chain(self.workbook.clone())
    }

    pub(super) fn theme(&self) -> String {
        self.beside("theme/theme1.xml")
    }

    pub(super) fn styles(&self) -> String {
        self.beside("styles.xml")
    }

    pub(super) fn strings(&self) -> String {
        self.beside("sharedStrings.xml")
    }

    /// The part of this name in the workbook's folder.
    fn beside(&self, name: &str) -> String {
        format!("{}{name}", self.folder)
    }

    fn read_sheets(
        &mut self,
        package: &mut Package<'_>,
        targets: &HashMap<String, String>,
    ) -> Result<(), InputErrorKind> {
        let path = self.workbook[0].clone();
        let mut count = 0;
        each_tag(package, &path, "workbook", |tag| {
            if tag.local_name().as_ref() != "sheet" {
                return Ok(());
            }
            count += 1;
            if count > SHEETS {
                return Err(InputErrorKind::TooMany {
                    what: "sheets",
                    most: SHEETS,
                });
            }
            let (mut name, mut id) = (String::new(), "");
            for (key, value) in attributes(tag) {
                match key {
                    "name" => name = text(value).into_owned(),
                    "state" => {}
                    key if local(key) == "id" => id = value,
                    _ => {}
                }
            }
            let target = targets
                .get(id)
                .ok_or_else(|| damaged("a sheet has no part"))?;
            let path = match target.strip_prefix('/') {
                Some(absolute) => absolute.to_owned(),
                None => format!("{}{target}", self.folder),
            };
            self.sheets.push((name, path));
            Ok(())
        })?;
        if self.sheets.is_empty() {
            return Err(InputErrorKind::NoWorkbook);
        }
        Ok(())
    }
}

/// The part that the archive names as its document.
fn workbook_part(package: &mut Package<'_>) -> Result<Option<String>, InputErrorKind> {
    let mut part = None;
    each_tag(package, ROOT, "Relationships", |tag| {
        let is_document =
            last(tag, "Type").is_some_and(|kind| kind.ends_with("/relationships/officeDocument"));
        if tag.local_name().as_ref() == "Relationship"
            && is_document
            && let Some(target) = last(tag, "Target")
        {
            part = Some(text(target).into_owned());
        }
        Ok(())
    })?;
    Ok(part)
}

/// The parts that the workbook refers to, by the ids that it gives them.
fn targets(
    package: &mut Package<'_>,
    path: &str,
) -> Result<HashMap<String, String>, InputErrorKind> {
    let mut targets = HashMap::new();
    each_tag(package, path, "Relationships", |tag| {
        if tag.local_name().as_ref() == "Relationship"
            && let Some(id) = last(tag, "Id")
        {
            let target = last(tag, "Target").unwrap_or_default();
            targets.insert(id.to_owned(), target.to_owned());
        }
        Ok(())
    })?;
    Ok(targets)
}

fn last<'a>(tag: &'a BytesStart<'_>, name: &str) -> Option<&'a str> {
    let of_name = attributes(tag).filter(|(is, _)| *is == name);
    of_name.last().map(|(_, value)| value)
}

/// Calls `look` with each start tag of a part, up to the end of the element `root`.
fn each_tag(
    package: &mut Package<'_>,
    path: &str,
    root: &str,
    mut look: impl FnMut(&BytesStart<'_>) -> Result<(), InputErrorKind>,
) -> Result<(), InputErrorKind> {
    let bytes = package
        .part(path, STRUCTURE_PART)?
        .ok_or_else(|| damaged(&format!("its part {path} is missing")))?;
    let mut part = Part::new(bytes);
    let mut buffer = Vec::new();
    loop {
        match part.token(&mut buffer)? {
            Event::Start(tag) => look(&tag)?,
            Event::End(tag) if tag.local_name().as_ref() == root => return Ok(()),
            Event::Eof => return Err(damaged(&format!("its part {path} ends too early"))),
            _ => {}
        }
    }
}
