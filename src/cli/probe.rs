//! `gij probe`, and the same before an import: the credentials of valid rows are tried at their own hosts.

use std::time::Duration;

use clap::Args;

use super::check::{add_problems, end};
use super::connect::NetworkArgs;
use super::context::Context;
use super::exit::{Exit, Failure};
use super::input::{self, InputArgs};
use super::question::{self, Reply};
use super::report_files::ReportArgs;
use super::runtime::Runtime;
use crate::engine::Stop;
use crate::http::ClientError;
use crate::probe::{Network, Probe, ProbeRules};
use crate::render::{Screen, count};
use crate::sandbox::{Config, Sandbox};
use crate::validate::{Options, Purpose, Validation};

/// The longest time for a request to a git host: a host that hangs must not hold up the others for long.
const TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Debug, Args)]
pub(super) struct ProbeArgs {
    #[command(flatten)]
    pub input: InputArgs,
    /// Send the credentials to their hosts without asking for confirmation
    #[arg(long, short)]
    pub yes: bool,
    /// Rehearse with simulated hosts inside this process; never asks
    #[arg(long)]
    pub sandbox: bool,
    #[command(flatten)]
    pub network: NetworkArgs,
    #[command(flatten)]
    pub reports: ReportArgs,
}

/// Validates the files and tries the credentials of the valid rows.
pub(super) fn probe(args: &ProbeArgs, context: &Context) -> Result<Exit, Failure> {
    args.network.check()?;
    let mut options = args.input.options(Purpose::Import, Vec::new())?;
    args.reports.extend(&mut options)?;
    context.reports.open(&args.reports)?;
    let mut found = input::read(&args.input.files, &options)?;
    if !context.is_json {
        input::show(&found, &context.screen, Screen::result);
    }
    let prober = Prober {
        context,
        show: Screen::result,
        network: &args.network,
        options: &options,
        is_sandbox: args.sandbox,
        is_confirmed: args.yes,
        has_stdin: args.input.has_stdin(),
    };
    // Where a file or a header is wrong, it is not known what the cells are.
    if !found.has_table_errors() && !prober.probe(&Runtime::new()?, &mut found, |_| true)? {
        return Ok(Exit::Interrupted);
    }
    end(&found, context)
}

/// Tries credentials, once that is confirmed.
pub(super) struct Prober<'a> {
    pub context: &'a Context,
    /// Where the findings are shown.
    pub show: fn(&Screen, &str),
    pub network: &'a NetworkArgs,
    /// How the rows were validated.
    pub options: &'a Options,
    pub is_sandbox: bool,
    /// Whether no question is needed.
    pub is_confirmed: bool,
    /// Whether standard input is read as a file, and cannot answer questions.
    pub has_stdin: bool,
}

impl Prober<'_> {
    /// Tries the credentials of the valid rows of `input` whose index `is_tried`, shows what is found and adds it to `input`.
    /// Returns whether it was confirmed.
    pub(super) fn probe(
        &self,
        runtime: &Runtime,
        input: &mut Validation,
        is_tried: impl Fn(usize) -> bool,
    ) -> Result<bool, Failure> {
        let screen = &self.context.screen;
        let sandbox = self.is_sandbox.then(|| Sandbox::start(Config::default()));
        let sandbox = sandbox.transpose()?;
        let rules = ProbeRules {
            allow_plain_http: self.network.allow_plain_http,
            sandbox: sandbox.as_ref().map(Sandbox::url),
        };
        let rows = input.rows.iter().enumerate();
        let probe = Probe::new(rows.filter(|(at, _)| is_tried(*at)), &rules);
        if probe.hosts().next().is_some() && !self.is_consented(&probe, runtime)? {
            screen.problem("nothing was sent\n");
            return Ok(false);
        }
        let network = Network {
            timeout: TIMEOUT,
            ca_certs: self.network.ca_cert.clone(),
            proxy: self.network.proxy.clone(),
        };
        let findings = runtime.unless_interrupted(probe.run(&network));
        let findings = findings.ok_or(Stop::Interrupted)??;
        let problems = findings
            .into_iter()
            .map(|finding| (finding.row, finding.field, finding.problem));
        add_problems(input, self.options, problems, self.context, self.show);
        Ok(true)
    }

    /// Shows which hosts get credentials, and asks whether they may.
    fn is_consented(&self, probe: &Probe<'_>, runtime: &Runtime) -> Result<bool, Failure> {
        let screen = &self.context.screen;
        let (hosts, what) = targets(probe);
        if self.is_sandbox || self.is_confirmed {
            let simulated = if self.is_sandbox {
                ", all simulated: nothing leaves this machine"
            } else {
                ""
            };
            screen.info(&format!("sending {what}{simulated}\n{hosts}\n"));
            return Ok(true);
        }
        let help = "review the hosts above, then pass `--yes`";
        screen.problem(&hosts);
        question::confirmation(false, self.has_stdin, "no credential was sent", help)?;
        let question = format!("Send {what} to check whether they work?");
        Ok(question::ask(&question, runtime, screen) == Reply::Yes)
    }
}

/// The hosts, one a line, and how many credentials go to how many of them.
fn targets(probe: &Probe<'_>) -> (String, String) {
    let hosts: Vec<(&str, usize)> = probe.hosts().collect();
    let credentials: usize = hosts.iter().map(|(_, credentials)| credentials).sum();
    let lines = hosts.iter().map(|(host, number)| {
        let number = count(*number as u64, "credential", "credentials");
        format!("  {host}  {number}\n")
    });
    let what = format!(
        "{} to {}",
        count(credentials as u64, "credential", "credentials"),
        count(hosts.len() as u64, "host", "hosts")
    );
    (lines.collect(), what)
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        Self::usage(error)
    }
}
