//! `gij template`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::context::{Context, write_json};
use super::exit::{Exit, Failure};
use super::report_files::refuse_existing;
use crate::model::IntegrationType;
use crate::render::command_line;
use crate::report::write;
use crate::sheets::{SheetForm, Template};

#[derive(Debug, Args)]
pub(super) struct TemplateArgs {
    #[command(flatten)]
    pub file: SheetFileArgs,
    /// Only these integration types, such as GITHUB,AZURE
    #[arg(long = "type", value_name = "TYPE", value_delimiter = ',', value_parser = integration_type)]
    pub types: Vec<IntegrationType>,
}

/// The sheet that a command writes for people to fill in.
#[derive(Debug, Args)]
pub(super) struct SheetFileArgs {
    /// File to write: .xlsx with drop-down lists and explanations, or .csv
    #[arg(long, short, value_name = "FILE")]
    pub output: PathBuf,
    /// Overwrite the file if it exists
    #[arg(long)]
    pub force: bool,
}

impl SheetFileArgs {
    /// The form of the file, if it may be written.
    pub(super) fn form(&self) -> Result<SheetForm, Failure> {
        refuse_existing(&self.output, self.force)?;
        SheetForm::of_file(&self.output).map_err(Failure::usage)
    }

    /// Writes the file. Returns its name, and the command that checks it.
    pub(super) fn write(&self, bytes: &[u8]) -> Result<(String, String), Failure> {
        write(&self.output, bytes).map_err(|error| Failure::new(Exit::Stopped, error))?;
        let file = self.output.display().to_string();
        let check = command_line(["gij", "check", &file]);
        Ok((file, check))
    }
}

/// Writes a starter spreadsheet.
pub(super) fn template(args: &TemplateArgs, context: &Context) -> Result<Exit, Failure> {
    let form = args.file.form()?;
    let template = Template::new(&args.types);
    let (file, check) = args.file.write(&form.render(&template))?;
    if context.is_json {
        let types = template.types.iter().map(|known| known.name());
        let columns = template.columns.iter().map(|field| field.name());
        write_json(&json!({
            "file": file,
            "types": types.collect::<Vec<_>>(),
            "columns": columns.collect::<Vec<_>>(),
        }))?;
        return Ok(Exit::Done);
    }
    let examples = match &*template.types {
        [one] => format!("an example row for {one}"),
        types => format!("an example row for each of {} types", types.len()),
    };
    let columns = template.columns.len();
    let written = format!("{file}: {columns} columns, {examples}\n");
    context.screen.result(&written);
    context.next(&format!(
        "fill in the cells in <angle brackets>, delete the examples that you do not need, then check the file:\n  {check}"
    ));
    Ok(Exit::Done)
}

fn integration_type(name: &str) -> Result<IntegrationType, String> {
    let name = name.trim();
    IntegrationType::from_name(name).ok_or_else(|| {
        let help = IntegrationType::help_for(name);
        format!("this is not an integration type; {help}")
    })
}
