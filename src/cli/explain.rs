//! `gij explain`.

use clap::Args;

use super::context::{Context, write_json};
use super::exit::{Exit, Failure};
use crate::explain::{Topic, explain as look_up};
use crate::render::{Screen, explanation};

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// A code such as origin-is-clone-url, an integration type, or a column header; omit it to list all
    #[arg(value_name = "CODE|TYPE|FIELD")]
    pub words: Vec<String>,
}

/// Explains a code, a type or a field; without one, lists them all.
pub(super) fn explain(args: &ExplainArgs, context: &Context) -> Result<Exit, Failure> {
    let topic = look_up(&args.words.join(" "))
        .map_err(|unknown| Failure::usage(&unknown).help(unknown.help))?;
    if context.is_json {
        write_json(&topic)?;
    } else {
        let screen = &context.screen;
        screen.verbatim(&explanation(&topic, Screen::page_width()));
        if let Topic::Everything(_) = topic {
            screen.info("\n`gij explain WORD` explains each, with an example\n");
        }
    }
    Ok(Exit::Done)
}
