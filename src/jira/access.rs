use zeroize::Zeroizing;

use crate::secret::{Guises, Secret};

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
    /// What must not be seen of it in what a server sends.
    pub(super) fn guises(&self) -> Guises {
        let guises = Guises::of([self.secret()]);
        match self {
            Self::Token(_) => guises,
            Self::Basic { user, password } => {
                let pair = Zeroizing::new(format!("{user}:{}", password.expose()));
                guises.with_base64(&pair)
            }
        }
    }

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
