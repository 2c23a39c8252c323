//! Decisions of the user about single rows in doubt: `--adopt` and `--absent`.

use std::collections::BTreeSet;

use super::exit::Failure;
use super::loaded_run::{LoadedRun, RunArgs};
use super::settle::ByHand;
use crate::engine::Matcher;
use crate::model::{Outcome, RemoteIntegration};
use crate::validate::RowRange;

/// The decisions, checked against the run and Jira's list.
pub(super) fn by_hand(
    args: &RunArgs,
    run: &LoadedRun,
    remote: &[RemoteIntegration],
) -> Result<Vec<ByHand>, Failure> {
    let mut said = Vec::new();
    let matcher = Matcher::of_run(run.state());
    for (place, id) in &args.adopt {
        let n = row_in_doubt(run, place)?;
        let shown = remote.iter().find(|remote| remote.id == *id);
        let Some(shown) = shown else {
            return Err(Failure::usage(format!(
                "--adopt: Jira has no integration {id}"
            )));
        };
        let row_type = run.state().row(n).and_then(|row| row.type_name.as_deref());
        if matcher.is_in_baseline(*id) {
            let failure = format!("--adopt: integration {id} was in Jira before the run");
            return Err(Failure::usage(failure));
        }
        let is_adopted = |said: &ByHand| matches!(said, ByHand::Adopt(_, shown) if shown.id == *id);
        if said.iter().any(is_adopted) {
            let failure = format!("--adopt: integration {id} is given for two rows");
            return Err(Failure::usage(failure));
        }
        if matcher.is_claimed(*id) {
            let failure = format!("--adopt: integration {id} belongs to another row of the run");
            return Err(Failure::usage(failure));
        }
        if row_type != Some(shown.type_name.as_str()) {
            let (row_type, theirs) = (row_type.unwrap_or("unknown"), &shown.type_name);
            let failure = format!(
                "--adopt: integration {id} is of type {theirs}, but the type of {place} is {row_type}"
            );
            return Err(Failure::usage(failure));
        }
        said.push(ByHand::Adopt(n, Box::new(shown.clone())));
    }
    for place in &args.absent {
        said.push(ByHand::Absent(row_in_doubt(run, place)?));
    }
    let mut rows = BTreeSet::new();
    if let Some(twice) = said.iter().find(|said| !rows.insert(said.n())) {
        let place = run.place_of(twice.n());
        let failure = format!("--adopt and --absent name the row {place} more than once");
        return Err(Failure::usage(failure).help("give one decision for each row"));
    }
    Ok(said)
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
