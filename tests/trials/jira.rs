//! What the simulated Jira holds and was asked, compared with what it ought to be.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::env::Env;
use crate::journal;
use crate::sheet::Sheet;
use crate::tally::Tally;

/// How often Jira holds each name.
fn held(env: &Env) -> BTreeMap<String, u64> {
    let mut held = BTreeMap::new();
    for integration in env.jira().held() {
        *held.entry(integration.display_name).or_default() += 1;
    }
    held
}

/// Counts what the rows of `sheet` have become in Jira and in the latest report, and asserts that the two agree.
pub fn count(env: &Env, sheet: &Sheet) -> Tally {
    let mut tally = Tally {
        rows: sheet.rows() as u64,
        ..Tally::default()
    };
    let held = held(env);
    for name in &sheet.names {
        match held.get(name) {
            None => tally.lost += 1,
            Some(1) => {}
            Some(_) => tally.doubled += 1,
        }
    }
    let mut rows: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (of, origin) in &sheet.nameless {
        *rows.entry((of, origin)).or_default() += 1;
    }
    let all = env.jira().held();
    for ((of, origin), rows) in rows {
        let there = all.iter().filter(|one| {
            one.integration_type == of
                && one.origin == origin
                && !sheet.names.contains(&one.display_name)
        });
        tally.doubled += there.count().saturating_sub(rows) as u64;
    }
    count_report(env, sheet, &mut tally);
    count_requests(env, &mut tally);
    tally
}

fn count_report(env: &Env, sheet: &Sheet, tally: &mut Tally) {
    let report = env.report();
    env.assert_totals_are_of(sheet.rows() as u64);
    let ids: BTreeMap<u64, String> = env
        .jira()
        .held()
        .into_iter()
        .map(|one| (one.id, one.display_name))
        .collect();
    let mut taken = BTreeMap::new();
    for row in report["rows"].as_array().unwrap() {
        let name = row["display_name"].as_str();
        if row["outcome"] == "in_doubt" {
            tally.in_doubt += 1;
            tally.nameless_in_doubt += u64::from(name.is_none());
        }
        let Some(id) = row["id"].as_u64() else {
            continue;
        };
        assert_eq!(
            taken.insert(id, row),
            None,
            "one integration has two rows: {row}"
        );
        let there = ids
            .get(&id)
            .unwrap_or_else(|| panic!("the integration of {row} is not in Jira"));
        if let Some(name) = name {
            assert_eq!(there, name, "{row} has the integration of another row");
        }
    }
    assert_eq!(report["run"]["ending"], "complete");
    let audit = &report["run"]["audit"];
    assert!(audit.is_object(), "the books were never balanced: {report}");
    for what in ["missing", "doubles", "appeared"] {
        let rows = audit[what].as_array().map_or(0, Vec::len);
        assert_eq!(rows, 0, "the books do not balance: {audit}");
    }
}

fn count_requests(env: &Env, tally: &mut Tally) {
    for request in env.jira().requests() {
        tally.requests += 1;
        if let Some(fault) = request.fault {
            *tally.faults.entry(fault.name()).or_default() += 1;
        }
    }
}

/// How many creations of each name were asked for; those without a name are under the empty one.
pub fn asked(received: &[Value]) -> BTreeMap<String, usize> {
    let mut asked = BTreeMap::new();
    for body in received {
        let name = body["displayName"].as_str().unwrap_or_default();
        *asked.entry(name.to_owned()).or_default() += 1;
    }
    asked
}

/// Asserts that the journals of all runs announce every request that reached Jira.
pub fn assert_announced(env: &Env) {
    let mut intents: BTreeMap<String, usize> = BTreeMap::new();
    for run in env.runs() {
        if run.join("journal.jsonl").exists() {
            for (name, count) in journal::intents(&journal::events(&run)) {
                *intents.entry(name).or_default() += count;
            }
        }
    }
    for (name, asked) in asked(&env.jira().received()) {
        let announced = intents.get(&name).copied().unwrap_or_default();
        assert!(
            asked <= announced,
            "{name:?} was sent {asked} times and announced {announced} times"
        );
    }
}
