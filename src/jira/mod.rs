//! Jira over HTTP: the connection, the requests and what their answers mean.
//!
//! Uses `model` and `secret`. The decision to know: the answer to every request that changes something becomes an
//! [`Answer`] by one pure table, and nothing here sends a request twice: whether to retry is the engine's to decide.

mod answer;
mod base_url;
mod client;
mod connection;
mod error;
mod exchange;
mod message;
mod wire;

pub use answer::Answer;
pub use base_url::BaseUrl;
pub use client::Client;
#[cfg(fuzzing)]
#[doc(hidden)]
pub use client::answer_next;
pub(crate) use client::{Person, ServerInfo};
pub(crate) use connection::ConnectError;
pub use connection::{Access, Connection};
pub use error::JiraError;
pub(crate) use exchange::RateHints;
pub use exchange::{Ended, Exchange};
pub use message::Refusal;
pub use wire::CreatedIntegration;
