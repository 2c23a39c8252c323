//! Fields of an integration as they may be shown.

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

/// Fields by their names in the API, none of them a secret. They are kept as the text of a JSON object: a run keeps those of
/// all its rows, and a map of each takes several times the memory. By way of a map, to read a hundred journals takes half as
/// long again.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ShownFields(Option<Box<RawValue>>);

impl ShownFields {
    pub fn is_empty(&self) -> bool {
        self.text() == "{}"
    }

    /// The fields, read out of the text.
    pub fn open(&self) -> Map<String, Value> {
        serde_json::from_str(self.text()).unwrap_or_default()
    }

    fn text(&self) -> &str {
        self.0.as_ref().map_or("{}", |fields| fields.get())
    }
}

impl From<Map<String, Value>> for ShownFields {
    fn from(fields: Map<String, Value>) -> Self {
        // Writing JSON values into memory cannot fail.
        Self(to_raw_value(&fields).ok())
    }
}

impl PartialEq for ShownFields {
    fn eq(&self, other: &Self) -> bool {
        self.open() == other.open()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> Map<String, Value> {
        [
            ("origin".to_owned(), "\"é\"\n".into()),
            ("disabled".to_owned(), true.into()),
        ]
        .into_iter()
        .collect()
    }

    #[test]
    fn fields_kept_as_text_are_the_same_fields() {
        assert_eq!(ShownFields::from(fields()).open(), fields());
        assert!(ShownFields::from(Map::new()).is_empty());
    }

    #[test]
    fn fields_are_written_and_read_as_the_object_that_they_are() {
        for shown in [Map::new().into(), fields().into()] {
            let shown: ShownFields = shown;
            let json = serde_json::to_value(&shown).unwrap();
            assert_eq!(json, Value::Object(shown.open()));
            let read: ShownFields = serde_json::from_value(json).unwrap();
            assert_eq!(read, shown);
        }
    }
}
