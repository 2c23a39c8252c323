//! Jira over HTTP: where it is, who we are to it, what we send and what an answer means.
//!
//! Uses `model` and `secret`. The decision to know: every answer to a POST becomes one [`Verdict`] by a pure function,
//! every answer to a DELETE one [`Removal`], and nothing here sends a request twice: whether to send again is the
//! engine's to decide.

mod access;
mod answer;
mod base_url;
mod client;
mod connection;
mod created;
mod entries;
mod error;
mod exchange;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod given;
mod hints;
mod mask;
mod message;
mod removal;
mod verdict;
mod wire;

pub use access::Access;
pub use base_url::BaseUrl;
pub use client::Client;
pub(crate) use connection::ConnectError;
pub use connection::Connection;
pub use created::CreatedIntegration;
pub use error::JiraError;
pub use exchange::{Ended, Exchange};
pub(crate) use hints::RateHints;
pub use removal::Removal;
pub(crate) use verdict::StopReason;
pub use verdict::{Refusal, Verdict};
