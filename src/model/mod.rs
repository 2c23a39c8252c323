//! The nouns of the product: integration types, fields, valid records, keys, what Jira holds, outcomes, diagnostics, places.
//!
//! Does no I/O and uses only `secret`. The decision to know: a [`Record`] that exists is valid; everything that a row
//! can get wrong is found while one is made.

mod code;
mod defect;
mod diagnostic;
mod field;
mod field_value;
mod integration_type;
mod key;
mod nearest;
mod origin;
mod place;
mod quote;
mod record;
mod region;
mod remote;
mod row;
mod shown;
mod type_about;

pub use code::{Code, Severity};
pub(crate) use code::{CodeAbout, Example};
pub(crate) use defect::defects;
pub use diagnostic::Diagnostic;
pub(crate) use diagnostic::{Diagnostics, Problem, listed};
pub(crate) use field::{ABOUT_ID, FieldSet, ID};
pub use field::{Field, Kind};
pub(crate) use field_value::{FieldValue, parse_flag};
pub use integration_type::IntegrationType;
pub(crate) use integration_type::{CredentialForm, Need, OriginRule};
pub(crate) use key::{OriginKey, RecordKey};
pub(crate) use nearest::{nearest, plain};
pub(crate) use origin::{Origin, normalise};
pub use place::{Place, TableName};
pub(crate) use place::{TableFormat, column_letters};
pub(crate) use quote::{quote, quote_any, shown};
pub(crate) use record::Username;
pub use record::{Record, RecordDraft};
pub(crate) use region::LISTED_REGIONS;
pub use remote::Remote;
pub(crate) use remote::{
    Difference, RemoteIntegration, RemoteMap, RemoteSet, differences, is_same_value, text_of,
};
pub use row::Outcome;
pub(crate) use row::{Row, ShownRow};
pub(crate) use shown::ShownFields;
