//! The nouns of the product: integration types, fields, valid records, keys, what Jira holds, outcomes, diagnostics, places.
//!
//! Does no I/O and uses only `secret`. The decision to know: a [`Record`] that exists is valid; everything that a row
//! can get wrong is found while one is made.

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
mod type_guess;

pub use defect::{Defect, defects};
pub use diagnostic::{Code, Diagnostic, Diagnostics, Severity};
pub use field::{Field, FieldSet, Kind};
pub use field_about::FieldAbout;
pub use field_value::{FieldValue, FieldValueError, FieldView};
pub use integration_type::{CredentialForm, IntegrationType, OriginRule, TypeSpec};
pub use invalid_row::InvalidRow;
pub use key::{OriginKey, RecordKey, is_shown_as};
pub use origin::{Origin, OriginError, OriginView, normalise};
pub use outcome::Outcome;
pub use packed::Packed;
pub use place::{Place, TableFormat, TableName, column_letters};
pub use record::{Record, RecordDraft, Row, Username};
pub use region::{Region, RegionError};
pub use remote::{Difference, KnownIntegration, RemoteIntegration, RemoteList, is_same_value};
pub use shown::{FieldsText, ShownFields};
pub use type_about::Need;
