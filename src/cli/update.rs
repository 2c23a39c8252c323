//! `gij update`.

use clap::Args;

use super::context::Context;
use super::exit::{Exit, Failure};
use super::new_run::{NewRun, NewRunArgs, OnExisting};

#[derive(Debug, Args)]
pub(super) struct UpdateArgs {
    /// Fields to change, such as pat,password or global,projectKeys; no other field is sent
    #[arg(
        long,
        value_name = "FIELD,FIELD",
        required = true,
        value_delimiter = ','
    )]
    pub fields: Vec<String>,
    #[command(flatten)]
    pub common: NewRunArgs,
}

/// Validates, shows what would change, asks, changes the named fields of integrations that exist, reports.
pub(super) fn update(args: &UpdateArgs, context: &Context) -> Result<Exit, Failure> {
    NewRun::new(&args.common, &args.fields, OnExisting::Skip, context)?.run()
}
