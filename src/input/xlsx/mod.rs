//! Workbooks: calamine reads them, behind limits that a scan of our own has checked.
//!
//! The decision to know: calamine trusts what a workbook claims and shows neither hidden rows nor merged cells nor
//! formulas without a value. So [`scan`] unpacks and checks each part first. The large ones, the shared texts and the
//! sheets, it scans on another core while calamine follows, held back by the [`gate`].

mod archive;
mod convert;
mod gate;
mod guard;
mod limits;
mod notes;
mod part;
mod reference;
mod scan;
mod sheet;
mod structure;
mod values;

use std::ops::Range;
use std::sync::Arc;
use std::thread::{Builder, scope};

use calamine::{Reader, Xlsx};

use self::archive::Archive;
use self::convert::convert;
use self::gate::{Gate, GatedReader, Side};
use self::guard::{contradiction, guarded, in_words};
use self::scan::{SheetError, check_small_parts, check_strings, scan_sheet};
use self::sheet::read_sheet;
use self::structure::Structure;
use super::error::InputError;
use super::source::{Content, ContentReader};
use super::table::{ReadOptions, Sink, SkipReason, is_same_sheet};
use crate::model::{Place, Problem, TableFormat, TableName};

pub(super) use self::archive::refuse_ole;

/// Reads all sheets of the workbook in `file`, which its user calls `name`.
pub(super) fn read(
    name: &str,
    file: &ContentReader<'_>,
    options: &ReadOptions,
    sink: &mut dyn Sink,
) -> Result<(), InputError> {
    let table = |sheet: Option<&str>| {
        Arc::new(TableName {
            file: name.to_owned(),
            sheet: sheet.map(str::to_owned),
            format: TableFormat::Xlsx,
        })
    };
    let gate = Gate::default();
    let whole = |problem: Problem| problem.at(Place::table(&table(None)));
    let (structure, converted) = guarded(|| find_parts(file)).map_err(whole)?;
    let converted = converted.as_ref().map(Content::reader);
    let file = converted.as_ref().unwrap_or(file);
    let opened = guarded(|| {
        let mut archive = Archive::open(GatedReader::new(file, &gate, Side::Scan))?;
        let workbook = open_workbook(&mut archive, &structure, file, &gate)?;
        Ok((archive, workbook))
    });
    let (mut archive, mut workbook) = opened.map_err(whole)?;
    for sheet in &structure.sheets {
        let table = table(Some(&sheet.name));
        sink.sheet(&sheet.name);
        let mut asked_for = options.sheets.iter();
        if !options.sheets.is_empty() && !asked_for.any(|name| is_same_sheet(name, &sheet.name)) {
            continue;
        }
        // A sheet that was asked for by its name is read though it is hidden.
        if !sheet.is_visible && options.sheets.is_empty() {
            sink.skipped(&table, SkipReason::Hidden);
            continue;
        }
        if !sheet.is_worksheet {
            sink.skipped(&table, SkipReason::NoCells);
            continue;
        }
        let read = archive.range(&sheet.part).map_err(SheetError::from);
        let read = read.and_then(|packed| {
            behind_scan(
                &gate,
                packed,
                || scan_sheet(&mut archive, &sheet.part, &gate),
                || read_sheet(&mut workbook, &sheet.name, &gate, &table, options, sink),
            )
        });
        read.map_err(|error| {
            let place = Place::table(&table);
            error.problem.at(Place {
                row: error.row,
                ..place
            })
        })?;
    }
    Ok(())
}

/// Where the parts of the workbook are; and the workbook as calamine can read it, if it must be converted for that.
fn find_parts(file: &ContentReader<'_>) -> Result<(Structure, Option<Content>), Problem> {
    let mut archive = Archive::open(file.clone())?;
    let mut structure = Structure::read(&mut archive)?;
    if structure.is_plain {
        return Ok((structure, None));
    }
    let converted = convert(archive, &mut structure)?;
    Ok((structure, Some(Content::Memory(converted))))
}

/// Lets calamine open the workbook, once all that it reads then is checked.
fn open_workbook<'a>(
    archive: &mut Archive<GatedReader<'a>>,
    structure: &Structure,
    file: &ContentReader<'a>,
    gate: &'a Gate,
) -> Result<Xlsx<GatedReader<'a>>, Problem> {
    let open = || {
        let file = GatedReader::new(file, gate, Side::Calamine);
        guarded(|| Xlsx::new(file).map_err(|error| in_words(&error)))
    };
    check_small_parts(archive, structure)?;
    let Some(strings) = &structure.strings else {
        return open();
    };
    let packed = archive.range(strings)?;
    behind_scan(
        gate,
        packed,
        || check_strings(archive, strings),
        || {
            let workbook = open()?;
            gate.findings(u64::MAX).map_err(|_| contradiction())?;
            Ok(workbook)
        },
    )
}

/// Scans the part whose packed bytes are at `packed` on another thread, while `read` follows behind the gate.
fn behind_scan<T, E: From<Problem> + Send>(
    gate: &Gate,
    packed: Range<u64>,
    scan: impl FnOnce() -> Result<(), E> + Send,
    read: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    gate.close(packed);
    let done = scope(|threads| {
        let scan = || {
            let scanned = guarded(scan);
            gate.end(scanned.is_ok());
            scanned
        };
        let scan = Builder::new().spawn_scoped(threads, scan);
        let scan = scan.map_err(Problem::from)?;
        let read = read();
        let has_fault = gate.abandon();
        match (read, scan.join()) {
            // calamine's error is only that it got no more to read.
            (Err(_), Ok(Err(fault))) if has_fault => Err(fault),
            (read, _) => read,
        }
    });
    gate.close(0..0);
    done
}

#[cfg(test)]
mod tests;
