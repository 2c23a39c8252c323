//! `gij explain`: what a diagnostic, an integration type or a field means.
//!
//! Uses `input`, `model`, `secret` and `validate`; no network, no file. The texts stand in `model`, beside what they
//! describe. The example of a diagnostic is run through the real validator, so the output shown for it is never out of date.

mod lookup;
mod topic;

pub(crate) use lookup::explain;
pub(crate) use topic::{
    Catalogue, CatalogueLine, CodeTopic, FieldTopic, NeededBy, Topic, TypeTopic,
};
