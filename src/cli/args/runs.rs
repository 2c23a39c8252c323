use std::path::PathBuf;

use clap::Args;

/// Where the runs are, unless the arguments say otherwise.
pub(in crate::cli) const RUNS_DIR: &str = "gij-runs";

/// Where the runs are.
#[derive(Debug, Args)]
pub(in crate::cli) struct RunsArgs {
    /// Directory of the runs' journals and reports
    #[arg(long, value_name = "DIR", default_value = RUNS_DIR)]
    pub runs_dir: PathBuf,
}
