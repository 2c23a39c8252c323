//! `gij explain`.

use super::args::ExplainArgs;
use super::check::write_json;
use super::exit::{Exit, Failure};
use crate::explain::{Topic, explain as look_up};
use crate::render::{Screen, explanation};
use crate::report::document;

/// Explains a code, a type or a field; without a word, lists them all.
pub(super) fn explain(args: &ExplainArgs, is_json: bool, screen: &Screen) -> Result<Exit, Failure> {
    let topic = look_up(&args.words.join(" "))
        .map_err(|unknown| Failure::usage(&unknown).help(unknown.help()))?;
    if is_json {
        write_json(&document(&topic))?;
    } else {
        screen.verbatim(&explanation(&topic, Screen::page_width()));
        if let Topic::Everything(_) = topic {
            screen.info("\n`gij explain WORD` explains each, with an example\n");
        }
    }
    Ok(Exit::Done)
}
