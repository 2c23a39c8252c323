//! `gij completions`: what a shell knows of the command line, from its definition.

use clap::{Args, Command};
use clap_complete::{Shell, generate};

use super::context::unwritten;
use super::exit::{Exit, Failure};
use crate::render::Screen;

#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// Shell to write completions for
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

/// Writes the completions to standard output.
pub(super) fn completions(args: &CompletionsArgs, mut root: Command) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    generate(args.shell, &mut root, "gij", &mut script);
    let written = Screen::document(|out| out.write_all(&script));
    written.map_err(|error| unwritten(&error))?;
    Ok(Exit::Done)
}
