use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(in crate::cli) struct TemplateArgs {
    /// File to write: .xlsx with drop-downs and explanations, or .csv
    #[arg(long, short, value_name = "FILE")]
    pub output: PathBuf,
    /// Integration types to write it for, such as GITHUB,AZURE; all of them without it
    #[arg(long = "type", value_name = "TYPE", value_delimiter = ',')]
    pub types: Vec<String>,
    /// Replace the file if it is there already
    #[arg(long)]
    pub force: bool,
}
