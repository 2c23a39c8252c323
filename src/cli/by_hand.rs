//! What somebody says of single rows in doubt: `--adopt` and `--absent`.

use std::collections::BTreeSet;

use super::exit::Failure;
use super::settings::TakeUpSettings;
use super::settle::ByHand;
use super::take_up::TakenUp;
use crate::engine::Books;
use crate::model::{Outcome, RemoteIntegration};
use crate::validate::RowRange;

/// What is said of single rows, checked against the run and Jira's list.
pub(super) fn by_hand(
    settings: &TakeUpSettings,
    run: &TakenUp,
    remote: &[RemoteIntegration],
) -> Result<Vec<ByHand>, Failure> {
    let mut said = Vec::new();
    let books = Books::of_run(run.state());
    for (place, id) in &settings.adopt {
        let n = row_in_doubt(run, place)?;
        let shown = remote.iter().find(|remote| remote.id == *id);
        let Some(shown) = shown else {
            return Err(Failure::usage(format!(
                "--adopt: Jira has no integration {id}"
            )));
        };
        let of = run.state().row(n).and_then(|row| row.type_name.as_deref());
        if books.is_old(*id) {
            let failure = format!("--adopt: integration {id} was in Jira before the run");
            return Err(Failure::usage(failure));
        }
        let is_said = |said: &ByHand| matches!(said, ByHand::Adopt(_, shown) if shown.id == *id);
        if said.iter().any(is_said) {
            let failure = format!("--adopt: integration {id} is said to be of two rows");
            return Err(Failure::usage(failure));
        }
        if books.is_claimed(*id) {
            let failure = format!("--adopt: integration {id} belongs to another row of the run");
            return Err(Failure::usage(failure));
        }
        if of != Some(shown.type_name.as_str()) {
            let (of, theirs) = (of.unwrap_or("no type"), &shown.type_name);
            let failure = format!("--adopt: integration {id} is {theirs}, and {place} says {of}");
            return Err(Failure::usage(failure));
        }
        said.push(ByHand::Adopt(n, Box::new(shown.clone())));
    }
    for place in &settings.absent {
        said.push(ByHand::Absent(row_in_doubt(run, place)?));
    }
    let mut rows = BTreeSet::new();
    if let Some(twice) = said.iter().find(|said| !rows.insert(said.n())) {
        let place = run.place_of(twice.n());
        let failure = format!("--adopt and --absent say more than one thing of the row {place}");
        return Err(Failure::usage(failure).help("say once of each row what became of it"));
    }
    Ok(said)
}

/// The row in doubt that stands at `place`.
fn row_in_doubt(run: &TakenUp, place: &RowRange) -> Result<u32, Failure> {
    let mut rows = run.state().rows().filter(|(_, row)| {
        let at = &row.place;
        at.row.is_some_and(|number| place.holds(&at.table, number))
    });
    match (rows.next(), rows.next()) {
        (Some((n, row)), None) if row.outcome == Outcome::InDoubt => Ok(n),
        (Some((_, row)), None) => Err(Failure::usage(format!(
            "the row {place} is not in doubt: it is {}",
            row.outcome
        ))),
        (None, _) => Err(Failure::usage(format!("{} has no row {place}", run.id()))),
        (Some(_), Some(_)) => {
            let failure = format!("{} has several rows {place}", run.id());
            Err(Failure::usage(failure).help("say the sheet or the file too, such as 'Azure!34'"))
        }
    }
}
