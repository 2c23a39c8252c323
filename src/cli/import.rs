//! `gij import`.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::Path;

use clap::{Args, CommandFactory as _, ValueEnum};
use jiff::Timestamp;

use super::args::Cli;
use super::check::show;
use super::connect::{ConnectArgs, Connected, Destination, connect, list_again};
use super::context::Context;
use super::exit::{Exit, Failure};
use super::facts::{jira_of, opening};
use super::input::{self, InputArgs, RunSettings};
use super::next::{FILE, NextCommand};
use super::pace::PaceArgs;
use super::question::{self, Reply, confirmation};
use super::report_files::ReportArgs;
use super::run_files::RunFiles;
use super::runs::RunsArgs;
use super::runtime::Runtime;
use super::session::{OffSheet, Session, WhenToAudit, Work, after_run, if_wanted};
use super::{other_runs, projects};
use crate::engine::{Creation, Job, MatchRow, Matcher, RowStatus, open};
use crate::journal::{ConfirmedBy, History, Journal, Lock, RunDir, lock_jira};
use crate::model::Code;
use crate::plan::{Action, Plan};
use crate::render::{
    Screen, count, diagnostics, dry_run_rows, existing_rows, plan as plan_text, tally,
};
use crate::report::Report;
use crate::validate::{Options, Purpose, Validation};

#[expect(clippy::struct_excessive_bools, reason = "each is an option")]
#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    #[command(flatten)]
    pub input: InputArgs,
    /// Show the plan and stop; nothing is created
    #[arg(long)]
    pub dry_run: bool,
    /// Create without asking for confirmation
    #[arg(long, short)]
    pub yes: bool,
    /// Rehearse against a simulated Jira inside this process; ignores JIRA_* and never asks
    #[arg(long, conflicts_with_all = ["jira_url", "token_file", "password_file"])]
    pub sandbox: bool,
    /// Skip invalid rows and create the others
    #[arg(long)]
    pub skip_invalid: bool,
    /// Pilot: create only the first N of the rows to create
    #[arg(long, value_name = "N")]
    pub limit: Option<NonZeroU32>,
    /// What to do with rows that already exist in Jira: skip them, or fail before anything is sent
    #[arg(
        long,
        value_name = "HOW",
        default_value = "skip",
        hide_short_help = true
    )]
    pub on_existing: OnExisting,
    /// Start a new run even if the last run of a file is unfinished, or a row is in doubt in another run
    #[arg(long, hide_short_help = true)]
    pub new_run: bool,
    #[command(flatten)]
    pub reports: ReportArgs,
    #[command(flatten)]
    pub pace: PaceArgs,
    #[command(flatten)]
    pub runs: RunsArgs,
    /// Name of the run [default: the name of the first file]
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    pub name: Option<String>,
    #[command(flatten)]
    pub connect: ConnectArgs,
}

/// What to do with rows that already exist in Jira.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum OnExisting {
    Skip,
    Fail,
}

/// Validates, shows the plan, asks, creates, reports.
pub(super) fn import(args: &ImportArgs, context: &Context) -> Result<Exit, Failure> {
    let own_files = args.connect.own_files();
    context.reports.open(&args.reports)?;
    let import = Import {
        destination: if args.sandbox {
            Destination::Sandbox
        } else {
            args.connect.destination()?
        },
        options: args.input.options(Purpose::Import, own_files)?,
        args,
        context,
    };
    import.run()
}

/// An import and what its options mean.
pub(super) struct Import<'a> {
    pub args: &'a ImportArgs,
    pub destination: Destination,
    pub options: Options,
    pub context: &'a Context,
}

