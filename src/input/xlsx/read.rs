//! All sheets of a workbook.

use std::sync::Arc;
use std::thread::scope;

use calamine::{Reader, SheetType, SheetVisible, Xlsx};

use super::claims;
use super::feed::Slot;
use super::format::of_ole;
use super::guard::{contradiction, guarded};
use super::limits::{Budget, UNPACKED};
use super::package::Package;
use super::reader::in_words;
use super::sheet::{Sheet, start};
use super::shelf::{Entry, Shelf};
use super::structure::Structure;
use crate::input::error::{InputError, InputErrorKind};
use crate::input::options::ReadOptions;
use crate::input::positioned::Positioned;
use crate::input::read::{Sink, SkipReason, is_same_sheet};
use crate::model::{Place, TableFormat, TableName};

/// Reads all sheets of the workbook in `content`, which its user calls `name`.
pub(in crate::input) fn read(
    name: &str,
    content: &Positioned<'_>,
    options: &ReadOptions,
    sink: &mut dyn Sink,
) -> Result<(), InputError> {
    let table = |sheet: Option<String>| {
        Arc::new(TableName {
            file: name.to_owned(),
            sheet,
            format: TableFormat::Xlsx,
        })
    };
    let budget = Budget::new(UNPACKED);
    let slot = Slot::default();
    let (mut package, structure, mut workbook) =
        open(content, &budget, &slot).map_err(|kind| kind.at(Place::table(&table(None))))?;
    let sheets = workbook.sheets_metadata().to_vec();
    for (sheet, (_, part)) in sheets.iter().zip(&structure.sheets) {
        let table = table(Some(sheet.name.clone()));
        sink.sheet(&sheet.name);
        let is_asked_for = options
            .sheets
            .iter()
            .any(|asked| is_same_sheet(asked, &sheet.name));
        if !options.sheets.is_empty() && !is_asked_for {
            continue;
        }
        // A sheet that was asked for by its name is read though it is hidden.
        if sheet.visible != SheetVisible::Visible && options.sheets.is_empty() {
            sink.skipped(&table, SkipReason::Hidden);
            continue;
        }
        if sheet.typ != SheetType::WorkSheet {
            sink.skipped(&table, SkipReason::NoCells);
            continue;
        }
        let sheet = Sheet {
            workbook: &mut workbook,
            package: &mut package,
            slot: &slot,
            name: &sheet.name,
            part,
        };
        let read = sheet.read(&table, options, sink);
        read.map_err(|error| {
            let place = Place::table(&table);
            error.kind.at(Place {
                row: error.row,
                ..place
            })
        })?;
    }
    Ok(())
}

/// A file that is an OLE container: an encrypted workbook, or one of the time before `.xlsx`.
pub(in crate::input) fn refuse_ole(content: Positioned<'_>) -> InputErrorKind {
    of_ole(std::io::BufReader::new(content))
}

type Opened<'a> = (Package<'a>, Structure, Xlsx<Shelf<'a>>);

/// Opens a workbook once its claims have been checked; what calamine reads of large parts comes to `slot`.
fn open<'a>(
    content: &Positioned<'a>,
    budget: &'a Budget,
    slot: &Slot,
) -> Result<Opened<'a>, InputErrorKind> {
    let mut package = Package::open(content.clone(), budget)?;
    let structure = guarded(|| {
        let structure = Structure::of(&mut package)?;
        claims::check(&mut package, &structure)?;
        Ok::<_, InputErrorKind>(structure)
    })?;
    let workbook = with_strings(&mut package, &structure, content, slot)?;
    // Sheets are found by name, so they must be the same ones, and no two of one name.
    let mut names: Vec<&str> = structure.sheets.iter().map(|(name, _)| &**name).collect();
    let theirs = workbook.sheets_metadata().iter().map(|sheet| &*sheet.name);
    if !theirs.eq(names.iter().copied()) {
        return Err(contradiction());
    }
    names.sort_unstable();
    if names.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(InputErrorKind::Workbook(
            "two of its sheets have one name".to_owned(),
        ));
    }
    Ok((package, structure, workbook))
}

/// Lets calamine read all but the sheets. It reads the shared texts while they are checked; if they claim to be more than
/// it could harmlessly make room for, they are checked before.
fn with_strings<'a>(
    package: &mut Package<'a>,
    structure: &Structure,
    content: &Positioned<'a>,
    slot: &Slot,
) -> Result<Xlsx<Shelf<'a>>, InputErrorKind> {
    let path = structure.strings();
    let is_modest = guarded(|| Ok::<_, InputErrorKind>(claims::is_modest(package, &path)))?;
    let mut entries: Vec<Entry> = Vec::new();
    for path in structure.small_parts() {
        entries.extend(package.packed(&path)?);
    }
    if !is_modest {
        if let Some(bytes) = package.part(&path, UNPACKED)? {
            guarded(|| claims::check_strings(bytes))?;
        }
        entries.extend(package.packed(&path)?);
    }
    let sheets = structure.sheets.iter().map(|(_, path)| path);
    for path in sheets.chain(is_modest.then_some(&path)) {
        entries.extend(package.unpacked(path)?);
    }
    let shelf = Shelf::new(&entries, content.clone(), slot.clone())?;
    let open = || guarded(|| Xlsx::new(shelf).map_err(|error| in_words(&error)));
    if !is_modest {
        return open();
    }
    let bytes = package.part(&path, UNPACKED)?.ok_or_else(contradiction)?;
    scope(|threads| {
        let (feeder, opened) = slot.open();
        let checked = start(threads, move || {
            guarded(|| claims::check_strings(bytes.feeding(feeder)))
        })?;
        let workbook = open();
        drop(opened);
        checked.join().unwrap_or_else(|_| Err(contradiction()))?;
        workbook
    })
}
