//! `gij explain`.

use serde::Serialize;

use super::args::ExplainArgs;
use super::check::write_json;
use super::exit::{Exit, Failure};
use crate::explain::{Topic, explain as look_up};
use crate::render::{Screen, explanation};
use crate::report::document;

/// The document of `--format json`.
#[derive(Serialize)]
struct Document<'a> {
    format: u32,
    #[serde(flatten)]
    topic: &'a Topic,
}

/// Explains a code, a type or a field; without a word, lists them all.
pub(super) fn explain(args: &ExplainArgs, is_json: bool, screen: &Screen) -> Result<Exit, Failure> {
    let topic = look_up(&args.words.join(" "))
        .map_err(|unknown| Failure::usage(&unknown).help(unknown.help()))?;
    if is_json {
        let topic = &topic;
        write_json(&document(&Document { format: 1, topic }))?;
    } else {
        screen.verbatim(&explanation(&topic, Screen::page_width()));
        if let Topic::Everything(_) = topic {
            screen.info("\n`gij explain WORD` explains each, with an example\n");
        }
    }
    Ok(Exit::Done)
}
