//! The values of a row that are no secrets, in one text.

use std::sync::Arc;

use super::field::Field;
use super::field_value::FieldView;
use super::origin::OriginView;

/// What a row says apart from secrets. It is kept for as long as a run goes on, and a text of its own for each value would
/// take several times the room.
///
/// Each value is the letter of its field, that of its form and what it says. Numbers and lengths are written in characters
/// of six bits, the last of which comes before `@`, as they are read far more often than written.
#[derive(Clone, PartialEq, Debug)]
pub struct Packed(Arc<str>);

/// The values to be packed.
#[derive(Default)]
pub(super) struct Values<'a, S> {
    pub display_name: Option<&'a str>,
    pub origin: Option<OriginView<'a>>,
    pub username: Option<&'a str>,
    pub settings: S,
}

mod form {
    pub(super) const YES: char = 'y';
    pub(super) const NO: char = 'n';
    pub(super) const INTEGER: char = 'i';
    pub(super) const IDS: char = 'l';
    pub(super) const TEXT: char = 't';
    /// An origin for comparing: so many bytes of the origin.
    pub(super) const UP_TO: char = 'u';
    /// An origin for comparing that is another text.
    pub(super) const OTHERWISE: char = 'o';
}

/// How many bits of a number a character holds, what they may be, and what says that more of them follow.
const BITS_EACH: u32 = 6;
const BITS: u64 = 0x3f;
const MORE: u8 = 0x40;

/// A value as it is stored.
enum Stored<'a> {
    Value(FieldView<'a>),
    UpTo(usize),
    Otherwise(&'a str),
}

impl Packed {
    pub(super) fn new<'a>(
        values: Values<'a, impl Iterator<Item = (Field, FieldView<'a>)>>,
    ) -> Self {
        let mut packing = Packing(String::new());
        let mut text = |field: Field, text: Option<&str>| {
            if let Some(text) = text {
                packing.text(field, form::TEXT, text);
            }
        };
        text(Field::DisplayName, values.display_name);
        text(
            Field::Origin,
            values.origin.as_ref().map(OriginView::as_str),
        );
        if let Some(origin) = values.origin {
            packing.normalised(origin);
        }
        if let Some(name) = values.username {
            packing.text(Field::Username, form::TEXT, name);
        }
        for (field, value) in values.settings {
            packing.value(field, &value);
        }
        Self(packing.0.into())
    }

    /// What a row is known again by: its name, and its origin for comparing.
    pub fn of_key(display_name: Option<&str>, origin: Option<&str>) -> Self {
        Self::new(Values {
            display_name,
            origin: origin.map(|normalised| OriginView::new(normalised, normalised)),
            username: None,
            settings: std::iter::empty(),
        })
    }

    fn entries(&self) -> Entries<'_> {
        Entries(&self.0)
    }

    fn text(&self, of: Field) -> Option<&str> {
        // The fields that are no settings come first, in their order.
        let mut entries = self.entries().take_while(|(field, _)| *field <= of);
        entries.find_map(|(field, stored)| match stored {
            Stored::Value(FieldView::Text(text)) if field == of => Some(text),
            _ => None,
        })
    }

    /// The name.
    pub fn display_name(&self) -> Option<&str> {
        self.text(Field::DisplayName)
    }

    /// The name of the account.
    pub fn username(&self) -> Option<&str> {
        self.text(Field::Username)
    }

    /// The origin.
    pub fn origin(&self) -> Option<OriginView<'_>> {
        let text = self.text(Field::Origin)?;
        let normalised = self.entries().find_map(|(_, stored)| match stored {
            Stored::UpTo(end) => text.get(..end),
            Stored::Otherwise(normalised) => Some(normalised),
            Stored::Value(_) => None,
        });
        Some(OriginView::new(text, normalised.unwrap_or(text)))
    }

    /// The settings.
    pub fn settings(&self) -> impl Iterator<Item = (Field, FieldView<'_>)> {
        self.entries().filter_map(|(field, stored)| match stored {
            Stored::Value(value) if field > Field::Username => Some((field, value)),
            _ => None,
        })
    }
}

struct Packing(String);

impl Packing {
    fn head(&mut self, field: Field, form: char) {
        self.0.push(char::from(b'0' + field as u8));
        self.0.push(form);
    }

    fn text(&mut self, field: Field, form: char, text: &str) {
        self.head(field, form);
        self.length(text.len());
        self.0.push_str(text);
    }

