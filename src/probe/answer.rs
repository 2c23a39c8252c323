//! What a host's answer means: pure functions of the answer.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use reqwest::header::HeaderMap;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::model::Code;
use crate::secret::{Masker, text_of_bytes};

/// A whole answer.
#[derive(Clone, Debug, Default)]
pub struct HostAnswer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// Whom a host took a credential for.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Account {
    pub(super) user: String,
    /// When the token expires, if the host tells.
    pub(super) expires: Option<Timestamp>,
    /// The scopes of the token, if the host tells.
    pub(super) scopes: Option<Vec<String>>,
}

/// What is known of a credential: the account, or the code of what is wrong and why.
pub(super) type HostVerdict = Result<Account, (Code, String)>;

impl HostAnswer {
    pub(super) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        let text = value.and_then(|value| value.to_str().ok());
        text.unwrap_or_default()
    }

    /// Whether the host takes no more requests for now.
    pub(super) fn is_throttled(&self) -> bool {
        let is_used_up =
            self.header("x-ratelimit-remaining") == "0" || !self.header("retry-after").is_empty();
        self.status == 429 || self.status == 403 && is_used_up
    }

    pub(super) fn is_html(&self) -> bool {
        let media_type = self.header("content-type").to_ascii_lowercase();
        media_type.starts_with("text/html") || self.body.trim_ascii_start().starts_with(b"<")
    }

    pub(super) fn text(&self) -> Cow<'_, str> {
        text_of_bytes(&self.body)
    }

    /// Whether a refusal may only mean that the server takes another kind of login. Servers of Microsoft's offer Basic for
    /// tokens even where they take passwords by Windows logins alone.
    pub(super) fn is_other_login(&self, is_token: bool) -> bool {
        let offers = self.headers.get_all("www-authenticate").iter();
        let offers: Vec<String> = offers
            .filter_map(|offer| offer.to_str().ok())
            .map(str::to_ascii_lowercase)
            .collect();
        let has = |scheme: &str| offers.iter().any(|offer| offer.starts_with(scheme));
        (has("ntlm") || has("negotiate")) && !(is_token && (has("basic") || has("bearer")))
    }

    /// The status and what the host says, fit to be shown.
    pub(super) fn message(&self, masker: &Masker) -> String {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Message {
            message: Option<String>,
            error_description: Option<String>,
        }
        let text = match self.json::<Message>() {
            Some(said) => said.message.or(said.error_description).unwrap_or_default(),
            None if self.is_html() => String::new(),
            None => self.text().into_owned(),
        };
        let status = self.status;
        format!("HTTP {status} {}", masker.clean(&text))
            .trim_end()
            .to_owned()
    }

    fn json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(&self.text()).ok()
    }

    fn account<T: DeserializeOwned>(&self) -> Result<T, (Code, String)> {
        let why = "its answer is not of the documented form";
        self.json()
            .ok_or_else(|| (Code::CredentialUnknown, why.to_owned()))
    }
}

pub(super) fn github(answer: &HostAnswer) -> HostVerdict {
    #[derive(Deserialize)]
    struct User {
        login: String,
    }
    let User { login } = answer.account()?;
    // Fine-grained tokens have no scopes, and no header or an empty one.
    let scopes = Some(answer.header("x-oauth-scopes")).filter(|scopes| !scopes.trim().is_empty());
    Ok(Account {
        user: login,
        expires: github_time(answer.header("github-authentication-token-expiration")),
        scopes: scopes.map(|scopes| scopes.split(',').map(|one| one.trim().to_owned()).collect()),
    })
}

/// `2027-03-03 12:00:00 UTC`, or with an offset such as `-0800`.
fn github_time(text: &str) -> Option<Timestamp> {
    let text = text.trim().replace("UTC", "+0000");
    Timestamp::strptime("%Y-%m-%d %H:%M:%S %z", text).ok()
}

pub(super) fn gitlab(answer: &HostAnswer) -> HostVerdict {
    /// A token, or a user where the host is too old to tell of tokens.
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum SelfOrUser {
        Token {
            name: String,
            user_id: u64,
            scopes: Vec<String>,
            #[serde(default)]
            revoked: bool,
            expires_at: Option<Date>,
        },
        User {
            username: String,
        },
    }
    match answer.account()? {
        SelfOrUser::Token { revoked: true, .. } => {
            Err((Code::CredentialRejected, "the token is revoked".to_owned()))
        }
        SelfOrUser::Token {
            name,
            user_id,
            scopes,
            expires_at,
            ..
        } => Ok(Account {
            user: format!("user {user_id} (token `{name}`)"),
            // A token expires at the beginning of its day, in UTC.
            expires: expires_at
                .and_then(|date| date.to_zoned_datetime(TimeZone::UTC).ok())
                .map(|zoned| zoned.timestamp()),
            scopes: Some(scopes),
        }),
        SelfOrUser::User { username } => Ok(Account {
            user: username,
            ..Account::default()
        }),
    }
}

pub(super) fn azure(answer: &HostAnswer) -> HostVerdict {
    #[derive(Deserialize)]
    struct ConnectionData {
        #[serde(rename = "authenticatedUser")]
        user: Identity,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Identity {
        id: String,
        provider_display_name: String,
    }
    let ConnectionData { user } = answer.account()?;
    // Public organizations take whoever fails to log in for this user.
    if user.id.starts_with("aaaaaaaa-aaaa") || user.provider_display_name == "Anonymous" {
        let why = "taken for an anonymous user";
        return Err((Code::CredentialRejected, why.to_owned()));
    }
    Ok(Account {
        user: user.provider_display_name,
        ..Account::default()
    })
}

pub(super) fn gerrit(answer: &HostAnswer) -> HostVerdict {
    #[derive(Deserialize)]
    struct AccountInfo {
        #[serde(rename = "_account_id")]
        id: u64,
        username: Option<String>,
        name: Option<String>,
    }
    // The prefix keeps browsers from running the answer as a script.
    let body = answer.body.strip_prefix(b")]}'").unwrap_or(&answer.body);
    let info: AccountInfo = HostAnswer {
        body: body.to_owned(),
        ..HostAnswer::default()
    }
    .account()?;
    let user = info.username.or(info.name);
    Ok(Account {
        user: user.unwrap_or_else(|| format!("account {}", info.id)),
        ..Account::default()
    })
}
