use std::path::PathBuf;
use std::time::Duration;

use super::input::of_option;
use super::{Invocation, PaceSettings};
use crate::cli::args::{ConnectArgs, TakeUpArgs};
use crate::cli::exit::Failure;
use crate::cli::question::can_ask;
use crate::journal::{ConfirmedBy, SessionStart};
use crate::validate::RowRange;

/// How a run is taken up again by a command that sends.
#[derive(Debug)]
pub(in crate::cli) struct TakeUpSettings {
    pub run: String,
    pub yes: bool,
    /// Rows in doubt that somebody says are created, and as what.
    pub adopt: Vec<(RowRange, i64)>,
    /// Rows in doubt that somebody says are not.
    pub absent: Vec<RowRange>,
    pub connect: ConnectArgs,
    pub pace: PaceSettings,
    /// Whether somebody says how long Jira is given to show what it created.
    is_settle_given: bool,
    pub runs_dir: PathBuf,
    pub invocation: Invocation,
}

impl TakeUpSettings {
    pub(crate) fn new(
        run: String,
        yes: bool,
        args: TakeUpArgs,
        invocation: Invocation,
    ) -> Result<Self, Failure> {
        let adopt = args.adopt.iter().map(|text| adopted(text));
        let absent = args.absent.iter().map(|text| row(text, "--absent"));
        Ok(Self {
            run,
            yes,
            adopt: adopt.collect::<Result<_, _>>()?,
            absent: absent.collect::<Result<_, _>>()?,
            connect: args.connect,
            is_settle_given: args.pace.settle.is_some(),
            pace: args.pace.into(),
            runs_dir: args.runs.runs_dir,
            invocation,
        })
    }

    /// The pace of a session that goes on with what `sessions` did. What they sent may come as late as they reckoned with, so
    /// Jira is given no less time than by them, unless somebody says how much.
    pub(crate) fn pace_after(&self, sessions: &[SessionStart]) -> PaceSettings {
        let mut pace = self.pace;
        if !self.is_settle_given {
            let given = sessions.iter().map(|session| session.settle_ms).max();
            pace.settle = pace.settle.max(Duration::from_millis(given.unwrap_or(0)));
        }
        pace
    }

    /// How a session is confirmed: by `--yes`, or not yet if there is somebody to ask; else it fails by `unconfirmed`.
    pub(crate) fn confirmation(
        &self,
        unconfirmed: Failure,
    ) -> Result<Option<ConfirmedBy>, Failure> {
        match self.yes {
            true => Ok(Some(ConfirmedBy::Yes)),
            false if can_ask() => Ok(None),
            false => Err(unconfirmed),
        }
    }
}

/// `Azure!34=611`.
fn adopted(text: &str) -> Result<(RowRange, i64), Failure> {
    let sides = text.rsplit_once('=');
    let (place, id) = sides
        .and_then(|(place, id)| Some((place, id.trim().parse().ok()?)))
        .ok_or_else(|| {
            Failure::usage(format!("--adopt: `{text}` does not name a row and an id"))
                .help("write the row and Jira's id, such as 'Azure!34=611' or 'repos.csv!34=611'")
        })?;
    Ok((row(place, "--adopt")?, id))
}

/// `Azure!34`: one row.
fn row(text: &str, option: &'static str) -> Result<RowRange, Failure> {
    let rows = RowRange::parse_list(text).map_err(of_option(option))?;
    match <[RowRange; 1]>::try_from(rows) {
        Ok([row]) if row.is_one_row() => Ok(row),
        _ => Err(
            Failure::usage(format!("{option}: `{text}` names more than one row"))
                .help("each row is decided by itself; the option can be repeated"),
        ),
    }
}
