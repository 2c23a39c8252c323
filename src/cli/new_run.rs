//! The story of a new run, which `import` and `update` share: validate, plan, ask, send, report.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use super::check::to_fix;
use super::connect::{ConnectArgs, Connected, connect_on};
use super::context::Context;
use super::exit::{Exit, Failure};
use super::input::{self, InputArgs, in_option};
use super::loaded_run::RunsArgs;
use super::next::{left_to_do, to_continue, verify_or_nothing};
use super::other_runs::{read_history, refuse_second_run};
use super::pace::PaceArgs;
use super::planning::{Planner, new_matcher};
use super::probe::Prober;
use super::question;
use super::report_files::ReportArgs;
use super::session::{GIJ, Session, session_start};
use super::values::env;
use crate::engine::{Matcher, Opening, open};
use crate::jira::BaseUrl;
use crate::journal::{
    ConfirmedBy, History, Input, Jira, Journal, Lock, RunDir, RunOpened, SessionKind, VERSION,
    lock_jira,
};
use crate::model::Code;
use crate::plan::{Plan, PlanDigest, integrations_of};
use crate::render::{Screen, count, dry_run_rows, existing_rows, plan as plan_text};
use crate::report::{Report, tally};
use crate::validate::{FileRead, Options, Purpose, Validation};

#[expect(clippy::struct_excessive_bools, reason = "each is an option")]
#[derive(Debug, Args)]
pub(super) struct NewRunArgs {
    #[command(flatten)]
    pub input: InputArgs,
    /// Show the plan and stop; nothing is sent
    #[arg(long)]
    pub dry_run: bool,
    /// Exit with 10 if a dry run has something to do
    #[arg(long, requires = "dry_run", hide_short_help = true)]
    pub detailed_exitcode: bool,
    /// Refuse any plan but the one with this digest, which a dry run shows
    #[arg(long, value_name = "DIGEST", hide_short_help = true)]
    pub approved: Option<String>,
    /// Send without asking for confirmation
    #[arg(long, short)]
    pub yes: bool,
    /// Rehearse against a simulated Jira inside this process; ignores JIRA_* and never asks
    #[arg(long, conflicts_with_all = ["jira_url", "token_file", "password_file"])]
    pub sandbox: bool,
    /// Spreadsheet of integrations that the simulated Jira holds, as `gij export` writes it
    #[arg(
        long,
        value_name = "EXPORT",
        requires = "sandbox",
        hide_short_help = true
    )]
    pub sandbox_seed: Option<PathBuf>,
    /// Try each credential at its git host first, as `gij probe` does
    #[arg(long)]
    pub probe: bool,
    /// Skip invalid rows and send the others
    #[arg(long)]
    pub skip_invalid: bool,
    /// Pilot: send only the first N of the rows to send
    #[arg(long, value_name = "N")]
    pub limit: Option<NonZeroU32>,
    /// Start a new run even if the last run of a file is unfinished, or a row is in doubt in another run
    #[arg(long, hide_short_help = true)]
    pub new_run: bool,
    #[command(flatten)]
    pub runs: RunsArgs,
    /// Name of the run [default: the name of the first file]
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    pub name: Option<String>,
    #[command(flatten)]
    pub reports: ReportArgs,
    #[command(flatten)]
    pub pace: PaceArgs,
    #[command(flatten)]
    pub connect: ConnectArgs,
}

/// What to do with rows that already exist in Jira.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum OnExisting {
    Skip,
    Fail,
}

/// A new run and what its options mean.
pub(super) struct NewRun<'a> {
    args: &'a NewRunArgs,
    on_existing: OnExisting,
    /// The URL of Jira; none for a rehearsal.
    base: Option<BaseUrl>,
    options: Options,
    /// How long Jira is given to list what it created.
    settle: Duration,
    context: &'a Context,
}

