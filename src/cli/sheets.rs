//! The sheets of a run that is resumed, as they are now.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use super::context::Context;
use super::exit::{Exit, Failure};
use super::input::{self, options_of_run};
use super::loaded_run::LoadedRun;
use crate::engine::{Joined, SheetNow, join, rows_in};
use crate::journal::{Input, RunOpened, Totals};
use crate::model::{Diagnostics, Place, Severity, listed};
use crate::render::{count, diagnostics};
use crate::validate::{Only, Options, Validation};

/// The sheets, with their rows matched to those of the run.
pub(super) struct Sheets {
    pub input: Validation,
    pub joined: Joined,
    pub options: Options,
}

impl Sheets {
    /// Reads the sheets of `run` with the options that it began with, from `moved` files if there are any. `own_files` hold
    /// gij's own credentials.
    pub(super) fn read(
        run: &LoadedRun,
        moved: &[PathBuf],
        own_files: Vec<PathBuf>,
        context: &Context,
    ) -> Result<Self, Failure> {
        let files = files(run, moved, context)?;
        let mut options = options_of_run(&run.state().opened, own_files)?;
        options.keeps_all = true;
        let mut input = input::read_as(&files, &options)?;
        Ok(Self {
            joined: join(run.state(), sheet_now(run, &mut input)),
            input,
            options,
        })
    }

    /// No sheets, for a run that has no row left to send.
    pub(super) fn none(run: &LoadedRun, own_files: Vec<PathBuf>) -> Result<Self, Failure> {
        Ok(Self {
            input: Validation::default(),
            joined: Joined::default(),
            options: options_of_run(&run.state().opened, own_files)?,
        })
    }

    /// Refuses to continue while rows that are still to be sent are invalid, or a whole table cannot be read.
    pub(super) fn refuse_invalid(&self, run: &LoadedRun, context: &Context) -> Result<(), Failure> {
        let screen = &context.screen;
        let key = |place: &Place| (place.table.to_string(), place.row);
        let invalid = self.joined.invalid.iter();
        let rows: BTreeSet<_> = invalid
            .filter(|(n, _)| run.is_to_be_sent(**n))
            .map(|(_, place)| key(place))
            .collect();
        let mut problems = Diagnostics::keeping(true);
        for diagnostic in self.input.diagnostics.iter() {
            let place = &diagnostic.place;
            let is_wanted = place.row.is_none() || rows.contains(&key(place));
            if diagnostic.severity == Severity::Error && is_wanted {
                problems.push(diagnostic.clone());
            }
        }
        if rows.is_empty() && !problems.has_errors() {
            return Ok(());
        }
        screen.problem(&diagnostics(&problems, screen.detail()));
        let rows = count(rows.len().max(1) as u64, "row", "rows");
        let failure = Failure::new(
            Exit::Invalid,
            format!("{rows} still to be sent cannot be sent; nothing was sent"),
        );
        let resume = run.resume(&context.given);
        Err(failure.help(format!(
            "fix these rows in the sheet (rows already created need not be valid), then continue with `{resume}`"
        )))
    }

    /// The outcomes of the rows of `run` that cannot be sent because the sheets no longer have them.
    pub(super) fn off_sheet(&self, run: &LoadedRun) -> Totals {
        let rows = self.joined.left.iter().chain(&self.joined.unknown);
        let rows = rows.filter_map(|n| run.state().row(*n));
        rows.map(|row| (row.outcome, None)).collect()
    }

