use clap::Args;

use super::TakeUpArgs;

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option by itself")]
pub(in crate::cli) struct UndoArgs {
    /// Run to take back: `last`, an id, a part of its name, or its path
    #[arg(value_name = "RUN", default_value = "last")]
    pub run: String,
    /// Show what would be removed, and remove nothing
    #[arg(long, conflicts_with_all = ["adopt", "absent"])]
    pub dry_run: bool,
    /// Do not ask before removing
    #[arg(long, short)]
    pub yes: bool,
    /// Only what these rows created, such as 2-50 or 'Azure!2-50,60'
    #[arg(long, value_name = "ROWS")]
    pub rows: Vec<String>,
    /// Only what rows with this text in this recognised column created, such as 'type=AZURE'; repeatable, all must hold
    #[arg(long, value_name = "HEADER=TEXT")]
    pub only: Vec<String>,
    /// Remove also what was changed in Jira since it was created
    #[arg(long)]
    pub include_changed: bool,
    /// Remove also what was found in Jira's list when no answer said that it was created
    #[arg(long)]
    pub include_found: bool,
    /// Remove the doubles of rows that were sent more than once, asking for each; nothing else
    #[arg(
        long,
        conflicts_with_all = [
            "dry_run", "yes", "rows", "only", "include_changed", "include_found", "adopt", "absent"
        ]
    )]
    pub duplicates: bool,
    #[command(flatten)]
    pub take_up: TakeUpArgs,
}
