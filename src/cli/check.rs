//! `gij check`, and the problems that a probe or a plan adds to what it finds.

use std::collections::{BTreeMap, BTreeSet};

use clap::Args;

use super::context::Context;
use super::exit::{Exit, Failure};
use super::input::{self, InputArgs};
use super::report_files::ReportArgs;
use super::values::env;
use crate::model::{Code, Diagnostic, Diagnostics, Field, Place, Problem, Severity};
use crate::render::{Screen, diagnostics, summary};
use crate::report::Report;
use crate::validate::{Options, Purpose, Validation};

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    pub reports: ReportArgs,
}

/// Validates the files and reports every problem.
pub(super) fn check(args: &CheckArgs, context: &Context) -> Result<Exit, Failure> {
    let mut options = args.input.options(Purpose::Check, Vec::new())?;
    args.reports.extend(&mut options)?;
    context.reports.open(&args.reports)?;
    let found = input::read(&args.input.files, &options)?;
    if !context.is_json {
        input::show(&found, &context.screen, Screen::result);
    }
    end(&found, context)
}

/// A problem of a valid row, with the index of that row.
pub(super) type RowProblem = (usize, Option<Field>, Problem);

/// Writes the reports of a check or a probe that `found` this, and shows the result and what comes after it.
pub(super) fn end(found: &Validation, context: &Context) -> Result<Exit, Failure> {
    let report = context.made(Report::of_check(found));
    context.publish(&report)?;
    if !context.is_json {
        context.screen.result(&summary(&report));
    }
    let given = &context.given;
    if found.diagnostics.has_errors() {
        let again = given.again();
        context.next(&format!("{}:\n  {again}", to_fix(found)));
        return Ok(Exit::Invalid);
    }
    let import = given.next("import").without(&["sandbox"]);
    context.next(&if env("JIRA_URL").is_some() {
        let plan = import.options(&["--dry-run"]);
        format!("see the plan for your Jira:\n  {plan}")
    } else {
        let rehearsal = import.options(&["--sandbox"]);
        format!("rehearse the import with a simulated Jira:\n  {rehearsal}")
    });
    Ok(Exit::Done)
}

/// Adds problems of valid rows to `input`, and shows them by `write`: rows with an error are not valid any more.
pub(super) fn add_problems(
    input: &mut Validation,
    options: &Options,
    problems: impl IntoIterator<Item = RowProblem>,
    context: &Context,
    write: fn(&Screen, &str),
) {
    let mut added = Diagnostics::default();
    let mut bad: BTreeMap<Code, BTreeSet<u32>> = BTreeMap::new();
    for (at, field, problem) in problems {
        let place = place_of(input, options, at, field);
        let row = &mut input.rows[at];
        let mut diagnostic = Diagnostic::of(problem, place);
        diagnostic.field = field;
        diagnostic.name = row.record.display_name().map(str::to_owned);
        options.policy.apply(&mut diagnostic);
        match diagnostic.severity {
            Severity::Error => {
                bad.entry(diagnostic.code).or_default().insert(row.n);
            }
            Severity::Warning => row.warnings.push(diagnostic.code),
            Severity::Note => {}
        }
        added.push(diagnostic.clone());
        input.report_row(diagnostic);
    }
    for (code, rows) in bad {
        input.invalidate(code, &rows);
    }
    if !context.is_json {
        let screen = &context.screen;
        write(screen, &diagnostics(&added, screen.detail()));
    }
}

/// What to do before the next check: nothing can be fixed in files that cannot be read.
pub(super) fn to_fix(found: &Validation) -> &'static str {
    let found = found.diagnostics.iter();
    let mut errors = found.filter(|found| found.severity == Severity::Error);
    if errors.all(|error| error.code == Code::Unreadable) {
        "give files that can be read, then check them again"
    } else {
        "fix the files, then check them again"
    }
}

/// The cell of a field; the row, if the value comes from `--set`.
fn place_of(input: &Validation, options: &Options, at: usize, field: Option<Field>) -> Place {
    let row = &input.rows[at].place;
    let mut tables = input.files.iter().flat_map(|file| &file.tables);
    let table = tables.find(|table| *table.name == *row.table);
    let column = table
        .zip(field)
        .and_then(|(table, field)| options.column_of(&table.headers, field));
    column.map_or_else(|| row.clone(), |column| row.cell(column))
}
