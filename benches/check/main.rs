//! How fast `gij check` is and how much memory it takes, beside peers measured in the same run.
//!
//! `cargo bench` prints the table; see `README.md` beside this directory. The peers run as children of this program too,
//! so that whole processes are compared with whole processes.

#![expect(
    clippy::print_stdout,
    reason = "a table for a person is what this is for"
)]

mod generate;
mod measure;
mod peers;
mod table;

use std::error::Error;
use std::path::{Path, PathBuf};

use generate::Filters;
use measure::{Command, compare, peak_memory};
use table::{HEADER, Line};

/// Runs of each program; the figures are medians.
const RUNS: usize = 7;
/// Runs of what takes milliseconds.
const SHORT_RUNS: usize = 101;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1).filter(|arg| arg != "--bench");
    match (args.next().as_deref(), args.next()) {
        (Some("csv-loop"), Some(file)) => peers::csv_loop(Path::new(&file)),
        (Some("xlsx-cells"), Some(file)) => peers::xlsx_cells(Path::new(&file)),
        (None, _) => run(),
        (Some(other), _) => Err(format!("nothing is called `{other}` here").into()),
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    println!("{HEADER}");
    million_rows()?;
    filters()?;
    workbook()?;
    fourteen_rows()?;
    Ok(())
}

fn gij_check(file: &Path) -> Command {
    Command::new(env!("CARGO_BIN_EXE_gij"), &["check", "--quiet"], Some(file))
}

fn peer(name: &str, file: &Path) -> Result<Command, Box<dyn Error>> {
    let this = std::env::current_exe()?;
    Ok(Command::new(&this.to_string_lossy(), &[name], Some(file)))
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// As many rows as asked for by the environment, for a quick look at another size.
fn rows(variable: &str, usual: u32) -> Result<u32, Box<dyn Error>> {
    match std::env::var(variable) {
        Ok(rows) => Ok(rows.parse()?),
        Err(_) => Ok(usual),
    }
}

fn million_rows() -> Result<(), Box<dyn Error>> {
    let rows = rows("GIJ_BENCH_CSV_ROWS", 1_000_000)?;
    let file = file("bench.csv");
    generate::csv(&file, rows, Filters::None)?;
    let work = format!("check {rows} rows of CSV");
    let (ours, theirs) = (gij_check(&file), peer("csv-loop", &file)?);
    let [wall, bare] = compare([&ours, &theirs], RUNS)?;
    let line = Line::wall(&work, "csv crate, bare loop", wall, bare, Some(3.0));
    println!("{line}");
    let line = Line::memory(&work, peak_memory(&ours)?, 120.0);
    println!("{line}");
    beside_qsv(&work, &file)
}

/// The same beside `qsv validate`, if the environment names the program: building it takes longer than all else here.
fn beside_qsv(work: &str, file: &Path) -> Result<(), Box<dyn Error>> {
    let Ok(qsv) = std::env::var("GIJ_BENCH_QSV") else {
        return Ok(());
    };
    let schema = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/benches/check/columns.schema.json"
    );
    let csv = file.to_string_lossy();
    let theirs = Command::new(&qsv, &["validate", "--quiet", &csv, schema], None);
    let ours = gij_check(file);
    let beside = "qsv validate, JSON Schema";
    let [wall, qsv] = compare([&ours, &theirs], RUNS)?;
    let line = Line::wall(work, beside, wall, qsv, Some(0.3));
    println!("{line}");
    let (ours, theirs) = (peak_memory(&ours)?, peak_memory(&theirs)?);
    let line = Line::memory_beside(work, beside, ours, theirs, 0.35);
    println!("{line}");
    Ok(())
}

/// Rows that say filters and regular expressions, which repeat from row to row as they do in sheets.
fn filters() -> Result<(), Box<dyn Error>> {
    let rows = rows("GIJ_BENCH_FILTER_ROWS", 100_000)?;
    let file = file("bench-filters.csv");
    generate::csv(&file, rows, Filters::Some)?;
    let work = format!("check {rows} rows of CSV with filters");
    let (ours, theirs) = (gij_check(&file), peer("csv-loop", &file)?);
    let [wall, bare] = compare([&ours, &theirs], RUNS)?;
    let line = Line::wall(&work, "csv crate, bare loop", wall, bare, None);
    println!("{line}");
    Ok(())
}

fn workbook() -> Result<(), Box<dyn Error>> {
    let rows = rows("GIJ_BENCH_XLSX_ROWS", 100_000)?;
    let file = file("bench.xlsx");
    generate::xlsx(&file, rows)?;
    let work = format!("check {rows} rows of XLSX");
    let (ours, theirs) = (gij_check(&file), peer("xlsx-cells", &file)?);
    let [wall, bare] = compare([&ours, &theirs], RUNS)?;
    let beside = "calamine, cells counted";
    let line = Line::wall(&work, beside, wall, bare, Some(1.25));
    println!("{line}");
    let (ours, theirs) = (peak_memory(&ours)?, peak_memory(&theirs)?);
    let line = Line::memory_beside(&work, beside, ours, theirs, 2.5);
    println!("{line}");
    Ok(())
}

fn fourteen_rows() -> Result<(), Box<dyn Error>> {
    let file = file("bench-small.csv");
    generate::csv(&file, 14, Filters::None)?;
    let bare_clap = peers::bare_clap()?;
    let theirs = Command::new(&bare_clap.to_string_lossy(), &["--version"], None);
    let ours = gij_check(&file);
    let [wall, bare] = compare([&ours, &theirs], SHORT_RUNS)?;
    let beside = "clap, version printed";
    let line = Line::wall("check 14 rows", beside, wall, bare, Some(3.0));
    println!("{line}");
    Ok(())
}
