//! All sheets of a workbook.

use std::sync::Arc;

use calamine::{Reader, SheetType, SheetVisible, Xlsx};

use super::claims;
use super::format::of_ole;
use super::guard::{contradiction, guarded};
use super::limits::{Budget, UNPACKED};
use super::package::Package;
use super::reader::in_words;
use super::sheet::Sheet;
use super::structure::Structure;
use crate::input::error::{InputError, InputErrorKind};
use crate::input::options::ReadOptions;
use crate::input::positioned::Positioned;
use crate::input::read::{Sink, is_same_sheet};
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
    let (mut package, structure, mut workbook) =
        open(content, &budget).map_err(|kind| kind.at(Place::table(&table(None))))?;
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
            sink.hidden(&table);
            continue;
        }
        if sheet.typ != SheetType::WorkSheet {
            sink.no_header(&table);
            continue;
        }
        let sheet = Sheet {
            workbook: &mut workbook,
            package: &mut package,
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

type Opened<'a> = (Package<'a>, Structure, Xlsx<Positioned<'a>>);

/// Opens a workbook once its claims have been checked.
fn open<'a>(content: &Positioned<'a>, budget: &'a Budget) -> Result<Opened<'a>, InputErrorKind> {
    let mut package = Package::open(content.clone(), budget)?;
    let structure = guarded(|| {
        let structure = Structure::of(&mut package)?;
        claims::check(&mut package, &structure)?;
        Ok::<_, InputErrorKind>(structure)
    })?;
    let workbook: Xlsx<_> =
        guarded(|| Xlsx::new(content.clone()).map_err(|error| in_words(&error)))?;
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
