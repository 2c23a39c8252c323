//! The `gij` command: see [`gij::cli`] for what it understands.

use std::process::ExitCode;

fn main() -> ExitCode {
    gij::cli::run(std::env::args_os()).into()
}
