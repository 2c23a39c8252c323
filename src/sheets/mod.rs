//! The workbooks that `gij` writes for people to fill in: the starter sheet of `gij template`, and
//! what `gij export` reads from Jira.
//!
//! Uses `model`. The decision to know: cells to be filled in hold text in angle brackets (`<your-token>`), which is not a valid
//! value, so an example that was forgotten is an error later. The names of the sheets that explain begin with `_`, so the
//! reader skips them whatever they contain.

mod export;
mod form;
mod guide;
mod integrations;
mod look;
mod template;

pub(crate) use export::{Export, TO_FILL_IN, project_ids};
pub(crate) use form::SheetForm;
pub(crate) use template::Template;
