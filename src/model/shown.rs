//! The fields of an integration as Jira shows them.

use std::borrow::Cow;
use std::mem;

use serde_json::{Map, Value};

/// Fields by their names in the API. Those of a long list are packed: as text they need a fourth of the room.
#[derive(Clone, Debug)]
pub struct ShownFields(Form);

#[derive(Clone, Debug)]
enum Form {
    Open(Map<String, Value>),
    Packed(Box<str>),
}

impl ShownFields {
    /// The fields, read out of the text if they are packed.
    pub fn open(&self) -> Cow<'_, Map<String, Value>> {
        match &self.0 {
            Form::Open(fields) => Cow::Borrowed(fields),
            Form::Packed(text) => Cow::Owned(serde_json::from_str(text).unwrap_or_default()),
        }
    }

    /// The same fields in less room.
    pub fn packed(self) -> Self {
        match self.0 {
            // Writing JSON into memory cannot fail.
            Form::Open(fields) => match serde_json::to_string(&fields) {
                Ok(text) => Self(Form::Packed(text.into())),
                Err(_) => fields.into(),
            },
            packed @ Form::Packed(_) => Self(packed),
        }
    }

    /// Keeps those fields only of which `is_kept` says so.
    pub fn retain(&mut self, mut is_kept: impl FnMut(&str, &Value) -> bool) {
        let mut fields = match mem::replace(&mut self.0, Form::Open(Map::new())) {
            Form::Open(fields) => fields,
            Form::Packed(text) => serde_json::from_str(&text).unwrap_or_default(),
        };
        fields.retain(|name, value| is_kept(name, value));
        self.0 = Form::Open(fields);
    }
}

impl From<Map<String, Value>> for ShownFields {
    fn from(fields: Map<String, Value>) -> Self {
        Self(Form::Open(fields))
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

    #[test]
    fn packed_fields_are_the_same_fields() {
        let fields: Map<String, Value> = [
            ("origin".to_owned(), "é".into()),
            ("depth".to_owned(), 2.into()),
        ]
        .into_iter()
        .collect();
        let open = ShownFields::from(fields.clone());
        let mut packed = open.clone().packed();
        assert_eq!(packed, open);
        assert_eq!(*packed.open(), fields);
        packed.retain(|name, _| name == "depth");
        assert_eq!(packed.open().len(), 1);
    }
}
