//! A simulated Jira with the app *Git Integration for Jira*: to rehearse against, and to test the importer against.
//!
//! It keeps everything in memory, and on request in a file too ([`SavedState`]); it answers the documented end-points, fails on
//! request ([`Faults`], [`Condition`]) and records what it receives. It uses nothing of the rest of the crate: it has its own
//! data types of the wire format, so that a mistake in the client cannot be repeated here. A request that breaks the documented contract is
//! refused and recorded in [`Sandbox::contract_violations`].
//!
//! A request passes `server` (connections), `checks` (condition, login, limit, contract), `endpoints` (what it does, or the fault
//! that it gets) and `answers`. A new end-point goes to `endpoints`, a new fault to `faults`, a new integration type to
//! `integration`.
//!
//! The decision to know: the requests pass an axum router, but the connections are served by hyper directly, because only
//! there can a connection be closed without an answer.

mod access;
mod answers;
mod checks;
mod config;
mod endpoints;
mod faults;
mod handle;
mod hosts;
mod integration;
mod record;
mod server;
mod state;
mod store;
#[cfg(test)]
mod tests;

pub use access::{AcceptedLogin, RateLimit};
pub use config::{Condition, Config, StartError};
pub use faults::{Call, Fault, FaultError, Faults};
pub use handle::Sandbox;
pub use integration::{Integration, SeedError};
pub use record::{LoggedRequest, SavedState, StateError};
