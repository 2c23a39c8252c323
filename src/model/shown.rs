//! Fields of an integration as they may be shown.

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::field::Field;

/// Fields by their names in the API, none of them a secret. They are kept as the text of a JSON object, which needs a
/// fourth of the room of its parts and is ready to be written.
#[derive(Clone, Debug, Default)]
pub struct ShownFields(Box<str>);

/// [`ShownFields`] that are being put together.
#[derive(Debug, Default)]
pub(crate) struct FieldsText(Vec<u8>);

impl ShownFields {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The fields, read out of the text.
    pub fn open(&self) -> Map<String, Value> {
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

impl FieldsText {
    /// Adds a field, which is not there yet.
    pub(crate) fn put(&mut self, field: Field, value: &(impl Serialize + ?Sized)) {
        let is_first = self.0.is_empty();
        self.0.push(if is_first { b'{' } else { b',' });
        // The names that we know are plain.
        self.0.push(b'"');
        self.0.extend_from_slice(field.name().as_bytes());
        self.0.extend_from_slice(b"\":");
        // Writing JSON of strings, numbers and flags into memory cannot fail.
        let _ = serde_json::to_writer(&mut self.0, value);
    }

    /// All that was put in.
    pub(crate) fn end(mut self) -> ShownFields {
        if !self.0.is_empty() {
            self.0.push(b'}');
        }
        ShownFields(String::from_utf8(self.0).unwrap_or_default().into())
    }
}

impl From<Map<String, Value>> for ShownFields {
    fn from(fields: Map<String, Value>) -> Self {
        if fields.is_empty() {
            return Self::default();
        }
        // Writing JSON into memory cannot fail.
        Self(serde_json::to_string(&fields).unwrap_or_default().into())
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
        Map::deserialize(deserializer).map(Self::from)
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

    #[test]
    fn the_order_of_fields_does_not_tell_them_apart() {
        let mut other = FieldsText::default();
        other.put(Field::Origin, "\"é\"\n");
        other.put(Field::Disabled, &true);
        assert_eq!(other.end(), fields().into());
    }
}
