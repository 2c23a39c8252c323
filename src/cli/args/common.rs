use crate::render::ProgressStyle;
use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
#[command(next_help_heading = "With every command")]
pub(in crate::cli) struct Common {
    /// Show results and problems only
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// When to use colours; `NO_COLOR` is respected
    #[arg(
        long,
        value_name = "WHEN",
        default_value = "auto",
        global = true,
        hide_short_help = true
    )]
    pub color: When,
    /// How to show progress
    #[arg(
        long,
        value_name = "HOW",
        default_value = "auto",
        global = true,
        hide_short_help = true
    )]
    pub progress: ProgressHow,
    /// Text for people, or one JSON document on standard output
    #[arg(long, value_name = "FORM", default_value = "human", global = true)]
    pub format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(in crate::cli) enum When {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(in crate::cli) enum ProgressHow {
    Auto,
    Bar,
    Plain,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(in crate::cli) enum Format {
    Human,
    Json,
}

impl From<ProgressHow> for ProgressStyle {
    fn from(how: ProgressHow) -> Self {
        match how {
            ProgressHow::Auto => Self::Auto,
            ProgressHow::Bar => Self::Bar,
            ProgressHow::Plain => Self::Plain,
        }
    }
}
