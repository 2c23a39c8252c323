//! The calls that faults can befall.

use std::fmt;

/// A call of the app's API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// `POST …/integration`
    Create,
    /// `GET …/integration`
    List,
    /// `GET …/integration/{id}`
    Show,
    /// `DELETE …/integration/{id}`
    Delete,
}

impl Call {
    /// All calls there are, in the order of the enum: `call as usize` is its index.
    pub const ALL: [Self; 4] = [Self::Create, Self::List, Self::Show, Self::Delete];

    /// The word by which a user means it, such as `delete`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::List => "list",
            Self::Show => "show",
            Self::Delete => "delete",
        }
    }

    /// The call of that name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|call| call.name() == name)
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
