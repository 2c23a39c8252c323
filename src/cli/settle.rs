//! What a run left in doubt is settled before anything else is done with it; nothing is sent for that.

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::exit::Failure;
use super::loaded_run::LoadedRun;
use super::session::Session;
use crate::engine::{Matcher, RowStatus, SentRow, Settling, Stop, Unsettled, settle};
use crate::journal::{Event, Journal, Remote, RowState, Settled, Verdict, Via};
use crate::model::{Outcome, RemoteIntegration, ShownFields};

/// What somebody says of a row in doubt.
#[derive(Clone, Debug)]
pub(super) enum ByHand {
    /// This is its integration.
    Adopt(u32, Box<RemoteIntegration>),
    /// It was not created.
    Absent(u32),
}

impl ByHand {
    /// The row.
    pub(super) fn n(&self) -> u32 {
        match self {
            Self::Adopt(n, _) | Self::Absent(n) => *n,
        }
    }

    fn event(&self) -> Event {
        let (verdict, remote, echo) = match self {
            Self::Adopt(_, remote) => {
                let known = Remote {
                    id: remote.id,
                    init_date: remote.init_date,
                };
                (Verdict::Created, Some(known), remote.flags_and_numbers())
            }
            Self::Absent(_) => (Verdict::NothingHappened, None, ShownFields::default()),
        };
        Event::Settled(Settled {
            n: self.n(),
            verdict,
            remote,
            echo,
            via: Via::Hand,
            at: Timestamp::now(),
        })
    }
}

impl Session<'_> {
    /// Settles the rows of `run` that are in doubt: by hand where somebody says so, by Jira's list where not. Everything is
    /// on disk when it returns. Returns why it ended early, if it did; the rows that were not settled stay in doubt.
    pub(super) fn settle(
        &self,
        run: &LoadedRun,
        by_hand: &[ByHand],
        journal: &Journal,
    ) -> Result<Option<Stop>, Failure> {
        let mut matcher = Matcher::of_run(run.state());
        let mut events = Vec::new();
        for said in by_hand {
            if let ByHand::Adopt(n, remote) = said {
                matcher.set_status(*n, RowStatus::Created(remote.id));
            }
            events.push(said.event());
        }
        let is_said = |n: u32| by_hand.iter().any(|said| said.n() == n);
        let has_lost_baseline = run.has_lost_baseline();
        let in_doubt = run.state().rows().filter(|(n, row)| {
            let is_in_doubt = row.outcome == Outcome::InDoubt && !is_said(*n);
            is_in_doubt && (!has_lost_baseline || was_not_there(row))
        });
        let is_whole = run.read.damaged.is_empty();
        let unsettled: Vec<Unsettled<SentRow>> = in_doubt
            .map(|(n, row)| Unsettled {
                doubt: SentRow(n),
                ended: ended(row, is_whole),
            })
            .collect();
        self.look(journal, async |appender, stop, tell| {
            appender.append(events)?;
            let context = self.context(appender, stop, tell);
            let settlement = settle(&context, &mut matcher, unsettled, Settling::Full).await;
            if let Some(reason) = settlement.stop {
                stop.throw(reason);
            }
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
            appender.commit([]).await?;
            Ok(stop.ending())
        })
    }
}

/// Whether Jira did not hold the row before the run, though what it held is lost: a row with a name that was sent was
/// planned to be created.
fn was_not_there(row: &RowState) -> bool {
    row.attempts > 0 && row.name.is_some()
}

/// When the last attempt at a row ended: as the journal says, or only now if the process died before it could, or if a later
/// attempt may be among what a damaged journal has lost.
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
