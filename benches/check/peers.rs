//! What `gij check` is measured against: the least work that any program does with the same file.

use std::error::Error;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{Reader, Xlsx};
use clap::Parser;

/// Every record of the file as bytes, one thread, nothing done with them.
pub(crate) fn csv_loop(file: &Path) -> Result<(), Box<dyn Error>> {
    let mut reader = csv::ReaderBuilder::new().from_path(file)?;
    let mut record = csv::ByteRecord::new();
    let mut cells = 0;
    while reader.read_byte_record(&mut record)? {
        cells += record.len();
    }
    println!("{cells} cells");
    Ok(())
}

/// Every cell of the first sheet, counted.
pub(crate) fn xlsx_cells(file: &Path) -> Result<(), Box<dyn Error>> {
    let mut workbook: Xlsx<_> = Xlsx::new(BufReader::new(File::open(file)?))?;
    let sheet = workbook.sheet_names().first().cloned();
    let mut reader = workbook.worksheet_cells_reader(&sheet.ok_or("no sheet")?)?;
    let mut cells = 0;
    while reader.next_cell()?.is_some() {
        cells += 1;
    }
    println!("{cells} cells");
    Ok(())
}

#[derive(Parser)]
#[command(version)]
struct Bare;

/// A program that reads its command line and prints its version.
pub(crate) fn bare_clap() {
    let Bare = Bare::parse();
}
