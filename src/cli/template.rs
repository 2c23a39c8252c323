//! `gij template`.

use std::path::Path;

use serde::Serialize;

use super::args::TemplateArgs;
use super::check::write_json;
use super::exit::{Exit, Failure};
use crate::model::IntegrationType;
use crate::render::{Screen, command_line};
use crate::report::{document, write};
use crate::sheets::{SheetForm, Template};

/// The document of `--format json`.
#[derive(Serialize)]
struct Written<'a> {
    file: String,
    types: Vec<&'a str>,
    columns: Vec<&'a str>,
}

/// Writes a starter sheet.
pub(super) fn template(
    args: &TemplateArgs,
    is_json: bool,
    screen: &Screen,
) -> Result<Exit, Failure> {
    let form = SheetForm::of_file(&args.output).map_err(Failure::usage)?;
    let template = Template::new(&types(&args.types)?);
    if !args.force && is_there(&args.output) {
        return Err(
            Failure::usage(format!("{} is there already", args.output.display()))
                .help("give another name, or `--force` to replace it"),
        );
    }
    let bytes = form.render(&template);
    write(&args.output, &bytes).map_err(|error| Failure::new(Exit::Stopped, error))?;
    if is_json {
        write_json(&document(&written(&args.output, &template)))?;
    } else {
        tell(&args.output, &template, screen);
    }
    Ok(Exit::Done)
}

/// Whether something stands at `path`, be it a link that leads nowhere.
fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
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
        types: template.types().iter().map(|of| of.name()).collect(),
        columns: template
            .columns()
            .iter()
            .map(|field| field.name())
            .collect(),
    }
}

fn tell(file: &Path, template: &Template, screen: &Screen) {
    let examples = match template.types() {
        [one] => format!("an example row for {one}"),
        types => format!("an example row for each of {} types", types.len()),
    };
    screen.result(&format!(
        "{}: {} columns, {examples}\n",
        file.display(),
        template.columns().len()
    ));
    let file = file.display().to_string();
    screen.info(&format!(
        "\nNext: fill in what stands in <angle brackets>, delete the examples that you do not need, then check it:\n  {}\n",
        command_line(["gij", "check", &file])
    ));
}
