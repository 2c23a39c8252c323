//! What can be typed.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold());

const TEMPLATE: &str = "\
{about}

{usage-heading} {usage}

Prepare:
  check     Say everything that is wrong with spreadsheets; never touches the network
  template  Write a starter sheet: columns, explanations, drop-downs

Run:
  import    Validate, show the plan, ask, create each integration once, report

Help:
  explain   Say what a diagnostic, an integration type or a column means, with an example
  sandbox   Run a simulated Jira to rehearse against
  help      Show help for a command

Options:
{options}

A first rehearsal, which touches no Jira:  gij import FILE --sandbox
";

/// Create Git Integration for Jira integrations from spreadsheets: all validated first, each created once.
#[derive(Debug, Parser)]
#[command(name = "gij", version, styles = STYLES, help_template = TEMPLATE, max_term_width = 100)]
#[command(arg_required_else_help = true)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub common: Common,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "With every command")]
pub(super) struct Common {
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
pub(super) enum When {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum ProgressHow {
    Auto,
    Bar,
    Plain,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum HiddenRowsHow {
    Include,
    Skip,
    Error,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum Format {
    Human,
    Json,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Say everything that is wrong with spreadsheets; never touches the network
    Check(CheckArgs),
    /// Write a starter sheet: columns, explanations, drop-downs
    Template(TemplateArgs),
    /// Validate, show the plan, ask, create each integration once, report
    Import(Box<ImportArgs>),
    /// Say what a diagnostic, an integration type or a column means, with an example
    Explain(ExplainArgs),
    /// Run a simulated Jira to rehearse against
    Sandbox(SandboxArgs),
}

#[derive(Debug, Args)]
pub(super) struct InputArgs {
    /// Spreadsheets (CSV, TSV, XLSX, XLSM); `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Read only this sheet; repeatable
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    pub sheet: Vec<String>,
    /// The number of the header row, instead of looking for it
    #[arg(long, value_name = "N", hide_short_help = true, value_parser = clap::value_parser!(u32).range(1..))]
    pub header_row: Option<u32>,
    /// What separates the cells of a CSV, instead of finding out
    #[arg(long, value_name = "CHAR", hide_short_help = true, value_parser = delimiter)]
    pub delimiter: Option<u8>,
    /// Encoding of a CSV, such as utf-8, utf-16le or windows-1252, instead of finding out
    #[arg(long, value_name = "NAME", hide_short_help = true, value_parser = encoding)]
    pub encoding: Option<&'static encoding_rs::Encoding>,
    /// What becomes of hidden rows of a workbook
    #[arg(
        long,
        value_name = "HOW",
        default_value = "include",
        hide_short_help = true
    )]
    pub hidden_rows: HiddenRowsHow,
    /// What a header means, such as 'Their header=origin'; nothing behind the `=` leaves the column out
    #[arg(long, value_name = "HEADER=FIELD", hide_short_help = true)]
    pub map: Vec<String>,
    /// What blank cells of a field hold, such as type=GITHUB
    #[arg(long, value_name = "FIELD=TEXT", hide_short_help = true)]
    pub set: Vec<String>,
    /// Only rows with this text in this column, such as 'Team=Payments'; repeatable, all must hold
    #[arg(long, value_name = "HEADER=TEXT")]
    pub only: Vec<String>,
    /// Only these rows, such as 2-50 or 'Azure!2-50,60'; the others are not even looked at
    #[arg(long, value_name = "ROWS")]
    pub rows: Vec<String>,
    /// Take warnings for errors
    #[arg(long)]
    pub strict: bool,
    /// Let a warning pass under --strict, or an error that is a guess; by its code
    #[arg(long, value_name = "CODE", hide_short_help = true)]
    pub allow: Vec<String>,
    /// Let secret cells name environment variables as `env:NAME` that match this pattern, such as 'GIT_*'
    #[arg(long, value_name = "PATTERN")]
    pub allow_env: Vec<String>,
    /// Let secret cells name files below this directory as `file:PATH`
    #[arg(long, value_name = "DIR")]
    pub secrets_dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    pub input: InputArgs,
}

#[derive(Debug, Args)]
pub(super) struct TemplateArgs {
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

#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    #[command(flatten)]
    pub input: InputArgs,
    /// Stop after the plan: nothing is created
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask before creating
    #[arg(long, short)]
    pub yes: bool,
    /// Run against a simulated Jira inside this process; ignores JIRA_* and never asks
    #[arg(long, conflicts_with_all = ["jira_url", "token_file", "password_file"])]
    pub sandbox: bool,
    /// Requests under way at once
    #[arg(long, value_name = "N", default_value = "4", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub concurrency: u16,
    /// Longest time without an answer other than "too many requests" and server errors
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = duration, hide_short_help = true)]
    pub max_wait: Duration,
    /// Directory of the runs' journals and reports
    #[arg(long, value_name = "DIR", default_value = "gij-runs")]
    pub runs_dir: PathBuf,
    /// Name of the run, instead of that of its first file
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    pub name: Option<String>,
    #[command(flatten)]
    pub connect: ConnectArgs,
}

