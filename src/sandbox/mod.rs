//! A simulated Jira with the app *Git Integration for Jira*: to rehearse against, and to prove the importer against.
//!
//! It keeps everything in memory and on request in a file too ([`State`]), answers the documented end-points, misbehaves on request ([`Faults`], [`Condition`]) and
//! remembers what it was asked. It may use nothing of the rest of the crate: it has its own idea of the wire format, so that a
//! mistake in the client cannot be repeated here. What a client sends against the documentation is refused and remembered in
//! [`Sandbox::contract_violations`].
//!
//! The decision to know: the requests pass an axum router, but the connections are served by hyper directly, because only
//! there can a connection be closed without an answer.

mod access;
mod answers;
mod call;
mod carry;
mod condition;
mod config;
mod dice;
mod faults;
mod gate;
mod handle;
mod integration;
mod kinds;
mod log;
mod manners;
mod pages;
mod rate;
mod request;
mod routes;
mod server;
mod shared;
mod state;
mod store;
mod tear;
#[cfg(test)]
mod tests;

pub use access::Access;
pub use call::Call;
pub use condition::Condition;
pub use config::{Config, StartError};
pub use faults::{Fault, FaultError, Faults};
pub use handle::Sandbox;
pub use integration::{Integration, SeedError};
pub use log::{Received, Request};
pub use rate::RateLimit;
pub use state::{State, StateError};
