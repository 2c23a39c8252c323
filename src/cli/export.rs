//! `gij export`.

use std::collections::HashMap;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::connect::{ConnectArgs, Connected, connect};
use super::context::{Context, write_json};
use super::exit::{Exit, Failure};
use super::pace::READ_ONLY;
use super::report_files::refuse_existing;
use crate::model::Field;
use crate::render::{command_line, count, exported};
use crate::report::write;
use crate::sheets::{Export, Loss, SheetForm, project_ids};

#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// File to write: .xlsx with drop-down lists and explanations, or .csv
    #[arg(long, short, value_name = "FILE")]
    pub output: PathBuf,
    /// Overwrite the file if it exists
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub connect: ConnectArgs,
}

/// The document of `--format json`.
#[derive(Serialize)]
struct Exported<'a> {
    file: String,
    integrations: usize,
    to_fill_in: usize,
    not_shown: Vec<&'a str>,
    losses: &'a [Loss],
}

/// Writes what Jira holds as a sheet.
pub(super) fn export(args: &ExportArgs, context: &Context) -> Result<Exit, Failure> {
    let form = SheetForm::of_file(&args.output).map_err(Failure::usage)?;
    refuse_existing(&args.output, args.force)?;
    let base = args.connect.url()?;
    let (jira, list) = connect(&args.connect, &base, READ_ONLY, &context.screen)?;
    let keys = project_keys(&jira, &project_ids(&list))?;
    let export = Export::new(&list, &keys, form);
    let bytes = form.render(&export.sheet);
    write(&args.output, &bytes).map_err(|error| Failure::new(Exit::Stopped, error))?;
    let file = args.output.display().to_string();
    let check = command_line(["gij", "check", &file]);
    if context.is_json {
        write_json(&Exported {
            integrations: export.len(),
            to_fill_in: export.to_fill_in,
            not_shown: export.not_shown.iter().copied().map(Field::name).collect(),
            losses: &export.losses,
            file,
        })?;
    } else {
        context.screen.problem(&exported(&export));
        let integrations = count(export.len() as u64, "integration", "integrations");
        context.screen.result(&format!("{file}: {integrations}\n"));
    }
    context.next(&match export.to_fill_in {
        0 => format!("check the file:\n  {check}"),
        _ => format!("fill in the cells with TODO, then check the file:\n  {check}"),
    });
    let is_whole = export.losses.iter().all(|loss| loss.field.is_some());
    Ok(if is_whole {
        Exit::Done
    } else {
        Exit::Incomplete
    })
}

/// The keys of the projects with these ids, as far as Jira shows them.
fn project_keys(jira: &Connected, ids: &[String]) -> Result<HashMap<String, String>, Failure> {
    jira.unless_interrupted(async {
        let mut keys = HashMap::new();
        for id in ids {
            if let Some(project) = jira.client.project(id).await? {
                keys.insert(id.clone(), project.key);
            }
        }
        Ok(keys)
    })
}
