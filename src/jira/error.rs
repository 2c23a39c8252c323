//! Why Jira cannot be used, and what to do about it.

use thiserror::Error;

use super::base_url::BaseUrl;
use super::exchange::{Ended, NoAnswer, RawAnswer, Reply};
use super::message;
use crate::secret::Masker;

/// Why the Jira at the base URL `url` cannot be used.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum JiraError {
    /// No connection, or it broke.
    #[error("Jira at {url} cannot be reached: {why}")]
    Unreachable { url: String, why: String },
    /// `STARTING`, `MAINTENANCE`, `ERROR`, …
    #[error("Jira at {url} is not ready: its state is {state}")]
    NotReady { url: String, state: String },
    #[error("there is no Jira at {url}: {why}")]
    NotJira { url: String, why: String },
    #[error("there is no Jira at {url}: it redirects to `{location}`")]
    Redirected { url: String, location: String },
    #[error("something in front of Jira at {url} answered with an HTML page, such as a login form")]
    HtmlPage { url: String },
    #[error("Jira at {url} refused the login")]
    LoginRefused { url: String },
    #[error("Jira at {url} refuses logins until a CAPTCHA is solved")]
    Captcha {
        url: String,
        /// Where to solve it.
        login_url: Option<String>,
    },
    /// Logged in, and not allowed.
    #[error("Jira at {url} denies access to the app's API: {message}")]
    Forbidden { url: String, message: String },
    #[error("Jira at {url} has no API of Git Integration for Jira: {message}")]
    NoApi { url: String, message: String },
    #[error("the app in Jira at {url} refused the request: {message}")]
    Refused { url: String, message: String },
    #[error("the proxy for {url} requires a login")]
    ProxyLogin { url: String },
    /// Rate-limited, or a server error.
    #[error("Jira at {url} is unavailable: {message}")]
    Unavailable { url: String, message: String },
    /// An answer that is not of the documented form.
    #[error("cannot understand the answer of Jira at {url}: {message}")]
    Malformed { url: String, message: String },
}

