//! Secrets: values that cannot be printed, and the references by which a sheet may name them.
//!
//! Uses no other module. The decision to know: a [`Secret`] has no `Display`, no `Serialize` and a blank `Debug`; the
//! one way to its text is [`Secret::expose`], and the request body is the one place that calls it to send it.

mod masker;
mod reference;
mod value;

pub(crate) use masker::{Masker, is_invisible, text_of_bytes};
pub(crate) use reference::{ReferenceError, SecretCell, SecretReference, first_line};
pub use reference::{SecretPolicy, SplitCell};
pub use value::Secret;
