//! Fields of an integration as they may be shown.

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::field::Field;

/// Fields by their names in the API, none of them a secret. They are kept as the text of a JSON object: a run keeps those
/// of all its rows, and a map of each takes several times the memory.
#[derive(Clone, Debug, Default)]
pub struct ShownFields(String);

impl ShownFields {
    /// At least one field, written in this order.
    pub(crate) fn new(fields: impl Iterator<Item = (Field, Value)>) -> Self {
        let mut text = Vec::new();
        let named = fields.map(|(field, value)| (field.name(), value));
        // Writing JSON values into memory cannot fail.
        let _ = serde_json::Serializer::new(&mut text).collect_map(named);
        Self(String::from_utf8(text).unwrap_or_default())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The fields, read out of the text.
    pub fn open(&self) -> Map<String, Value> {
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

impl From<Map<String, Value>> for ShownFields {
    fn from(fields: Map<String, Value>) -> Self {
        if fields.is_empty() {
            return Self::default();
        }
        Self(Value::Object(fields).to_string())
    }
}

impl PartialEq for ShownFields {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || self.open() == other.open()
    }
}

impl Serialize for ShownFields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serde_json::from_str::<&RawValue>(&self.0) {
            Ok(text) => text.serialize(serializer),
            Err(_) => serializer.serialize_map(Some(0))?.end(),
        }
    }
}

impl<'de> Deserialize<'de> for ShownFields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Its text is copied as it stands. By way of a map, to read a hundred journals takes half as long again.
        let text = Box::<RawValue>::deserialize(deserializer)?;
        match text.get() {
            "{}" => Ok(Self::default()),
            object if object.starts_with('{') => Ok(Self(object.to_owned())),
            _ => Err(D::Error::custom("not an object")),
        }
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
        for shown in [ShownFields::default(), fields().into()] {
            let json = serde_json::to_value(&shown).unwrap();
            assert_eq!(json, Value::Object(shown.open()));
            let read: ShownFields = serde_json::from_value(json).unwrap();
            assert_eq!(read, shown);
        }
    }
}
