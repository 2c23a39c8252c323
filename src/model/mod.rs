//! The nouns of the product: integration types, fields, valid records, keys, what Jira holds, outcomes, diagnostics, places.
//!
//! Does no I/O and uses only `secret`. The decision to know: a [`Record`] that exists is valid; everything that a row
//! can get wrong is found while one is made.

mod code;
mod defect;
mod diagnostic;
mod field;
mod field_about;
mod field_value;
mod ids;
mod integration_type;
mod invalid_row;
mod key;
mod origin;
mod outcome;
mod packed;
mod place;
mod record;
mod region;
mod remote;
mod shown;
mod type_about;

pub use code::{Code, Severity};
pub(crate) use code::{Example, LETTERS};
pub(crate) use defect::{Defect, defects};
pub use diagnostic::Diagnostic;
pub(crate) use diagnostic::Diagnostics;
pub(crate) use field::FieldSet;
pub use field::{Field, Kind};
pub(crate) use field_value::{FieldValue, FieldValueError, FieldView};
pub use integration_type::IntegrationType;
pub(crate) use integration_type::{CredentialForm, OriginRule};
pub(crate) use invalid_row::InvalidRow;
pub(crate) use key::{OriginKey, RecordKey, is_shown_as};
pub(crate) use origin::{Origin, OriginError, OriginView, normalise};
pub use outcome::Outcome;
pub(crate) use packed::Packed;
pub use place::{Place, TableName};
pub(crate) use place::{TableFormat, column_letters};
pub use record::{Record, RecordDraft};
pub(crate) use record::{Row, Username};
pub(crate) use region::Region;
pub(crate) use remote::{Difference, RemoteIntegration, is_same_value};
pub(crate) use shown::ShownFields;
pub(crate) use type_about::Need;