impl<'a> NewRun<'a> {
    /// A run that creates integrations, or that changes the `fields` of those that exist, if there are any.
    pub(super) fn new(
        args: &'a NewRunArgs,
        fields: &[String],
        on_existing: OnExisting,
        context: &'a Context,
    ) -> Result<Self, Failure> {
        context.reports.open(&args.reports)?;
        let base = (!args.sandbox).then(|| args.connect.url()).transpose()?;
        let own_files = args.connect.own_files();
        let mut options = args.input.options(Purpose::Import, own_files)?;
        for field in fields {
            options.update_field(field).map_err(in_option("--fields"))?;
        }
        args.reports.extend(&mut options)?;
        Ok(Self {
            args,
            on_existing,
            base,
            options,
            settle: args.pace.settle_after(&[]),
            context,
        })
    }
}

impl NewRun<'_> {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let Self { args, context, .. } = self;
        let confirmed_by = self.confirmation()?;
        let second_run = |history: &History| {
            refuse_second_run(history, &args.input.files, context, args.dry_run)
        };
        if !args.new_run && !args.dry_run {
            second_run(&self.history(None)?)?;
        }
        let mut input = input::read(&args.input.files, &self.options)?;
        if !context.is_json {
            input::show(&input, &context.screen, Screen::problem);
        }
        if self.is_refused(&input) {
            return self.refuse(&input);
        }
        let listed_at = Timestamp::now();
        let (connection, sandbox) = match &self.base {
            Some(base) => (args.connect.connection(base)?, None),
            None => args.connect.rehearsal(args.sandbox_seed.as_deref())?,
        };
        let pace = args.pace.pace();
        let (jira, remote) = connect_on(&connection, sandbox, pace, &context.screen)?;
        // Until this run is over no other one begins on the same Jira. One may have ended just now. A rehearsal has its Jira
        // to itself, and a dry run sends nothing.
        let must_lock = !args.sandbox && !args.dry_run;
        let lock = must_lock.then(|| lock_jira(&args.runs.runs_dir, jira.jira.identity()));
        let lock = lock.transpose()?;
        let planner = Planner {
            context,
            jira: &jira,
            history: self.history(jira.jira.own_url.as_deref())?,
            is_dry_run: args.dry_run,
            settle: self.settle,
            named: self.options.named(),
        };
        // Jira's own URL may be that of a run which was started by another.
        let unfinished = (!args.new_run).then(|| second_run(&planner.history));
        let unfinished = unfinished.transpose()?.flatten();
        let listing = planner.listing(listed_at, remote);
        planner.check(&mut input, &self.options, &listing)?;
        if args.probe && !self.is_refused(&input) {
            let is_there = integrations_of(&input.rows, &listing.remote);
            let is_tried = |at: usize| !self.is_update() || is_there[at];
            let prober = Prober {
                context,
                show: Screen::problem,
                network: &args.connect.network,
                options: &self.options,
                is_sandbox: args.sandbox,
                is_confirmed: args.yes,
                has_stdin: args.input.has_stdin(),
            };
            if !prober.probe(&jira.runtime, &mut input, is_tried)? {
                return Ok(Exit::Interrupted);
            }
        }
        if self.is_refused(&input) {
            return self.refuse(&input);
        }
        let mut plan = planner.plan(std::mem::take(&mut input.rows), &listing)?;
        if let Some(most) = args.limit {
            plan = plan.limited_to(most.get() as usize);
        }
        if !args.new_run {
            planner.refuse_rows_in_doubt(&plan)?;
        }
        let digest = self.digest(&input, &plan, &jira.jira)?;
        if args.dry_run || self.refusal(&plan, &digest).is_some() {
            return self.end_at_plan(&input, &plan, &jira.jira, unfinished);
        }
        let must_ask = confirmed_by.is_none() && plan.to_send().next().is_some();
        let mut text = plan_text(&plan, &jira.jira, &input, false);
        // Each rehearsal has another Jira, so that its digest approves nothing.
        if !args.sandbox {
            let _ = writeln!(text, "  Digest {digest}");
        }
        let confirmed = planner.confirm(plan, &text, must_ask, &Matcher::default())?;
        let Some((plan, listing)) = confirmed else {
            context.screen.problem("nothing was sent\n");
            context.next(&to_continue(&context.given.again()));
            return Ok(Exit::Interrupted);
        };
        let digest = self.digest(&input, &plan, &jira.jira)?;
        if self.refusal(&plan, &digest).is_some() {
            return self.end_at_plan(&input, &plan, &jira.jira, None);
        }
        let confirmed_by = confirmed_by.unwrap_or(if must_ask {
            ConfirmedBy::Answer
        } else {
            ConfirmedBy::NotNeeded
        });
        self.send(&input, plan, listing.at, confirmed_by, jira, lock)
    }

    /// Begins the run on disk, sends what the plan contains, and reports.
    fn send(
        &self,
        input: &Validation,
        plan: Plan,
        listed_at: Timestamp,
        confirmed_by: ConfirmedBy,
        jira: Connected,
        lock: Option<Lock>,
    ) -> Result<Exit, Failure> {
        let Self { args, context, .. } = self;
        let first = args
            .input
            .files
            .first()
            .map_or(Path::new("import"), |file| file);
        let name = args.name.as_deref();
        let run_dir = RunDir::create(&args.runs.runs_dir, name, first, listed_at)?;
        let run = &run_dir.id;
        let kind = if self.is_update() {
            SessionKind::Update
        } else {
            SessionKind::Import
        };
        let settings = BTreeMap::from([("input", &self.options)]);
        let settings = serde_json::to_value(settings).map_err(Failure::usage)?;
        let opening = Opening {
            opened: RunOpened {
                version: VERSION,
                gij: GIJ.into(),
                run: run.into(),
                rehearsal: args.sandbox,
                jira: jira.jira.clone(),
                options: context.given.reading_options(),
                settings,
                reading: Vec::new(),
                inputs: input.files.iter().flat_map(inputs).collect(),
                at: Timestamp::now(),
            },
            session: session_start(kind, &jira.jira, confirmed_by, self.settle, context),
            not_selected: input.not_selected.clone(),
            invalid: input.invalid.clone(),
            listed_at,
        };
        let continue_by = if args.sandbox {
            context.given.again()
        } else {
            context.given.resume(run, args.input.has_stdin())
        };
        let session = Session {
            context,
            jira,
            lock,
            pace: args.pace,
            settle: self.settle,
            dir: run_dir.path.clone(),
            journal: Journal::create(&run_dir.path)?,
            continue_by: continue_by.to_string(),
        };
        let appender = session.journal.appender();
        let begin = open(&appender, opening, &plan);
        let ended = session.carry_out(begin, &plan, new_matcher(&plan), None);
        // The report needs the memory.
        drop(plan);
        session.conclude(ended, |report, _| {
            (!report.is_complete(), self.next(run, report))
        })
    }

    /// How the run is confirmed if that needs no question.
    fn confirmation(&self) -> Result<Option<ConfirmedBy>, Failure> {
        if self.args.sandbox || self.args.dry_run {
            return Ok(Some(ConfirmedBy::NotNeeded));
        }
        let help = "review the plan with `--dry-run`, then pass `--yes`";
        let has_stdin = self.args.input.has_stdin();
        question::confirmation(self.args.yes, has_stdin, "nothing was sent", help)
    }

    /// The other runs on this Jira; none for a rehearsal.
    fn history(&self, own_url: Option<&str>) -> Result<History, Failure> {
        let Some(base) = &self.base else {
            return Ok(History::default());
        };
        match read_history(&self.args.runs.runs_dir, base.as_str(), own_url) {
            // A dry run needs no directory of runs.
            Err(_) if self.args.dry_run => Ok(History::default()),
            history => history,
        }
    }

    /// Whether the input keeps everything from being sent.
    fn is_refused(&self, input: &Validation) -> bool {
        let can_skip =
            self.args.skip_invalid && !input.has_table_errors() && !input.rows.is_empty();
        input.diagnostics.has_errors() && !can_skip
    }

    fn refuse(&self, input: &Validation) -> Result<Exit, Failure> {
        let context = self.context;
        context.publish(&context.made(Report::of_check(input)))?;
        if context.is_json {
            return Ok(Exit::Invalid);
        }
        let problems = tally(&input.diagnostics);
        let why = match self.args.skip_invalid {
            false => "",
            true if input.has_table_errors() => {
                ": `--skip-invalid` only skips rows, and a file or a header is wrong here"
            }
            true => ": no valid row is left",
        };
        let text = format!("{problems}; nothing was sent to Jira{why}\n");
        context.screen.problem(&text);
        let mut found = input.diagnostics.iter();
        let has_unknown_project = found.any(|found| found.code == Code::UnknownProject);
        let check = match self.args.probe {
            // Only Jira knows its projects.
            _ if self.is_update() || has_unknown_project => {
                context.given.again().options(&["--dry-run"])
            }
            true => context.given.next("probe"),
            false => context.given.next("check"),
        };
        context.next(&format!("{}:\n  {check}", to_fix(input)));
        Ok(Exit::Invalid)
    }

    /// Shows a plan that is not carried out: that of a dry run, or one that is refused.
    fn end_at_plan(
        &self,
        input: &Validation,
        plan: &Plan,
        jira: &Jira,
        unfinished: Option<String>,
    ) -> Result<Exit, Failure> {
        let context = self.context;
        let digest = self.digest(input, plan, jira)?;
        let mut report = Report::of_plan(input, plan, jira.clone());
        report.digest = Some(digest.to_string());
        context.publish(&context.made(report))?;
        let (is_dry_run, screen) = (self.args.dry_run, &context.screen);
        if !context.is_json {
            screen.result(&if is_dry_run {
                dry_run_rows(plan, &input.invalid)
            } else {
                existing_rows(plan)
            });
            screen.result(&plan_text(plan, jira, input, is_dry_run));
            screen.result(&format!("  Digest {digest}\n"));
        }
        if let Some(refusal) = self.refusal(plan, &digest) {
            return Err(refusal);
        }
        if !context.is_json {
            screen.result("dry run: nothing was sent to Jira\n");
        }
        let again = context.given.again();
        context.next(&match unfinished {
            Some(run) => {
                let resume = context.given.on_run("resume", &run);
                format!("continue the unfinished run:\n  {resume}")
            }
            None if plan.to_send().next().is_none() && self.is_update() => {
                let export = context.given.next("export").options(&["-o", "jira.xlsx"]);
                format!("no row changes anything; see what Jira holds:\n  {export}")
            }
            None if plan.to_send().next().is_none() => {
                "every valid row exists in Jira; nothing is left to do".to_owned()
            }
            None if self.args.sandbox => format!("rehearse it:\n  {again}"),
            None if self.is_update() => format!("update them:\n  {again}"),
            None => format!("create them:\n  {again}"),
        });
        let has_something = plan.to_send().next().is_some();
        Ok(if has_something && self.args.detailed_exitcode {
            Exit::SomethingToDo
        } else {
            Exit::Done
        })
    }

    fn digest(&self, input: &Validation, plan: &Plan, jira: &Jira) -> Result<PlanDigest, Failure> {
        let mut options = self.options.clone();
        // How its reports are split changes nothing of a plan.
        options.split_by = None;
        let options = serde_json::to_string(&options).map_err(Failure::usage)?;
        let Self {
            args, on_existing, ..
        } = self;
        let (files, limit) = (&args.input.files, args.limit);
        let options = format!(
            "{options} {files:?} {limit:?} {on_existing:?} {} {}",
            args.skip_invalid, jira.url
        );
        Ok(PlanDigest::of(plan, &input.invalid, &options))
    }

    /// Why a plan must not be carried out: it is not the approved one, or Jira holds what it must not.
    fn refusal(&self, plan: &Plan, digest: &PlanDigest) -> Option<Failure> {
        let approved = self.args.approved.as_deref();
        let others = approved.map_or_else(Vec::new, |approved| digest.differences(approved));
        let (existing, resembling) = (plan.existing().0 as u64, plan.resembling() as u64);
        let again = self.context.given.again();
        let (exit, message, help) = if !others.is_empty() {
            let others = others.join(" and ");
            (
                Exit::Usage,
                format!("this plan, {digest}, is not the approved one; it differs in {others}"),
                "have this plan approved with `--dry-run`, or omit `--approved`".to_owned(),
            )
        } else if self.on_existing == OnExisting::Fail && existing > 0 {
            let rows = count(existing, "row already exists", "rows already exist");
            let skip = again.without(&["on_existing"]);
            (
                Exit::Invalid,
                format!("{rows} in Jira (`--on-existing fail`)"),
                format!("remove these rows, or skip them with `{skip}`"),
            )
        } else if self.options.policy.is_strict && resembling > 0 {
            let rows = count(resembling, "row resembles", "rows resemble");
            let accept = again.without(&["strict"]);
            (
                Exit::Invalid,
                format!("{rows} what Jira already holds (`--strict`)"),
                format!("check these rows, and create them with `{accept}` if they are meant"),
            )
        } else {
            return None;
        };
        let message = format!("{message}; nothing was sent");
        Some(Failure::new(exit, message).help(help))
    }

    /// What to do after the import.
    fn next(&self, run: &str, report: &Report) -> String {
        let given = &self.context.given;
        let again = given.again().without(&["new_run"]);
        if self.args.sandbox {
            let set = match env("JIRA_URL") {
                Some(_) => "",
                None => "set JIRA_URL and JIRA_TOKEN, then ",
            };
            let real = again.without(&["sandbox", "sandbox_seed"]);
            let real = real.options(&["--dry-run"]);
            return format!("{set}see the plan for your Jira:\n  {real}");
        }
        let totals = report.totals();
        let is_left = totals.not_attempted + totals.in_doubt + totals.failed > 0;
        if self.is_update() && report.rows.iter().any(|row| row.also_changed) {
            let undo = given.on_run("undo", run);
            return format!("put back what was changed in visible fields:\n  {undo}");
        }
        if !is_left && totals.invalid > 0 && !self.is_update() {
            return format!(
                "fix the invalid rows, then import again; existing rows are skipped:\n  {again}"
            );
        }
        if !is_left && self.args.limit.is_some() && totals.not_selected > 0 {
            let others = again.without(&["limit"]);
            let verb = if self.is_update() { "update" } else { "create" };
            return format!(
                "check the result of the pilot in Jira, then {verb} the others:\n  {others}"
            );
        }
        let resume = given.resume(run, self.args.input.has_stdin());
        let left = left_to_do(&totals, report.is_update, false, &resume, given);
        left.map_or_else(
            || verify_or_nothing(report, &given.on_run("verify", run)),
            |next| next.to_string(),
        )
    }

    fn is_update(&self) -> bool {
        !self.options.update.is_empty()
    }
}

/// The tables of a file, as they are journaled.
fn inputs(file: &FileRead) -> impl Iterator<Item = Input> {
    // For a resume from another directory.
    let path = (file.name != "-").then(|| std::path::absolute(&file.name).ok());
    let path = path
        .flatten()
        .map(|path| path.to_string_lossy().into_owned());
    file.tables.iter().map(move |table| Input {
        file: file.name.clone(),
        path: path.clone(),
        sheet: table.name.sheet.clone(),
        sha256: file.sha256.clone().unwrap_or_default(),
        columns: table.headers.clone(),
        rows_blank: table.rows.blank,
    })
}
