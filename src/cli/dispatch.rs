use std::ffi::OsString;

use clap::Parser as _;
use tokio::runtime::{Builder, Runtime};

use super::args::{Cli, Command, Format, When};
use super::exit::{Exit, Failure};
use super::settings::{
    DoctorSettings, ImportSettings, InputSettings, ResumeSettings, UndoSettings, VerifySettings,
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
    let ended = match cli.command {
        Command::Check(args) => {
            let is_json = cli.common.format == Format::Json;
            InputSettings::of_check(args)
                .and_then(|settings| check::check(&settings, is_json, &screen))
        }
        Command::Template(args) => {
            let is_json = cli.common.format == Format::Json;
            template::template(&args, is_json, &screen)
        }
        Command::Doctor(doctor) => DoctorSettings::new(doctor, cli.common.format, typed(&args))
            .and_then(|settings| doctor::doctor(&settings, &screen)),
        Command::Import(import) => ImportSettings::new(
            *import,
            cli.common.progress,
            cli.common.format,
            typed(&args),
        )
        .and_then(|settings| import::import(&settings, &screen)),
        Command::Verify(verify) => {
            let settings = VerifySettings::new(verify, cli.common.format, typed(&args));
            verify::verify(&settings, &screen)
        }
        Command::Undo(undo) => {
            UndoSettings::new(*undo, cli.common.progress, cli.common.format, typed(&args))
                .and_then(|settings| undo::undo(&settings, &screen))
        }
        Command::Runs(args) => {
            let is_json = cli.common.format == Format::Json;
            runs::runs(&args, is_json, &screen)
        }
        Command::Resume(resume) => ResumeSettings::new(
            *resume,
            cli.common.progress,
            cli.common.format,
            typed(&args),
        )
        .and_then(|settings| resume::resume(&settings, &screen)),
        Command::Explain(args) => {
            let is_json = cli.common.format == Format::Json;
            explain::explain(&args, is_json, &screen)
        }
        Command::Sandbox(args) => sandbox::sandbox(args, &screen),
    };
    ended.unwrap_or_else(|failure| tell(&failure, &screen))
}

/// The arguments behind the program's name, as the next command may repeat them.
fn typed(args: &[OsString]) -> Vec<String> {
    args.iter()
        .skip(1)
        .map(|arg| arg.to_string_lossy().into_owned())
        .collect()
}

fn tell(failure: &Failure, screen: &Screen) -> Exit {
    screen.failure(&failure.message, failure.help.as_deref());
    failure.exit
}

/// The runtime for posting: one thread, as sending is waiting.
pub(super) fn runtime() -> Result<Runtime, Failure> {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            Failure::new(
                Exit::Stopped,
                format!("the system gives no means to connect: {error}"),
            )
        })
}
