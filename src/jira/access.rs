use crate::secret::Secret;

/// How we log in to Jira.
#[derive(Clone, Debug)]
pub enum Access {
    /// A personal access token (Jira 8.14 or later).
    Token(Secret),
    /// A user name and password, which Jira may refuse by its settings.
    Basic {
        /// The user name.
        user: String,
        /// The password.
        password: Secret,
    },
}

impl Access {
    /// The secret part.
    pub fn secret(&self) -> &Secret {
        match self {
            Self::Token(secret)
            | Self::Basic {
                password: secret, ..
            } => secret,
        }
    }
}
