//! Drives the built program: real files, real sockets, the simulated Jira as the other side.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod arrows;
mod bodies;
mod book;
mod check;
mod connect;
mod echo;
mod env;
mod hostile;
mod outcomes;
mod plan;
mod readme;
mod reports;
mod samples;
mod sandbox;
mod secrets;
mod terminal;
mod workbook;
mod workbooks;
