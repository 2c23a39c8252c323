//! `gij export`.

use std::collections::HashMap;

use clap::Args;
use serde_json::json;

use super::connect::{ConnectArgs, Connected, connect};
use super::context::{Context, write_json};
use super::exit::{Exit, Failure};
use super::pace::READ_ONLY;
use super::template::SheetFileArgs;
use crate::render::{count, exported};
use crate::sheets::{Export, project_ids};

#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    #[command(flatten)]
    pub file: SheetFileArgs,
    #[command(flatten)]
    pub connect: ConnectArgs,
}

/// Writes what Jira holds as a sheet.
pub(super) fn export(args: &ExportArgs, context: &Context) -> Result<Exit, Failure> {
    let form = args.file.form()?;
    let base = args.connect.url()?;
    let (jira, list) = connect(&args.connect, &base, READ_ONLY, &context.screen)?;
    let keys = project_keys(&jira, &project_ids(&list))?;
    let export = Export::new(&list, &keys, form);
    let (file, check) = args.file.write(&form.render(&export.sheet))?;
    if context.is_json {
        let not_shown = export.not_shown.iter().map(|field| field.name());
        write_json(&json!({
            "file": file,
            "integrations": export.len(),
            "to_fill_in": export.to_fill_in,
            "not_shown": not_shown.collect::<Vec<_>>(),
            "losses": export.losses,
        }))?;
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
