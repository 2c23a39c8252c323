//! The catalogue, by what a code is about. Facts about the app are those of the vendor's manual, facts about hosts those
//! that the hosts document.

pub(super) mod cells;
pub(super) mod credentials;
pub(super) mod origins;
pub(super) mod projects;
pub(super) mod rows;
pub(super) mod settings;
pub(super) mod tables;
