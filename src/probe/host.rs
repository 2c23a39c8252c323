//! What is asked of each kind of host: one entry a kind, from its vendor's REST documentation.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use url::Url;
use zeroize::Zeroizing;

use super::answer::{self, Account, HostAnswer, HostVerdict};
use super::{Login, ProbeRules};
use crate::http;
use crate::model::{Code, Field, FieldValue, IntegrationType, OriginKey, Record};
use crate::secret::{Masker, Secret};

/// A kind of host.
#[derive(Debug)]
pub struct HostApi {
    /// Where the sandbox serves it: `/hosts/NAME`.
    name: &'static str,
    types: &'static [IntegrationType],
    /// Below the origin; the answer says who we are.
    pub(super) path: &'static str,
    /// What is asked instead where the host does not have `path`.
    pub(super) older_path: Option<&'static str>,
    token: TokenHeader,
    /// What else the request carries.
    pub(super) header: Option<(&'static str, &'static str)>,
    /// Whom a successful answer names.
    read: fn(&HostAnswer) -> HostVerdict,
    /// What a refusal of an expired token contains, if the host tells.
    expired: Option<&'static str>,
    /// What a page or a redirect in place of an answer means.
    page: Code,
    /// The scope that the app needs, where hosts tell the scopes of a token: "Git Integration for Jira Data Center",
    /// page "Creating Personal Access Tokens".
    pub(super) scope: Option<&'static str>,
}

/// How a token is sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum TokenHeader {
    Bearer,
    PrivateToken,
    /// As the password of nobody.
    Basic,
}

pub static HOSTS: [HostApi; 4] = {
    use IntegrationType as T;
    [
        // docs.github.com: "Get the authenticated user", "Scopes for OAuth apps" (the header `X-OAuth-Scopes`), "Getting
        // started with the REST API" (`GitHub-Authentication-Token-Expiration`; `/api/v3` on Enterprise Server).
        HostApi {
            name: "github",
            types: &[T::GitHub, T::GitHubServer],
            path: "/api/v3/user",
            older_path: None,
            token: TokenHeader::Bearer,
            header: Some(("accept", "application/vnd.github+json")),
            read: answer::github,
            expired: None,
            page: Code::CredentialUnknown,
            scope: Some("repo"),
        },
        // docs.gitlab.com: "Personal access tokens API", "Self-inform" (since 15.5), and "Users API". Expired tokens:
        // "REST API authentication".
        HostApi {
            name: "gitlab",
            types: &[T::GitLab, T::GitLabServer],
            path: "/api/v4/personal_access_tokens/self",
            older_path: Some("/api/v4/user"),
            token: TokenHeader::PrivateToken,
            header: None,
            read: answer::gitlab,
            expired: Some("Token is expired"),
            page: Code::CredentialUnknown,
            scope: Some("api"),
        },
        // learn.microsoft.com: "Use personal access tokens" (Basic, without a user name); the resource is `ConnectionData`
        // of the client libraries' location service. The header asks for 401 in place of a page to sign in.
        HostApi {
            name: "azure",
            types: &[T::Azure, T::Vsts, T::AzureDevops, T::TfsServer],
            path: "/_apis/connectionData",
            older_path: None,
            token: TokenHeader::Basic,
            header: Some(("x-tfs-fedauthredirect", "Suppress")),
            read: answer::azure,
            expired: Some("Personal Access Token used has expired"),
            // Its pages to sign in, whose addresses differ.
            page: Code::CredentialRejected,
            scope: None,
        },
        // gerrit-review.googlesource.com/Documentation: "REST API" (authentication by `/a/`, the prefix `)]}'`) and
        // "/accounts/ REST API", "Get Account".
        HostApi {
            name: "gerrit",
            types: &[T::Gerrit],
            path: "/a/accounts/self",
            older_path: None,
            token: TokenHeader::Basic,
            header: None,
            read: answer::gerrit,
            expired: None,
            page: Code::CredentialUnknown,
            scope: None,
        },
    ]
};

