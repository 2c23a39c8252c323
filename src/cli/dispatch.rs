use std::ffi::OsString;

use clap::Parser as _;

use super::args::{Cli, Command, When};
use super::exit::{Exit, Failure};
use super::settings::{
    DoctorSettings, ImportSettings, InputSettings, Invocation, ResumeSettings, UndoSettings,
    VerifySettings,
};
use super::{check, doctor, explain, import, resume, runs, sandbox, template, undo, verify};
use crate::render::{Color, Screen};

/// Does what the command line `args` says, and tells how it ended.
pub fn run(args: impl IntoIterator<Item = OsString>) -> Exit {
    let args: Vec<OsString> = args.into_iter().collect();
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; a closed pipe is not one either.
            let _ = error.print();
            return if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Done
            };
        }
    };
    let color = match cli.common.color {
        When::Auto => Color::Auto,
        When::Always => Color::Always,
        When::Never => Color::Never,
    };
    let screen = Screen::new(color, cli.common.quiet);
    let invocation = Invocation::new(&cli.common, &args);
    let is_json = invocation.is_json;
    let ended = match cli.command {
        Command::Check(args) => InputSettings::of_check(args)
            .and_then(|settings| check::check(&settings, is_json, &screen)),
        Command::Template(args) => template::template(&args, is_json, &screen),
        Command::Doctor(args) => DoctorSettings::new(args, invocation)
            .and_then(|settings| doctor::doctor(&settings, &screen)),
        Command::Import(args) => ImportSettings::new(*args, invocation)
            .and_then(|settings| import::import(&settings, &screen)),
        Command::Resume(args) => ResumeSettings::new(*args, invocation)
            .and_then(|settings| resume::resume(&settings, &screen)),
        Command::Verify(args) => verify::verify(&VerifySettings::new(args, invocation), &screen),
        Command::Undo(args) => {
            UndoSettings::new(*args, invocation).and_then(|settings| undo::undo(&settings, &screen))
        }
        Command::Runs(args) => runs::runs(&args, is_json, &screen),
        Command::Explain(args) => explain::explain(&args, is_json, &screen),
        Command::Sandbox(args) => sandbox::sandbox(args, &screen),
    };
    let exit = ended.unwrap_or_else(|failure| tell(&failure, &screen));
    match screen.take_unwritten() {
        // Nobody has seen that all is well, or what is not.
        Some(error) if matches!(exit, Exit::Done | Exit::Incomplete) => {
            tell(&check::unwritten(&error), &screen)
        }
        _ => exit,
    }
}

fn tell(failure: &Failure, screen: &Screen) -> Exit {
    screen.failure(&failure.message, failure.help.as_deref());
    failure.exit
}
