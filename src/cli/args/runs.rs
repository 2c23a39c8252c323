use std::path::PathBuf;

use clap::Args;

/// Where the runs are.
#[derive(Debug, Args)]
pub(in crate::cli) struct RunsArgs {
    /// Directory of the runs' journals and reports
    #[arg(long, value_name = "DIR", default_value = "gij-runs")]
    pub runs_dir: PathBuf,
}
