//! Rows that a run left in doubt are settled before anything else is done with it; nothing is sent for that. The user may
//! decide single rows with `--adopt` and `--absent`.

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::loaded_run::{Decision, LoadedRun};
use super::session::{EarlyEnd, Session};
use crate::engine::{Matcher, RowStatus, SentRow, Settling, Unsettled, settle};
use crate::journal::{Event, RowState, Settled, Verdict, Via};
use crate::model::{Outcome, RemoteIntegration, ShownFields};

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
    row.attempts > 0 && row.read.name.is_some()
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
