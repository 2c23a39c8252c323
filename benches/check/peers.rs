//! What `gij check` is measured against: the least work that any program does with the same file.

use std::error::Error;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::Command;

use calamine::{Reader, Xlsx};

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

/// Builds the bare clap program, which is an example so that it is never installed, and returns where it is.
pub(crate) fn bare_clap() -> Result<PathBuf, Box<dyn Error>> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent();
    let target = target.ok_or("the build has no directory")?;
    let built = Command::new(env!("CARGO"))
        .args(["build", "--release", "--quiet", "--locked", "--example"])
        .args(["bare-clap", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .arg("--target-dir")
        .arg(target)
        .status()?;
    if !built.success() {
        return Err(format!("cargo build: {built}").into());
    }
    let name = format!("bare-clap{}", std::env::consts::EXE_SUFFIX);
    Ok(target.join("release/examples").join(name))
}
