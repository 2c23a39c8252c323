//! `gij template`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::context::{Context, write_json};
use super::exit::{Exit, Failure};
use super::report_files::refuse_existing;
use crate::model::IntegrationType;
use crate::render::command_line;
use crate::report::write;
use crate::sheets::{SheetForm, Template};

#[derive(Debug, Args)]
pub(super) struct TemplateArgs {
    /// File to write: .xlsx with drop-down lists and explanations, or .csv
    #[arg(long, short, value_name = "FILE")]
    pub output: PathBuf,
    /// Only these integration types, such as GITHUB,AZURE
    #[arg(long = "type", value_name = "TYPE", value_delimiter = ',')]
    pub types: Vec<String>,
    /// Overwrite the file if it exists
    #[arg(long)]
    pub force: bool,
}

/// The document of `--format json`.
#[derive(Serialize)]
struct Written<'a> {
    file: String,
    types: Vec<&'a str>,
    columns: Vec<&'a str>,
}

/// Writes a starter spreadsheet.
pub(super) fn template(args: &TemplateArgs, context: &Context) -> Result<Exit, Failure> {
    let form = SheetForm::of_file(&args.output).map_err(Failure::usage)?;
    let template = Template::new(&types(&args.types)?);
    refuse_existing(&args.output, args.force)?;
    let bytes = form.render(&template);
    write(&args.output, &bytes).map_err(|error| Failure::new(Exit::Stopped, error))?;
    if context.is_json {
        write_json(&written(&args.output, &template))?;
    } else {
        report(&args.output, &template, context);
    }
    Ok(Exit::Done)
}

fn types(names: &[String]) -> Result<Vec<IntegrationType>, Failure> {
    let names = names.iter().map(|name| name.trim());
    names
        .map(|name| {
            IntegrationType::from_name(name).ok_or_else(|| {
                Failure::usage(format!("`{name}` is not an integration type"))
                    .help(IntegrationType::help_for(name))
            })
        })
        .collect()
}

fn written<'a>(file: &Path, template: &'a Template) -> Written<'a> {
    Written {
        file: file.display().to_string(),
        types: template.types().iter().map(|known| known.name()).collect(),
        columns: template
            .columns()
            .iter()
            .map(|field| field.name())
            .collect(),
    }
}

fn report(file: &Path, template: &Template, context: &Context) {
    let examples = match template.types() {
        [one] => format!("an example row for {one}"),
        types => format!("an example row for each of {} types", types.len()),
    };
    context.screen.result(&format!(
        "{}: {} columns, {examples}\n",
        file.display(),
        template.columns().len()
    ));
    let file = file.display().to_string();
    context.next(&format!(
        "fill in the cells in <angle brackets>, delete the examples that you do not need, then check the file:\n  {}",
        command_line(["gij", "check", &file])
    ));
}
