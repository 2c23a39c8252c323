use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::values::{delimiter, encoding};

#[derive(Debug, Args)]
pub(in crate::cli) struct InputArgs {
    /// Spreadsheets (CSV, TSV, XLSX, XLSM); `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Read only this sheet; repeatable
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    pub sheet: Vec<String>,
    /// The number of the header row, instead of looking for it
    #[arg(long, value_name = "N", hide_short_help = true, value_parser = clap::value_parser!(u32).range(1..))]
    pub header_row: Option<u32>,
    /// What separates the cells of a CSV, instead of finding out
    #[arg(long, value_name = "CHAR", hide_short_help = true, value_parser = delimiter)]
    pub delimiter: Option<char>,
    /// Encoding of a CSV, such as utf-8, utf-16le or windows-1252, instead of finding out
    #[arg(long, value_name = "NAME", hide_short_help = true, value_parser = encoding)]
    pub encoding: Option<&'static encoding_rs::Encoding>,
    /// What becomes of hidden rows of a workbook
    #[arg(
        long,
        value_name = "HOW",
        default_value = "include",
        hide_short_help = true
    )]
    pub hidden_rows: HiddenRowsHow,
    /// What a header means, such as 'Their header=origin'; nothing behind the `=` leaves the column out
    #[arg(long, value_name = "HEADER=FIELD", hide_short_help = true)]
    pub map: Vec<String>,
    /// What blank cells of a field hold, such as type=GITHUB
    #[arg(long, value_name = "FIELD=TEXT", hide_short_help = true)]
    pub set: Vec<String>,
    /// Only rows with this text in this column, such as 'Team=Payments'; repeatable, all must hold
    #[arg(long, value_name = "HEADER=TEXT")]
    pub only: Vec<String>,
    /// Only these rows, such as 2-50 or 'Azure!2-50,60'; the others are not even looked at
    #[arg(long, value_name = "ROWS")]
    pub rows: Vec<String>,
    /// Take warnings for errors
    #[arg(long)]
    pub strict: bool,
    /// Let a warning pass under --strict, or an error that is a guess; by its code
    #[arg(long, value_name = "CODE", hide_short_help = true)]
    pub allow: Vec<String>,
    /// Let secret cells name environment variables as `env:NAME` that match this pattern, such as 'GIT_*'
    #[arg(long, value_name = "PATTERN")]
    pub allow_env: Vec<String>,
    /// Let secret cells name files below this directory as `file:PATH`
    #[arg(long, value_name = "DIR")]
    pub secrets_dir: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(in crate::cli) enum HiddenRowsHow {
    Include,
    Skip,
    Error,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct CheckArgs {
    #[command(flatten)]
    pub input: InputArgs,
}
