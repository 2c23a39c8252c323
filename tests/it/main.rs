//! Drives the built program: real files, real sockets, the simulated Jira as the other side.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod arrows;
mod bodies;
mod book;
mod browser;
mod check;
mod choices;
mod connect;
mod damage;
mod docs;
mod doctor;
mod echo;
mod echoed_secrets;
mod endings;
mod env;
mod explain;
mod export;
mod hostile;
mod identity;
mod interrupted;
mod just_removed;
mod manual;
mod next;
mod outcomes;
mod pace;
mod picture;
mod plan;
mod probe;
mod reference;
mod removal;
mod reports;
mod resume;
mod roundtrip;
mod rules;
mod runs;
mod samples;
mod sandbox;
mod schema;
mod secrets;
mod settle;
mod strangers;
mod tables;
mod template;
mod terminal;
mod undo;
mod undo_limits;
mod unfinished;
mod update;
mod verify;
mod workbook;
mod workbooks;