impl JiraError {
    /// Whether asking again may help, as nothing but time is missing.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Unavailable { .. })
    }

    /// Whether something stands in front of Jira, rather than Jira refusing us.
    pub fn is_in_the_way(&self) -> bool {
        matches!(self, Self::Redirected { .. } | Self::HtmlPage { .. })
    }

    /// What to do.
    pub fn help(&self) -> String {
        let help = match self {
            Self::Redirected { url, location } => return redirect_help(url, location),
            Self::Captcha { login_url, .. } => {
                let page = login_url.as_ref();
                let page = page.map_or_else(|| "once".to_owned(), |url| format!("at {url}"));
                return format!(
                    "log in with the browser {page}, solve the CAPTCHA, then try again; better still, use a personal access token"
                );
            }
            Self::Unreachable { .. } => {
                "check the address, the network and, for https, the certificate (`--ca-cert FILE` adds your own authority)"
            }
            Self::NotReady { .. } => "wait until Jira has started, and try again",
            Self::NotJira { .. } => {
                "give Jira's base URL, which its administrators see under System, General configuration"
            }
            Self::Malformed { .. } => {
                "check whether a proxy or a firewall changes the answers on the way"
            }
            Self::Refused { .. } => {
                "fix what the app names, in Jira's administration, and try again"
            }
            Self::ProxyLogin { .. } => {
                "use a proxy without a login by `--proxy`, or name Jira's host in NO_PROXY"
            }
            Self::HtmlPage { .. } => PAST_SIGN_ON,
            Self::LoginRefused { .. } => {
                "check the token (JIRA_TOKEN or `--token-file`), or JIRA_USER and its password"
            }
            Self::Forbidden { .. } => {
                "the account must be a Jira administrator, or have the app's global permission `Manage Git Integration for Jira by GitKraken`; where basic authentication is off, use a personal access token"
            }
            Self::NoApi { .. } => {
                "check that the app Git Integration for Jira is installed and enabled, and that the address has the context path, if any"
            }
            Self::Unavailable { .. } => "try again later",
        };
        help.to_owned()
    }

    /// The answer in `reply` to a read, if it can be read.
    pub(super) fn check(url: &str, reply: Reply, masker: &Masker) -> Result<RawAnswer, Self> {
        let url = url.to_owned();
        let answer = match reply {
            Ok(answer) => answer,
            Err(NoAnswer {
                ended: Ended::TooLarge,
                why: message,
            }) => {
                return Err(Self::Malformed { url, message });
            }
            Err(NoAnswer { why, .. }) => return Err(Self::Unreachable { url, why }),
        };
        match Self::final_in(&url, &answer) {
            Some(error) => return Err(error),
            None if answer.is_success() => return Ok(answer),
            None => {}
        }
        let message = message::with_status(&answer, masker);
        Err(match answer.status {
            407 => Self::ProxyLogin { url },
            403 => Self::Forbidden { url, message },
            404 => Self::NoApi { url, message },
            429 | 408 | 500.. => Self::Unavailable { url, message },
            _ => Self::Malformed { url, message },
        })
    }

    /// Why `answer` allows no further request, if so: the same for every request.
    pub(super) fn final_in(url: &str, answer: &RawAnswer) -> Option<Self> {
        let url = url.to_owned();
        if answer.is_captcha() {
            let denied = answer.denied_reason.as_deref().unwrap_or_default();
            let login_url = denied.split_once("login-url=");
            let login_url = login_url.map(|(_, url)| url.trim().to_owned());
            return Some(Self::Captcha { url, login_url });
        }
        if answer.is_login_failed() {
            return Some(Self::LoginRefused { url });
        }
        if (300..400).contains(&answer.status) {
            let location = answer.location.clone();
            let location = location.unwrap_or_else(|| "an address that it does not name".into());
            return Some(Self::Redirected { url, location });
        }
        (answer.is_success() && answer.is_html()).then_some(Self::HtmlPage { url })
    }
}

const PAST_SIGN_ON: &str = "single sign-on or a proxy stands in front of Jira; ask for a way past it for `/rest/gitplugin`, \
     or use the address inside the network";

/// A redirect to a path of the same host is a context path; one to https is that.
fn redirect_help(url: &str, location: &str) -> String {
    suggested_url(url, location).map_or_else(
        || PAST_SIGN_ON.to_owned(),
        |suggested| format!("use `--jira-url {suggested}`"),
    )
}

/// The base URL that a redirect from `{url}/status` points to; none if it leads to a login or nowhere new.
fn suggested_url(url: &str, location: &str) -> Option<String> {
    let base = url::Url::parse(url).ok()?;
    let target = base.join(location).ok()?;
    let path = target.path();
    let is_other_host = target.host_str() != base.host_str();
    if path.contains("login") || (is_other_host && !path.ends_with("/status")) {
        return None;
    }
    // The page's own name is not part of the base URL.
    let target = target.as_str();
    let target = target.strip_suffix("/status").unwrap_or(target);
    let suggested = BaseUrl::parse(target).ok()?.to_string();
    (suggested != url).then_some(suggested)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_for_a_redirect_names_the_address_to_use() {
        for (location, help) in [
            ("/jira", "use `--jira-url http://j.example.org:8080/jira`"),
            (
                "/jira/status",
                "use `--jira-url http://j.example.org:8080/jira`",
            ),
            (
                "https://j.example.org/status",
                "use `--jira-url https://j.example.org`",
            ),
        ] {
            assert_eq!(redirect_help("http://j.example.org:8080", location), help);
        }
        let moved = redirect_help("http://jira", "https://jira.corp.example/status");
        assert_eq!(moved, "use `--jira-url https://jira.corp.example`");
        for location in [
            "https://sso.example.org/",
            "/login.jsp",
            "/secure/Dashboard.jspa",
        ] {
            assert!(
                redirect_help("https://j.example.org", location).contains("sign-on"),
                "{location}"
            );
        }
    }
}