    /// Notes on the sheets to show with the plan.
    pub(super) fn notes(&self, run: &LoadedRun) -> String {
        let joined = &self.joined;
        let places = |rows: &[u32]| rows.iter().map(|n| run.place_of(*n)).collect();
        let new = joined.new.iter().map(|row| &row.place);
        let new = new.chain(&joined.new_invalid).map(Place::to_string);
        let mut text = String::new();
        let mut note = |rows: Vec<String>, one: &str, many: &str| {
            if !rows.is_empty() {
                let what = count(rows.len() as u64, one, many);
                let _ = writeln!(text, "note: {what}: {}", listed(&rows, 8, String::clone));
            }
        };
        note(
            places(&joined.left),
            "row left the sheet; it stays in the report and is not sent",
            "rows left the sheet; they stay in the report and are not sent",
        );
        note(
            places(&joined.unknown),
            "row has no name and its file was changed, so it cannot be recognized and is not sent",
            "rows have no name and their files were changed, so they cannot be recognized and are not sent",
        );
        note(
            places(&joined.changed),
            "row was changed in the sheet since it was created; the change is not applied",
            "rows were changed in the sheet since they were created; the changes are not applied",
        );
        note(
            new.collect(),
            "row is new in the sheet and not part of this run; import it separately",
            "rows are new in the sheet and not part of this run; import them separately",
        );
        text
    }
}

/// The rows of `input`, to be matched with those of `run`.
fn sheet_now(run: &LoadedRun, input: &mut Validation) -> SheetNow {
    let inputs = &run.state().opened.inputs;
    // A file that was only renamed is unchanged, and one under its old name comes before others of the same content.
    let unchanged = input.files.iter().filter_map(|file| {
        let sha256 = file.sha256.as_deref()?;
        let mut same = inputs.iter().filter(|input| input.sha256 == sha256);
        let first = same.clone().next()?;
        let before = same.find(|input| input.file == file.name).unwrap_or(first);
        Some((file.name.clone(), before.file.as_str().into()))
    });
    SheetNow {
        unchanged: unchanged.collect(),
        invalid: input.invalid.clone(),
        rows: std::mem::take(&mut input.rows),
    }
}

/// The rows of `run` whose cells are those of `only`, by its sheets, which must not have changed since. `own_files` hold
/// gij's own credentials.
pub(super) fn rows_with(
    run: &LoadedRun,
    only: Vec<Only>,
    own_files: Vec<PathBuf>,
) -> Result<BTreeSet<u32>, Failure> {
    let opened = &run.state().opened;
    let mut options = options_of_run(opened, own_files)?;
    options.selection.only.extend(only);
    let unreadable = || {
        let failure =
            Failure::usage("--only: the files of the run have changed, or cannot be read again");
        failure.help("put them back where they were, or select with `--rows`")
    };
    if opened.has_stdin() {
        let failure = "--only: the run read standard input, which cannot be read again";
        return Err(Failure::usage(failure).help("select with `--rows`"));
    }
    let mut input = input::read_as(&files_of(opened), &options)?;
    let files = input.files.len();
    let now = sheet_now(run, &mut input);
    if input.has_table_errors() || now.unchanged.len() < files {
        return Err(unreadable());
    }
    Ok(rows_in(run.state(), &now))
}

/// The files of the run with the names that it knows them by, or those that have `moved`.
fn files(
    run: &LoadedRun,
    moved: &[PathBuf],
    context: &Context,
) -> Result<Vec<(String, PathBuf)>, Failure> {
    if !moved.is_empty() {
        let named = moved
            .iter()
            .map(|file| (file.display().to_string(), file.clone()));
        return Ok(named.collect());
    }
    if run.state().opened.has_stdin() {
        let failure = Failure::usage("the run read standard input, which cannot be read again");
        let resume = run.resume(&context.given);
        return Err(failure.help(format!("pass the file instead: {resume}")));
    }
    Ok(files_of(&run.state().opened))
}

fn files_of(run: &RunOpened) -> Vec<(String, PathBuf)> {
    let mut inputs: Vec<&Input> = run.inputs.iter().collect();
    // A file has an input for each of its sheets.
    inputs.dedup_by_key(|input| &input.file);
    let path = |input: &Input| PathBuf::from(input.path.as_ref().unwrap_or(&input.file));
    let files = inputs.into_iter();
    files
        .map(|input| (input.file.clone(), path(input)))
        .collect()
}