/// Where Jira is and how to get in. No secret is ever an argument.
#[derive(Debug, Args)]
#[command(
    next_help_heading = "Connecting (a token comes from JIRA_TOKEN, or JIRA_USER with JIRA_PASSWORD, or a prompt)"
)]
pub(super) struct ConnectArgs {
    /// Jira's base URL with its context path, if any [env: JIRA_URL]
    #[arg(long, value_name = "URL")]
    pub jira_url: Option<String>,
    /// File whose first line is a personal access token
    #[arg(long, value_name = "FILE", conflicts_with = "password_file")]
    pub token_file: Option<PathBuf>,
    /// File whose first line is the password of JIRA_USER
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub password_file: Option<PathBuf>,
    /// Certificate authorities (PEM) to trust beside those of the system
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub ca_cert: Vec<PathBuf>,
    /// Our certificate and key (PEM), where the server asks for one
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub client_cert: Option<PathBuf>,
    /// Do not check Jira's certificate
    #[arg(long, hide_short_help = true)]
    pub insecure: bool,
    /// Proxy, instead of HTTPS_PROXY, HTTP_PROXY and NO_PROXY
    #[arg(long, value_name = "URL", hide_short_help = true)]
    pub proxy: Option<String>,
    /// Send credentials over unencrypted http to another machine
    #[arg(long, hide_short_help = true)]
    pub allow_plain_http: bool,
    /// Longest time for a request
    #[arg(long, value_name = "TIME", default_value = "90s", value_parser = duration, hide_short_help = true)]
    pub timeout: Duration,
    /// Longest time for making a connection
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration, hide_short_help = true)]
    pub connect_timeout: Duration,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// A code such as origin-is-clone-url, an integration type, or a column's header; a list of all without it
    #[arg(value_name = "CODE|TYPE|FIELD")]
    pub words: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct SandboxArgs {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:2990")]
    pub listen: SocketAddr,
    /// Context path, such as /jira
    #[arg(
        long,
        value_name = "PATH",
        default_value = "",
        hide_default_value = true
    )]
    pub context_path: String,
    /// The one token to accept; without it, every credential is accepted
    #[arg(long, value_name = "TOKEN")]
    pub accept_token: Option<String>,
    /// Time that each answer takes
    #[arg(long, value_name = "TIME", default_value = "0ms", value_parser = duration)]
    pub latency: Duration,
    /// Requests a second that are allowed before Jira answers 429
    #[arg(long, value_name = "N")]
    pub rate: Option<std::num::NonZeroU32>,
    /// Let creations go wrong with a probability, such as `cut-after-commit=0.2`; repeatable
    #[arg(long, value_name = "NAME=P")]
    pub fault: Vec<String>,
    /// Seed of the faults, for the same ones again
    #[arg(long, value_name = "N", default_value = "1")]
    pub fault_seed: u64,
}

/// The command as clap knows it: for tests and documentation.
pub fn command() -> clap::Command {
    Cli::command()
}

/// One character, or `tab`.
fn delimiter(text: &str) -> Result<u8, String> {
    match text {
        "tab" | "\\t" => Ok(b'\t'),
        "," | ";" | "|" | "\t" => Ok(text.as_bytes()[0]),
        _ => Err("use one of `,` `;` `|` and `tab`".to_owned()),
    }
}

fn encoding(text: &str) -> Result<&'static encoding_rs::Encoding, String> {
    encoding_rs::Encoding::for_label(text.as_bytes()).ok_or_else(|| {
        "that is no known encoding; use utf-8, utf-16le, utf-16be or windows-1252".to_owned()
    })
}

/// `90s`, `10m`, `500ms`, `1h`; a bare number is seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: u64 = digits
        .parse()
        .map_err(|_| "write a number and a unit, such as `90s`, `10m` or `500ms`".to_owned())?;
    let millis = match &text[digits.len()..] {
        "ms" => Some(number),
        "" | "s" => number.checked_mul(1000),
        "m" => number.checked_mul(60_000),
        "h" => number.checked_mul(3_600_000),
        unit => return Err(format!("`{unit}` is no unit of time; use ms, s, m or h")),
    };
    millis
        .map(Duration::from_millis)
        .ok_or_else(|| "that is too long".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clap_finds_no_fault_in_the_definitions() {
        command().debug_assert();
    }

    #[test]
    fn every_command_stands_in_the_overview() {
        for command in command().get_subcommands() {
            let line = format!(
                "  {:9} {}",
                command.get_name(),
                command.get_about().unwrap()
            );
            assert!(TEMPLATE.contains(&line), "{line}");
        }
    }

    #[test]
    fn times_have_units() {
        assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("10m"), Ok(Duration::from_mins(10)));
        assert_eq!(duration("5"), Ok(Duration::from_secs(5)));
        for wrong in ["", "s", "1.5s", "5d", "18446744073709551615h", "-1s"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
