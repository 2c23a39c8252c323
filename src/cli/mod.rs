//! The command line: arguments, one file a command with the options that only it has, exit codes.
//!
//! May use every module. The decision to know: clap's structs never leave this module. A command reads its options from
//! them directly; only what has to be parsed, checked or resolved first becomes another value.

mod args;
mod check;
mod completions;
mod connect;
mod context;
mod doctor;
mod exit;
mod explain;
mod export;
mod import;
mod input;
mod loaded_run;
mod man;
mod new_run;
mod next;
mod other_runs;
mod pace;
mod planning;
mod probe;
mod question;
mod report;
mod report_files;
mod resume;
mod runs;
mod runtime;
mod sandbox;
mod seed;
mod session;
mod settle;
mod sheets;
mod template;
mod undo;
mod undo_duplicates;
mod update;
mod values;
mod verify;

use std::ffi::OsString;

use clap::FromArgMatches as _;

pub use args::command;
pub use exit::Exit;

use args::{Cli, Command};
use context::Context;
use exit::Failure;

/// Runs the command line `args`, of which the first is the program's name.
pub fn run(args: impl IntoIterator<Item = OsString>) -> Exit {
    let mut root = command();
    let matches = root.try_get_matches_from_mut(args);
    let parsed = matches.and_then(|matches| {
        let cli = Cli::from_arg_matches(&matches)?;
        let context = Context::new(&cli.common, root, &matches);
        Ok((context, cli.command))
    });
    let (context, command) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            // Help and version are printed here as well; a closed pipe is no error.
            let _ = error.print();
            return if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Done
            };
        }
    };
    let ended = match command {
        Command::Check(args) => check::check(&args, &context),
        Command::Probe(args) => probe::probe(&args, &context),
        Command::Template(args) => template::template(&args, &context),
        Command::Doctor(args) => doctor::doctor(&args, &context),
        Command::Import(args) => import::import(&args, &context),
        Command::Update(args) => update::update(&args, &context),
        Command::Resume(args) => resume::resume(&args, &context),
        Command::Verify(args) => verify::verify(&args, &context),
        Command::Undo(args) => undo::undo(&args, &context),
        Command::Report(args) => report::report(&args, &context),
        Command::Export(args) => export::export(&args, &context),
        Command::Runs(args) => runs::runs(&args, &context),
        Command::Explain(args) => explain::explain(&args, &context),
        Command::Sandbox(args) => sandbox::sandbox(args, &context),
        Command::Completions(args) => completions::completions(&args, self::command()),
        Command::Man(args) => man::man(&args, self::command(), &context),
    };
    let show = |failure: &Failure| {
        context
            .screen
            .failure(&failure.message, failure.help.as_deref());
        failure.exit
    };
    let exit = ended.unwrap_or_else(|failure| show(&failure));
    match context.screen.take_unwritten() {
        // Nobody has seen the result.
        Some(error) if matches!(exit, Exit::Done | Exit::Incomplete) => {
            show(&context::unwritten(&error))
        }
        _ => exit,
    }
}
