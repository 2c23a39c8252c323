//! `gij` reads spreadsheets of *integrations* for the Jira app *Git Integration for Jira* (Data Center), says everything
//! that is wrong with them before anything is sent, and creates each integration once.
//!
//! The way through: files → [`input`] → [`validate`] → [`plan`] → [`engine`] → [`journal`] → [`report`]. The nouns are in
//! [`model`] and [`secret`], the requests in [`jira`], what people see in [`render`], what is said about codes, types and
//! fields in [`explain`], the commands in [`cli`], and a simulated Jira in [`sandbox`].

pub mod cli;
pub mod engine;
pub mod explain;
pub mod input;
pub mod jira;
pub mod journal;
pub mod model;
pub mod plan;
pub mod render;
pub mod report;
pub mod sandbox;
pub mod secret;
pub mod validate;
