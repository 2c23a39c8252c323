use std::path::PathBuf;

use super::PaceSettings;
use crate::cli::args::{ConnectArgs, Format, ProgressHow, ResumeArgs};
use crate::cli::exit::Failure;
use crate::render::ProgressStyle;
use crate::validate::RowRange;

/// `gij resume`.
#[derive(Debug)]
pub(in crate::cli) struct ResumeSettings {
    pub run: String,
    pub files: Vec<PathBuf>,
    pub yes: bool,
    /// Rows in doubt that somebody says are created, and as what.
    pub adopt: Vec<(RowRange, i64)>,
    /// Rows in doubt that somebody says are not.
    pub absent: Vec<RowRange>,
    pub connect: ConnectArgs,
    pub pace: PaceSettings,
    pub runs_dir: PathBuf,
    pub progress: ProgressStyle,
    pub is_json: bool,
    /// The arguments as they were typed, for the next command to type.
    pub typed: Vec<String>,
}

impl ResumeSettings {
    pub fn new(
        args: ResumeArgs,
        progress: ProgressHow,
        format: Format,
        typed: Vec<String>,
    ) -> Result<Self, Failure> {
        Ok(Self {
            run: args.run,
            files: args.files,
            yes: args.yes,
            adopt: args
                .adopt
                .iter()
                .map(|text| adopted(text))
                .collect::<Result<_, _>>()?,
            absent: args
                .absent
                .iter()
                .map(|text| row(text, "--absent"))
                .collect::<Result<_, _>>()?,
            connect: args.connect,
            pace: args.pace.into(),
            runs_dir: args.runs.runs_dir,
            progress: progress.into(),
            is_json: format == Format::Json,
            typed,
        })
    }
}

/// `Azure!34=611`.
pub(super) fn adopted(text: &str) -> Result<(RowRange, i64), Failure> {
    let sides = text.rsplit_once('=');
    let (place, id) = sides
        .and_then(|(place, id)| Some((place, id.trim().parse().ok()?)))
        .ok_or_else(|| {
            Failure::usage(format!("--adopt: `{text}` does not name a row and an id"))
                .help("write the row and Jira's id, such as 'Azure!34=611' or 'repos.csv!34=611'")
        })?;
    Ok((row(place, "--adopt")?, id))
}

/// `Azure!34`: one row.
pub(super) fn row(text: &str, option: &str) -> Result<RowRange, Failure> {
    let rows =
        RowRange::parse_list(text).map_err(|error| Failure::usage(format!("{option}: {error}")))?;
    match <[RowRange; 1]>::try_from(rows) {
        Ok([row]) if row.is_one_row() => Ok(row),
        _ => Err(
            Failure::usage(format!("{option}: `{text}` names more than one row"))
                .help("each row is decided by itself; the option can be repeated"),
        ),
    }
}
