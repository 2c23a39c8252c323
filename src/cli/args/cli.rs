use clap::builder::styling::{AnsiColor, Styles};
use clap::{CommandFactory as _, Parser, Subcommand};

use super::{
    CheckArgs, Common, DoctorArgs, ExplainArgs, ImportArgs, ResumeArgs, RunsArgs, SandboxArgs,
    TemplateArgs, UndoArgs, VerifyArgs,
};

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
  doctor    Look whether Jira is there, lets us in and has the app, and say what to do

Run:
  import    Validate, show the plan, ask, create each integration once, report
  resume    Go on with a run that was interrupted or left rows undone

Afterwards:
  verify    Say which of a run's integrations Jira has indexed since
  undo      Delete what a run created, and only that
  runs      List the runs: when, what, how each ended, the next command to type

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
pub(in crate::cli) struct Cli {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub common: Common,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    /// Say everything that is wrong with spreadsheets; never touches the network
    Check(CheckArgs),
    /// Write a starter sheet: columns, explanations, drop-downs
    Template(TemplateArgs),
    /// Look whether Jira is there, lets us in and has the app, and say what to do
    Doctor(DoctorArgs),
    /// Validate, show the plan, ask, create each integration once, report
    Import(Box<ImportArgs>),
    /// Go on with a run that was interrupted or left rows undone
    Resume(Box<ResumeArgs>),
    /// Say which of a run's integrations Jira has indexed since
    Verify(VerifyArgs),
    /// Delete what a run created, and only that
    Undo(Box<UndoArgs>),
    /// List the runs: when, what, how each ended, the next command to type
    Runs(RunsArgs),
    /// Say what a diagnostic, an integration type or a column means, with an example
    Explain(ExplainArgs),
    /// Run a simulated Jira to rehearse against
    Sandbox(SandboxArgs),
}

/// The command as clap knows it: for tests and documentation.
pub fn command() -> clap::Command {
    Cli::command()
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
}
