use clap::ArgAction;

use super::*;
use crate::cli::args::command;
use crate::journal::Totals;
use crate::model::Outcome;

/// A run that is over, with one row created and what `change` says.
fn run(change: impl FnOnce(&mut RunEntry)) -> RunEntry {
    let opened = crate::journal::samples::opened();
    let mut run = RunEntry {
        run: "a".into(),
        directory: "gij-runs/a".into(),
        rehearsal: false,
        jira: opened.jira,
        files: Vec::new(),
        started: opened.at,
        finished: Some(opened.at),
        command: Some(SessionKind::Import),
        ending: RunEnding::Complete,
        why: None,
        undo_begun: false,
        damaged: false,
        baseline_lost: false,
        may_lack_rows: false,
        unfinished: false,
        totals: Some(Totals {
            read: 1,
            created: 1,
            ..Totals::default()
        }),
        next: None,
    };
    change(&mut run);
    run
}

fn next_of(change: impl FnOnce(&mut RunEntry)) -> Option<String> {
    about_run(&run(change), Path::new(RUNS_DIR)).map(|next| next.command)
}

fn with(outcome: Outcome) -> impl FnOnce(&mut RunEntry) {
    move |run| run.totals = Some([Outcome::Created, outcome].into_iter().collect())
}

#[test]
fn a_run_with_something_left_to_do_has_a_next_command() {
    for outcome in Outcome::ALL {
        let is_left = [Outcome::Failed, Outcome::InDoubt, Outcome::NotAttempted];
        let expected = is_left
            .contains(&outcome)
            .then(|| "gij resume a".to_owned());
        assert_eq!(next_of(with(outcome)), expected, "{outcome}");
    }
}

#[test]
fn a_rehearsal_and_a_run_at_work_have_none() {
    for change in [
        (|run| run.rehearsal = true) as fn(&mut RunEntry),
        |run| run.ending = RunEnding::AtWork,
        |run| run.totals = None,
    ] {
        let next = next_of(|run| {
            with(Outcome::NotAttempted)(run);
            change(run);
        });
        assert_eq!(next, None);
    }
}

#[test]
fn once_taking_back_has_begun_only_that_goes_on() {
    let undo = |command, ending| {
        next_of(|run| {
            with(Outcome::NotAttempted)(run);
            run.undo_begun = true;
            run.command = Some(command);
            run.ending = ending;
        })
    };
    assert_eq!(
        undo(SessionKind::Undo, RunEnding::Died).as_deref(),
        Some("gij undo a --dry-run")
    );
    assert_eq!(undo(SessionKind::Undo, RunEnding::Complete), None);
    assert_eq!(undo(SessionKind::Verify, RunEnding::Complete), None);
}

#[test]
fn a_run_that_can_send_no_more_is_not_resumed() {
    for outcome in [Outcome::Failed, Outcome::InDoubt, Outcome::NotAttempted] {
        let next = next_of(|run| {
            with(outcome)(run);
            run.baseline_lost = true;
        });
        assert_eq!(next.as_deref(), Some("gij import FILE"), "{outcome}");
    }
    assert_eq!(next_of(|run| run.baseline_lost = true), None);
}

#[test]
fn rows_that_a_journal_has_lost_are_looked_for_once_nothing_else_is_left() {
    let next = next_of(|run| run.may_lack_rows = true);
    assert_eq!(next.as_deref(), Some("gij import FILE --dry-run"));
    let next = next_of(|run| {
        with(Outcome::InDoubt)(run);
        run.may_lack_rows = true;
    });
    assert_eq!(next.as_deref(), Some("gij resume a"));
}

#[test]
fn every_option_that_only_an_import_has_is_known() {
    let command = command();
    let import = command.find_subcommand("import").unwrap();
    let check = command.find_subcommand("check").unwrap();
    let own = import.get_arguments().filter(|arg| {
        !check
            .get_arguments()
            .any(|other| other.get_id() == arg.get_id())
    });
    let (values, flags): (Vec<_>, Vec<_>) =
        own.partition(|arg| matches!(arg.get_action(), ArgAction::Set | ArgAction::Append));
    let long = |arg: &clap::Arg| format!("--{}", arg.get_long().unwrap());
    let mut expected: Vec<String> = values.into_iter().map(long).collect();
    let mut known = VALUES_OF_IMPORT.map(str::to_owned);
    expected.sort();
    known.sort();
    assert_eq!(expected, known);
    let shorts = flags.iter().filter_map(|arg| arg.get_short());
    let shorts: Vec<String> = shorts.map(|short| format!("-{short}")).collect();
    let mut expected: Vec<String> = flags.into_iter().map(long).chain(shorts).collect();
    let mut known = FLAGS_OF_IMPORT.map(str::to_owned);
    expected.sort();
    known.sort();
    assert_eq!(expected, known);
}

/// The long names of the options of a command that are its own, in the order of the alphabet.
fn own_options(name: &str) -> Vec<String> {
    let command = command();
    let command = command.find_subcommand(name).unwrap();
    let longs = command.get_arguments().filter_map(clap::Arg::get_long);
    let mut names: Vec<String> = longs.map(|long| format!("--{long}")).collect();
    names.sort();
    names
}

#[test]
fn every_option_of_a_command_on_a_run_is_carried_over_or_for_once() {
    use of_run::{
        FLAGS_OF_CONNECTING, FLAGS_OF_UNDO, VALUES_OF_CONNECTING, VALUES_OF_PACE, VALUES_OF_UNDO,
    };
    let connecting = [&FLAGS_OF_CONNECTING[..], &VALUES_OF_CONNECTING].concat();
    let resume = [&connecting[..], &VALUES_OF_PACE].concat();
    let undo = [&resume[..], &FLAGS_OF_UNDO, &VALUES_OF_UNDO].concat();
    for (name, carried, for_once) in [
        ("verify", connecting, &[][..]),
        ("resume", resume, &["--yes", "--adopt", "--absent"]),
        ("undo", undo, &["--yes", "--adopt", "--absent", "--dry-run"]),
    ] {
        let mut known = [&carried[..], for_once].concat();
        known.sort_unstable();
        assert_eq!(own_options(name), known, "{name}");
    }
}

#[test]
fn what_was_selected_goes_on_with_an_undo_however_it_was_written() {
    let typed = [
        "-q",
        "undo",
        "--rows",
        "2-4",
        "--only=type=AZURE",
        "--include-found",
        "--yes",
        "--settle",
        "1m",
        "--adopt",
        "2=7",
        "a",
    ];
    let typed = typed.map(str::to_owned);
    assert_eq!(
        OfRun::new(&typed, "a", true).undo(),
        "gij undo a --rows 2-4 --only=type=AZURE --include-found --settle 1m"
    );
}

#[test]
fn what_another_command_selected_is_not_what_an_undo_takes_back() {
    let typed = |line: &str| -> Vec<String> { line.split(' ').map(Into::into).collect() };
    for (line, undo) in [
        ("import a.csv --rows 2 --settle 1s", "gij undo a"),
        (
            "undo a --rows 2 --duplicates",
            "gij undo a --rows 2 --duplicates",
        ),
    ] {
        assert_eq!(OfRun::new(&typed(line), "a", false).undo(), undo);
    }
}
