//! The least that a program with a command line does: it reads that and prints its version. `gij check` of a few rows is
//! measured beside it.

use clap::Parser;

#[derive(Parser)]
#[command(version)]
struct Bare;

fn main() {
    let Bare = Bare::parse();
}