    fn length(&mut self, length: usize) {
        self.number(length as u64);
    }

    fn number(&mut self, mut number: u64) {
        loop {
            let bits = u8::try_from(number & BITS).unwrap_or_default();
            number >>= BITS_EACH;
            if number == 0 {
                return self.0.push(char::from(bits));
            }
            self.0.push(char::from(bits | MORE));
        }
    }

    fn normalised(&mut self, origin: OriginView<'_>) {
        let normalised = origin.normalised();
        if origin.as_str().starts_with(normalised) {
            self.head(Field::Origin, form::UP_TO);
            self.length(normalised.len());
        } else {
            self.text(Field::Origin, form::OTHERWISE, normalised);
        }
    }

    fn value(&mut self, field: Field, value: &FieldView<'_>) {
        match value {
            FieldView::Flag(true) => self.head(field, form::YES),
            FieldView::Flag(false) => self.head(field, form::NO),
            FieldView::Integer(number) => {
                self.head(field, form::INTEGER);
                self.number(u64::from(*number));
            }
            FieldView::Ids(ids) => {
                self.head(field, form::IDS);
                self.length(ids.len());
                ids.iter().for_each(|id| self.number(*id));
            }
            FieldView::Text(text) => self.text(field, form::TEXT, text),
        }
    }
}

/// What is left of the text.
struct Entries<'a>(&'a str);

impl<'a> Iterator for Entries<'a> {
    type Item = (Field, Stored<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let [field, form, ..] = *self.0.as_bytes() else {
            return None;
        };
        let field = Field::all().nth(usize::from(field.checked_sub(b'0')?))?;
        self.0 = self.0.get(2..)?;
        let stored = match char::from(form) {
            form::YES => Stored::Value(FieldView::Flag(true)),
            form::NO => Stored::Value(FieldView::Flag(false)),
            form::INTEGER => {
                let number = u32::try_from(self.number()?).ok()?;
                Stored::Value(FieldView::Integer(number))
            }
            form::IDS => {
                let ids: Option<Box<[u64]>> = (0..self.number()?).map(|_| self.number()).collect();
                Stored::Value(FieldView::Ids(ids?))
            }
            form::UP_TO => Stored::UpTo(self.length()?),
            form::OTHERWISE => Stored::Otherwise(self.text()?),
            _ => Stored::Value(FieldView::Text(self.text()?)),
        };
        Some((field, stored))
    }
}

impl<'a> Entries<'a> {
    fn number(&mut self) -> Option<u64> {
        let (mut number, mut shift) = (0, 0);
        for (at, byte) in self.0.bytes().enumerate() {
            number |= (u64::from(byte) & BITS).checked_shl(shift)?;
            shift += BITS_EACH;
            if byte & MORE == 0 {
                self.0 = self.0.get(at + 1..)?;
                return Some(number);
            }
        }
        None
    }

    fn length(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = self.length()?;
        let (text, behind) = self.0.split_at_checked(length)?;
        self.0 = behind;
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_packed_comes_out_again(
            name in proptest::option::of(".{0,8}"),
            origin in proptest::option::of(("[ab:;é]{0,4}", "[ab:;é]{0,4}")),
            username in proptest::option::of(".{0,8}"),
            texts in proptest::collection::vec("[0-9ty:;,é]{0,6}", 0..3),
            number: u32,
            flag: bool,
            ids in proptest::collection::vec(any::<u64>(), 0..4),
        ) {
            let origin = origin.as_ref().map(|(text, other)| OriginView::new(text, other));
            let mut settings: Vec<(Field, FieldView<'_>)> = vec![
                (Field::Disabled, FieldView::Flag(flag)),
                (Field::MaxMinsToCommitEmail, FieldView::Integer(number)),
                (Field::ProjectMappingIds, FieldView::Ids(ids.into())),
            ];
            settings.extend(texts.iter().map(|text| (Field::ApiPath, FieldView::Text(text))));
            let packed = Packed::new(Values {
                display_name: name.as_deref(),
                origin,
                username: username.as_deref(),
                settings: settings.iter().cloned(),
            });
            prop_assert_eq!(packed.display_name(), name.as_deref());
            prop_assert_eq!(packed.origin(), origin);
            prop_assert_eq!(packed.username(), username.as_deref());
            prop_assert_eq!(packed.settings().collect::<Vec<_>>(), settings);
        }
    }
}
