//! The starter sheet of `gij template`: what stands in it, and one file per form.
//!
//! Uses `model`. The decision to know: what must be filled in stands in angle brackets (`<token>`), which is no value, so
//! that an example that was forgotten is an error later. The sheets that explain have names that begin with `_`: the reader
//! passes them over whatever stands in them.

mod csv;
mod form;
mod guide;
mod look;
mod note;
mod sheet;
mod starter;
mod xlsx;

pub(crate) use form::TemplateForm;
pub(crate) use starter::Template;
