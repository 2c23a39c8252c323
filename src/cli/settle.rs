//! Rows that a run left in doubt are settled before anything else is done with it; nothing is sent for that. The user may
//! decide single rows with `--adopt` and `--absent`.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::exit::Failure;
use super::loaded_run::{LoadedRun, RunArgs};
use super::session::{EarlyEnd, Session};
use crate::engine::{Matcher, RowStatus, SentRow, Settling, Unsettled, settle};
use crate::journal::{Event, RowState, Settled, Verdict, Via};
use crate::model::{Outcome, RemoteIntegration, ShownFields};
use crate::validate::RowRange;

/// What the user decides about a row in doubt.
pub(super) struct Decision {
    n: u32,
    /// Its integration; none if it was not created.
    adopted: Option<RemoteIntegration>,
}

/// The decisions, checked against the run and Jira's list.
pub(super) fn decisions(
    args: &RunArgs,
    run: &LoadedRun,
    list: &[RemoteIntegration],
) -> Result<Vec<Decision>, Failure> {
    let mut decisions: Vec<Decision> = Vec::new();
    let matcher = Matcher::of_run(run.state());
    for (place, id) in &args.adopt {
        let n = row_in_doubt(run, place)?;
        let refuse = |why: &str| Err(Failure::usage(format!("--adopt: {why}")));
        let Some(shown) = list.iter().find(|remote| remote.id == *id) else {
            return refuse(&format!("Jira has no integration {id}"));
        };
        let is_it = |adopted: &RemoteIntegration| adopted.id == *id;
        let mut adopted = decisions
            .iter()
            .filter_map(|decision| decision.adopted.as_ref());
        if matcher.is_in_baseline(shown.identity()) {
            return refuse(&format!("integration {id} was in Jira before the run"));
        }
        if adopted.any(is_it) {
            return refuse(&format!("integration {id} is given for two rows"));
        }
        if matcher.is_claimed(shown.identity()) {
            return refuse(&format!(
                "integration {id} belongs to another row of the run"
            ));
        }
        let row_type = run.state().row(n).and_then(|row| row.type_name.as_deref());
        if row_type != Some(shown.type_name.as_str()) {
            let (row_type, theirs) = (row_type.unwrap_or("unknown"), &shown.type_name);
            return refuse(&format!(
                "integration {id} is of type {theirs}, but the type of {place} is {row_type}"
            ));
        }
        decisions.push(Decision {
            n,
            adopted: Some(shown.clone()),
        });
    }
    for place in &args.absent {
        decisions.push(Decision {
            n: row_in_doubt(run, place)?,
            adopted: None,
        });
    }
    let mut rows = BTreeSet::new();
    if let Some(twice) = decisions.iter().find(|decision| !rows.insert(decision.n)) {
        let place = run.place_of(twice.n);
        let failure = format!("--adopt and --absent name the row {place} more than once");
        return Err(Failure::usage(failure).help("give one decision for each row"));
    }
    Ok(decisions)
}

/// The row in doubt that stands at `place`.
fn row_in_doubt(run: &LoadedRun, place: &RowRange) -> Result<u32, Failure> {
    let mut rows = run.state().rows().filter(|(_, row)| {
        let at = &row.place;
        at.row.is_some_and(|number| place.holds(&at.table, number))
    });
    match (rows.next(), rows.next()) {
        (Some((n, row)), None) if row.outcome == Outcome::InDoubt => Ok(n),
        (Some((_, row)), None) => Err(Failure::usage(format!(
            "row {place} is not in doubt: it is {}",
            row.outcome
        ))),
        (None, _) => Err(Failure::usage(format!(
            "the run {} has no row {place}",
            run.id()
        ))),
        (Some(_), Some(_)) => {
            let failure = format!("the run {} has several rows {place}", run.id());
            Err(Failure::usage(failure).help("name the sheet or the file too, such as 'Azure!34'"))
        }
    }
}

impl Session<'_> {
    /// Settles the rows of `run` that are in doubt: by the decisions of the user, the others by Jira's list. Everything is on
    /// disk and read again when it returns; rows that were not settled stay in doubt.
    pub(super) fn settle(
        &self,
        run: &mut LoadedRun,
        decisions: &[Decision],
    ) -> Result<(), EarlyEnd> {
        self.settle_in_journal(run, decisions)?;
        Ok(run.read_again()?)
    }

    fn settle_in_journal(&self, run: &LoadedRun, decisions: &[Decision]) -> Result<(), EarlyEnd> {
        let mut matcher = Matcher::of_run(run.state());
        let mut events = Vec::new();
        for Decision { n, adopted } in decisions {
            if let Some(adopted) = adopted {
                matcher.set_status(*n, RowStatus::Created(adopted.identity()));
            }
            events.push(Event::Settled(Settled {
                n: *n,
                verdict: match adopted {
                    Some(_) => Verdict::Created,
                    None => Verdict::NothingHappened,
                },
                remote: adopted.as_ref().map(RemoteIntegration::identity),
                echo: adopted
                    .as_ref()
                    .map(RemoteIntegration::flags_and_numbers)
                    .unwrap_or_default(),
                via: Via::Hand,
                at: Timestamp::now(),
            }));
        }
        let is_decided = |n: u32| decisions.iter().any(|decision| decision.n == n);
        let has_lost_baseline = run.state().has_lost_baseline();
        let in_doubt = run.state().rows().filter(|(n, row)| {
            let is_in_doubt = row.outcome == Outcome::InDoubt && !is_decided(*n);
            is_in_doubt && (!has_lost_baseline || was_not_there(row))
        });
        let is_whole = run.read.damaged.is_empty();
        let unsettled: Vec<Unsettled<SentRow>> = in_doubt
            .map(|(n, row)| Unsettled {
                doubt: SentRow(n),
                ended: ended(row, is_whole),
                created_by_then: matcher.number_created(),
            })
            .collect();
        self.read(async |context, appender| {
            appender.append(events)?;
            let settlement = settle(context, &mut matcher, unsettled, Settling::Full).await;
            for SentRow(n) in settlement.did_not_happen {
                if has_lost_baseline {
                    // Nothing more is sent: what is not found stays in doubt.
                    break;
                }
                let row = run.state().row(n);
                let verdict = if row.is_some_and(|row| row.fails_if_absent) {
                    Verdict::Failed
                } else {
                    Verdict::NothingHappened
                };
                context.note_settled(n, verdict, None, ShownFields::default());
            }
            settlement.stop.map_or(Ok(()), Err)
        })
    }
}

/// Whether Jira did not hold the row before the run, although the list of what it held is lost: a row with a name was only
/// sent because Jira did not hold it.
fn was_not_there(row: &RowState) -> bool {
    row.attempts > 0 && row.name.is_some()
}

/// When the last attempt at a row ended: as the journal has it, or now if the process died first, or if a damaged journal
/// may have lost a later attempt.
fn ended(row: &RowState, is_whole: bool) -> Instant {
    let now = Instant::now();
    let ago = row
        .last
        .ended
        .filter(|_| is_whole)
        .map(|at| Timestamp::now().duration_since(at))
        .filter(|ago| *ago > SignedDuration::ZERO)
        .and_then(|ago| now.checked_sub(ago.unsigned_abs()));
    ago.unwrap_or(now)
}
