//! Trials of what the program promises of each row: created once and only once, whatever goes wrong on the way. They drive
//! the real binary against the simulated Jira, go wrong by a seed, and print what they counted.
//!
//! The short ones run with all other tests. The long ones are ignored; `.ci/run` has them go a shorter way:
//!
//! ```text
//! cargo test --locked --test trials -- --ignored --show-output       all of them, in full
//! GIJ_ROUNDS=20 GIJ_ROWS=200 GIJ_CUTS=300 cargo test …               shorter
//! GIJ_SEED=7 cargo test …                                            with other dice
//! ```
//!
//! In full they take some five minutes on two cores, and cutting a journal at each byte half an hour more.
//!
//! | variable | bounds | in full |
//! |---|---|---|
//! | `GIJ_ROUNDS` | the runs that are killed, and the blocks that a journal loses | 200 |
//! | `GIJ_ROWS` | the rows of a run with faults | 2,000 |
//! | `GIJ_CUTS` | the places at which a journal is cut, and the lines that are damaged | each byte, each line in seven ways |
//! | `GIJ_SEED` | the seed of the first round; a failure names its own | 1 |

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

#[path = "../it/env.rs"]
#[expect(dead_code, reason = "not every trial needs all of it")]
mod env;

mod at_once;
mod bounds;
mod cuts;
mod damage;
mod disk;
mod faults;
mod jira;
mod journal;
mod kills;
mod runs;
mod sheet;
mod stage;
mod tally;
mod updates;