impl Import<'_> {
    fn run(&self) -> Result<Exit, Failure> {
        let Self { args, context, .. } = self;
        let screen = &context.screen;
        let confirmed_by = self.confirmation()?;
        let history = other_runs::history_of(self)?;
        let unfinished = other_runs::refuse_second_run(self, &history)?;
        let mut input = input::read(&args.input.files, &self.options)?;
        if !context.is_json {
            show(&input, screen);
        }
        if self.is_refused(&input) {
            return self.refuse(&input);
        }
        let runtime = Runtime::new()?;
        let listed_at = Timestamp::now();
        let connecting = connect(&args.connect, &self.destination, args.pace.pace(), screen);
        let (jira, mut remote) = runtime.block_on(connecting)?;
        let rows = std::mem::take(&mut input.rows);
        let resolved = runtime.block_on(projects::resolve(&jira.client, rows))?;
        if resolved.found.has_errors() {
            if !context.is_json {
                screen.problem(&diagnostics(&resolved.found));
            }
            for diagnostic in resolved.found.iter() {
                input.report_row(diagnostic.clone());
            }
            input.invalidate(Code::UnknownProject, &resolved.unknown);
        }
        input.rows = resolved.rows;
        if self.is_refused(&input) {
            return self.refuse(&input);
        }
        let deletions = history.deletions_before(listed_at, self.settle());
        other_runs::leave_out_deleted(&deletions, &mut remote, screen);
        let mut plan =
            Plan::new(std::mem::take(&mut input.rows), &remote).with_known_ids(&deletions.ids());
        if let Some(most) = self.settings().limit {
            plan = plan.limited_to(most);
        }
        if args.dry_run {
            let given = &context.given;
            if let Some((message, help)) = other_runs::deletion_in_doubt(&deletions, &plan, given) {
                screen.problem(&format!("warning: {message}; {help}\n"));
            }
            other_runs::refuse_rows_in_doubt(self, &plan, &history)?;
            return self.dry_run(&input, &plan, &jira, unfinished);
        }
        if self.are_existing_refused(&plan) {
            return self.refuse_existing(&input, &plan, &jira);
        }
        other_runs::refuse_deletions_in_doubt(&deletions, &plan, &context.given)?;
        let to_create = plan.to_create().count();
        let must_ask = confirmed_by.is_none() && to_create > 0;
        let text = plan_text(&plan, &jira.target, &input);
        if must_ask {
            screen.problem(&text);
        } else {
            screen.info(&text);
        }
        // The directory is known to be usable, and no other run can begin, before the question.
        let lock = self.lock(&jira.target.url)?;
        let history = other_runs::history_of(self)?;
        other_runs::refuse_rows_in_doubt(self, &plan, &history)?;
        let confirmed_by = match confirmed_by {
            None if must_ask => {
                let reply = ask(to_create, &runtime, &jira, screen);
                (reply == Reply::Yes).then_some(ConfirmedBy::Answer)
            }
            None => Some(ConfirmedBy::NotNeeded),
            given => given,
        };
        let Some(confirmed_by) = confirmed_by else {
            screen.problem("nothing was sent\n");
            context.next(&if_wanted(&context.given.again()));
            return Ok(Exit::Interrupted);
        };
        let confirmed = Confirmed {
            plan,
            history,
            by: confirmed_by,
            _lock: lock,
        };
        self.carry_out(&runtime, &input, &jira, confirmed)
    }

    /// Creates what the plan contains, and reports.
    fn carry_out(
        &self,
        runtime: &Runtime,
        input: &Validation,
        jira: &Connected,
        confirmed: Confirmed,
    ) -> Result<Exit, Failure> {
        let Self { args, context, .. } = self;
        // Jira may have changed since the plan was shown.
        let listed_at = Timestamp::now();
        let mut remote = list_again(runtime, jira, &context.screen)?;
        let deletions = confirmed.history.deletions_before(listed_at, self.settle());
        other_runs::leave_out_deleted(&deletions, &mut remote, &context.screen);
        let plan = confirmed
            .plan
            .replan(&remote)?
            .with_known_ids(&deletions.ids());
        if self.are_existing_refused(&plan) {
            return self.refuse_existing(input, &plan, jira);
        }
        other_runs::refuse_deletions_in_doubt(&deletions, &plan, &context.given)?;
        drop(remote);
        let first = args.input.files.first();
        let run_dir = RunDir::create(
            &args.runs.runs_dir,
            args.name.as_deref(),
            first.map_or(Path::new("import"), |file| file),
            listed_at,
        )?;
        let opening = opening(
            run_dir.id(),
            self,
            input,
            &jira.target,
            confirmed.by,
            listed_at,
        )?;
        let session = Session {
            context,
            runtime,
            jira,
            pace: args.pace,
            settle: self.settle(),
            files: RunFiles::of(&run_dir),
            journal: Journal::create(run_dir.path())?,
            continue_by: if args.sandbox {
                context.given.again().to_string()
            } else {
                self.resume(run_dir.id()).to_string()
            },
        };
        let jobs = plan.to_create();
        let work = Work {
            matcher: matcher(&plan),
            jobs: jobs.map(|row| Job::new(Creation(row), 0)).collect(),
            in_doubt: Vec::new(),
            existing: plan.existing().0,
            audit: WhenToAudit::IfSent,
        };
        let appender = session.journal.appender();
        let ended = session.send(open(&appender, opening, &plan), work);
        // The report needs the memory.
        drop(plan);
        session.conclude(
            ended.map(drop),
            |report| !report.is_complete(),
            |report| self.next(run_dir.id(), report),
        )
    }

    /// How long Jira is given to list what it created.
    pub(super) fn settle(&self) -> std::time::Duration {
        self.args.pace.settle_after(&[])
    }

    /// How the run is confirmed if that needs no question.
    fn confirmation(&self) -> Result<Option<ConfirmedBy>, Failure> {
        if self.args.sandbox || self.args.dry_run {
            return Ok(Some(ConfirmedBy::NotNeeded));
        }
        let unconfirmed = |why: &str| {
            Failure::usage(format!("{why}; nothing was sent"))
                .help("review the plan with `--dry-run`, then pass `--yes`")
        };
        if self.args.input.has_stdin() && !self.args.yes {
            return Err(unconfirmed(
                "cannot ask for confirmation while reading standard input",
            ));
        }
        confirmation(self.args.yes, || unconfirmed("no terminal to confirm on"))
    }

    /// Whether the input keeps everything from being sent.
    fn is_refused(&self, input: &Validation) -> bool {
        let can_skip =
            self.args.skip_invalid && !input.has_table_errors() && !input.rows.is_empty();
        input.diagnostics.has_errors() && !can_skip
    }

    fn refuse(&self, input: &Validation) -> Result<Exit, Failure> {
        let context = self.context;
        context.publish(&Report::of_check(input))?;
        if !context.is_json {
            let problems = tally(&input.diagnostics).unwrap_or_default();
            let skip = match self.args.skip_invalid {
                false => "",
                true if input.has_table_errors() => {
                    ": `--skip-invalid` only skips rows, and a file or a header is wrong here"
                }
                true => ": no valid row is left",
            };
            context
                .screen
                .problem(&format!("{problems}; nothing was sent{skip}\n"));
            let check = context.given.next("check");
            context.next(&format!("fix the files, then check them again:\n  {check}"));
        }
        Ok(Exit::Invalid)
    }

    fn dry_run(
        &self,
        input: &Validation,
        plan: &Plan,
        jira: &Connected,
        unfinished: Option<String>,
    ) -> Result<Exit, Failure> {
        let context = self.context;
        context.publish(&Report::of_plan(input, plan, jira_of(&jira.target)))?;
        if !context.is_json {
            context.screen.result(&dry_run_rows(plan, &input.invalid));
            context.screen.result(&plan_text(plan, &jira.target, input));
            context.screen.result("dry run: nothing was sent\n");
        }
        if self.are_existing_refused(plan) {
            return Err(self.existing_failure(plan));
        }
        let again = context.given.again();
        context.next(&match unfinished {
            Some(run) => {
                let resume = context.given.next("resume").operands([run]);
                format!("continue the unfinished run:\n  {resume}")
            }
            None if plan.to_create().next().is_none() => {
                "every valid row exists in Jira; nothing is left to do".to_owned()
            }
            None if self.args.sandbox => format!("rehearse it:\n  {again}"),
            None => format!("create them:\n  {again}"),
        });
        Ok(if input.invalid.is_empty() {
            Exit::Done
        } else {
            Exit::Incomplete
        })
    }

    /// Whether rows that already exist in Jira keep everything from being sent.
    fn are_existing_refused(&self, plan: &Plan) -> bool {
        self.args.on_existing == OnExisting::Fail && plan.existing().0 > 0
    }

    fn refuse_existing(
        &self,
        input: &Validation,
        plan: &Plan,
        jira: &Connected,
    ) -> Result<Exit, Failure> {
        let report = Report::of_plan(input, plan, jira_of(&jira.target));
        self.context.publish(&report)?;
        if !self.context.is_json {
            self.context.screen.problem(&existing_rows(plan));
        }
        Err(self.existing_failure(plan))
    }

    fn existing_failure(&self, plan: &Plan) -> Failure {
        let number = plan.existing().0 as u64;
        let rows = count(number, "row already exists", "rows already exist");
        let message = format!("{rows} in Jira (`--on-existing fail`); nothing was sent");
        let skip = self.context.given.again().without(&["on_existing"]);
        Failure::new(Exit::Invalid, message)
            .help(format!("remove these rows, or skip them with `{skip}`"))
    }

    /// Keeps other runs on the same Jira away; a rehearsal has its Jira to itself.
    fn lock(&self, url: &str) -> Result<Option<Lock>, Failure> {
        if self.args.sandbox {
            return Ok(None);
        }
        Ok(Some(lock_jira(&self.args.runs.runs_dir, url)?))
    }

    /// The command that resumes the run `run`, which this import began.
    fn resume(&self, run: &str) -> NextCommand {
        let file = self.args.input.has_stdin().then(|| FILE.to_owned());
        let operands = [run.to_owned()].into_iter().chain(file);
        self.context.given.next("resume").operands(operands)
    }

    /// What to do after the import.
    fn next(&self, run: &str, report: &Report) -> String {
        let given = &self.context.given;
        let again = given.again().without(&["new_run"]);
        if self.args.sandbox {
            let real = again.without(&["sandbox"]);
            let real = real.options(&["--jira-url", "https://jira.example.org", "--dry-run"]);
            return format!("set JIRA_TOKEN and see the plan for your Jira:\n  {real}");
        }
        let totals = report.totals();
        let is_left = totals.not_attempted + totals.in_doubt + totals.failed > 0;
        if !is_left && totals.invalid > 0 {
            return format!(
                "fix the invalid rows, then import again; existing rows are skipped:\n  {again}"
            );
        }
        if !is_left && self.args.limit.is_some() && totals.not_selected > 0 {
            let others = again.without(&["limit"]);
            return format!(
                "check the result of the pilot in Jira, then create the others:\n  {others}"
            );
        }
        let verify = given.next("verify").operands([run.to_owned()]);
        after_run(&self.resume(run), &verify, report, OffSheet::default())
    }

    /// The options on reading that are in force, for the report.
    pub(super) fn reading_options(&self) -> BTreeMap<String, String> {
        let options = self.reading();
        let mut options: BTreeMap<String, String> = options
            .into_iter()
            .map(|(id, values)| match values.as_slice() {
                [] => (id, "true".to_owned()),
                values => (id, values.join("; ")),
            })
            .collect();
        if let Some(most) = self.args.limit {
            options.insert("limit".into(), most.to_string());
        }
        options
    }

    /// What the rows are chosen and read by, for a resume from any directory.
    pub(super) fn settings(&self) -> RunSettings {
        let mut input = self.options.clone();
        if let Some(dir) = &mut input.secrets.secrets_dir
            && let Ok(absolute) = std::path::absolute(&*dir)
        {
            *dir = absolute;
        }
        let limit = self.args.limit;
        RunSettings {
            input,
            limit: limit.map(|most| usize::try_from(most.get()).unwrap_or(usize::MAX)),
        }
    }

    /// The options on reading that were given, with their values.
    fn reading(&self) -> Vec<(String, Vec<String>)> {
        let command = Cli::command();
        let import = command.find_subcommand("import");
        let mut groups = import.into_iter().flat_map(clap::Command::get_groups);
        let group = groups.find(|group| Some(group.get_id()) == InputArgs::group_id().as_ref());
        let ids: Vec<&str> = group
            .into_iter()
            .flat_map(clap::ArgGroup::get_args)
            .map(clap::Id::as_str)
            .filter(|id| *id != "files")
            .collect();
        self.context.given.options(&ids)
    }

    /// The options on creation, connection and pace that are in force, for the report.
    pub(super) fn running_options(&self) -> BTreeMap<String, String> {
        let mut options = self.args.pace.options(self.settle());
        options.extend(self.args.connect.options(&self.destination));
        if self.args.skip_invalid {
            options.insert("skip_invalid".into(), "true".into());
        }
        if self.args.on_existing == OnExisting::Fail {
            options.insert("on_existing".into(), "fail".into());
        }
        options
    }
}

/// A plan that was confirmed.
struct Confirmed {
    plan: Plan,
    /// The other runs on this Jira, as they are while the lock is held.
    history: History,
    by: ConfirmedBy,
    /// Held for as long as the run is at work.
    _lock: Option<Lock>,
}

fn matcher(plan: &Plan) -> Matcher {
    let rows = plan.rows().iter().filter_map(|planned| {
        let standing = match planned.action {
            Action::Create { .. } => RowStatus::Open,
            Action::Exists { id, .. } => RowStatus::Exists(id),
            // What is not part of the run explains nothing that Jira holds.
            Action::NotSelected => return None,
        };
        Some((planned.row.n, MatchRow::of_row(&planned.row, standing)))
    });
    Matcher::new(plan.baseline().iter().copied(), rows)
}

/// Asks whether to create that many integrations.
pub(super) fn ask(to_create: usize, runtime: &Runtime, jira: &Connected, screen: &Screen) -> Reply {
    let what = count(to_create as u64, "integration", "integrations");
    let question = format!(
        "Create {what} in {} ({})?",
        jira.target.title, jira.target.url
    );
    question::ask(&question, runtime, screen)
}
