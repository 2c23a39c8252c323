//! `gij man`: a manual page for each command, from its definition.

use std::path::PathBuf;
use std::{fs, io};

use clap::{Args, Command};
use clap_mangen::Man;

use super::context::Context;
use super::exit::{Exit, Failure};
use crate::render::count;

#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// Directory to write the pages into; created if it does not exist
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
}

/// Writes the page of each command, `gij.1` first.
pub(super) fn man(args: &ManArgs, root: Command, context: &Context) -> Result<Exit, Failure> {
    let dir = args.dir.display();
    let mut root = root.disable_help_subcommand(true);
    root.build();
    let pages: Vec<&Command> = [&root].into_iter().chain(root.get_subcommands()).collect();
    let write = |page: &&Command| {
        let name = page.get_display_name().unwrap_or_else(|| page.get_name());
        let source = concat!("gij ", env!("CARGO_PKG_VERSION"));
        let man = Man::new(shown((*page).clone())).title(name).source(source);
        let mut text = Vec::new();
        man.render(&mut text)?;
        text.extend(examples_section(page).bytes());
        fs::write(args.dir.join(man.get_filename()), text)
    };
    let written: io::Result<()> =
        fs::create_dir_all(&args.dir).and_then(|()| pages.iter().try_for_each(write));
    written.map_err(|error| Failure::usage(format!("cannot write the pages to {dir}: {error}")))?;
    let pages = count(pages.len() as u64, "page", "pages");
    context.screen.info(&format!("{pages} written to {dir}\n"));
    Ok(Exit::Done)
}

/// Everything that `--help` shows, but for the examples, which would be filled like prose.
fn shown(command: Command) -> Command {
    command
        .after_long_help(None::<&str>)
        .mut_args(|arg| arg.hide_short_help(false))
}

/// The examples behind the help of a command as a section whose lines are not filled; nothing if there are none.
fn examples_section(command: &Command) -> String {
    let help = command.get_after_long_help().map(ToString::to_string);
    let Some((_, examples)) = help.as_deref().and_then(|help| help.split_once('\n')) else {
        return String::new();
    };
    let lines = examples
        .lines()
        .map(|line| line.trim_start().replace('-', r"\-") + "\n");
    format!(".SH EXAMPLES\n.nf\n{}.fi\n", lines.collect::<String>())
}