impl HostApi {
    /// The kind of host of a type, if it can be probed.
    pub(super) fn of(integration_type: IntegrationType) -> Option<&'static Self> {
        HOSTS
            .iter()
            .find(|api| api.types.contains(&integration_type))
    }

    /// What `answer` tells of the `secret` in `field`, a token or a password. Texts of the host are masked.
    pub fn verdict(&self, field: Field, secret: &Secret, answer: &HostAnswer) -> HostVerdict {
        let masker = Masker::of([secret]);
        let unknown = |why: String| Err((Code::CredentialUnknown, why));
        let is_sign_in = self.page == Code::CredentialRejected;
        match answer.status {
            300..=399 => {
                let location = answer.header("location");
                let end = location.find(['?', '#']).unwrap_or(location.len());
                let location = masker.clean(&location[..end]);
                // The host has moved for good; that is no page to sign in.
                let has_moved = matches!(answer.status, 301 | 308);
                let code = if has_moved {
                    Code::CredentialUnknown
                } else {
                    self.page
                };
                Err((code, format!("it redirects to `{location}`")))
            }
            200..=299 if answer.is_html() || answer.status == 203 && is_sign_in => {
                let why = "it answers with an HTML page, such as a login form";
                Err((self.page, why.to_owned()))
            }
            200..=299 => {
                let account = (self.read)(answer)?;
                let user = masker.clean(&account.user);
                Ok(Account { user, ..account })
            }
            401 if answer.is_other_login(field == Field::Pat) => unknown(
                "it requires a Windows login (NTLM or Kerberos), which is not tried".to_owned(),
            ),
            401 => match self.expired {
                Some(words) if answer.text().contains(words) => {
                    Err((Code::TokenExpired, String::new()))
                }
                _ => Err((Code::CredentialRejected, answer.message(&masker))),
            },
            407 => {
                let why = "the proxy requires a login";
                Err((Code::HostUnreachable, why.to_owned()))
            }
            _ => unknown(answer.message(&masker)),
        }
    }
}

/// The address that tells whether the record's credential works, or why there is none and what to do.
pub(super) fn url(
    api: &HostApi,
    record: &Record,
    rules: &ProbeRules,
) -> Result<String, (&'static str, &'static str)> {
    if let Some(sandbox) = &rules.sandbox {
        return Ok(format!("{sandbox}/hosts/{}{}", api.name, api.path));
    }
    let origin = origin(record).ok_or((
        "the row has no origin, and the vendor documents no default",
        "fill in `origin`",
    ))?;
    let parsed = Url::parse(origin).map_err(|_| ("its origin is no URL", "correct `origin`"))?;
    if parsed.scheme() == "http" && !http::is_loopback(&parsed) && !rules.allow_plain_http {
        return Err((
            "its origin is unencrypted http, where anyone on the network can read the secret",
            "use https://, or accept the risk with `--allow-plain-http`",
        ));
    }
    let host = parsed.host_str().unwrap_or_default();
    if record.integration_type() == IntegrationType::GitHub {
        if matches!(host, "github.com" | "www.github.com" | "api.github.com") {
            return Ok("https://api.github.com/user".to_owned());
        }
        // Enterprise Cloud with data residency.
        if host.ends_with(".ghe.com") {
            let api = host.strip_prefix("api.").unwrap_or(host);
            return Ok(format!("https://api.{api}/user"));
        }
    }
    let collection = match record.setting(Field::TfsCollection) {
        Some(FieldValue::Text(collection)) => Some(collection.as_str()),
        _ => None,
    };
    if host == "dev.azure.com" && parsed.path() == "/" && collection.is_none() {
        return Err((
            "its origin names no organization",
            "write the origin as https://dev.azure.com/ORGANIZATION to have it probed",
        ));
    }
    let mut url = parsed;
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(collection);
    }
    let base = url.as_str().trim_end_matches('/');
    Ok(format!("{base}{}", api.path))
}

/// Where the record's host is; none if it is not known.
fn origin(record: &Record) -> Option<&str> {
    OriginKey::exact(record.integration_type(), record.origin())
}

/// The record's host for messages.
pub(super) fn shown(record: &Record) -> &str {
    origin(record).map_or(record.integration_type().name(), part)
}

/// Scheme and host of a URL.
pub(super) fn part(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url[host..].find('/');
    &url[..end.map_or(url.len(), |end| host + end)]
}

/// The header that logs in; none if the secret cannot be sent.
pub(super) fn login_header(login: &Login<'_>) -> Option<(HeaderName, HeaderValue)> {
    let secret = login.secret.expose();
    let basic = |user: &str| {
        let pair = Zeroizing::new(format!("{user}:{secret}"));
        Zeroizing::new(format!("Basic {}", BASE64_STANDARD.encode(&*pair)))
    };
    let (name, text) = match (login.account, login.api.token) {
        (Some(user), _) => (AUTHORIZATION, basic(user)),
        (None, TokenHeader::Basic) => (AUTHORIZATION, basic("")),
        (None, TokenHeader::Bearer) => (AUTHORIZATION, Zeroizing::new(format!("Bearer {secret}"))),
        (None, TokenHeader::PrivateToken) => (
            HeaderName::from_static("private-token"),
            Zeroizing::new(secret.to_owned()),
        ),
    };
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some((name, value))
}
