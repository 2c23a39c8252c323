use thiserror::Error;

use super::answer::{Answer, Reply};
use super::message;
use super::verdict::{StopReason, stop_reason};
use crate::secret::Secret;

/// Why Jira cannot be used.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum JiraError {
    /// No connection, or it broke.
    #[error("Jira at {url} cannot be reached: {why}")]
    Unreachable {
        /// The base URL.
        url: String,
        /// What the system or the TLS library said.
        why: String,
    },
    /// Jira says that it is not ready.
    #[error("Jira at {url} is not ready: it says {state}")]
    NotReady {
        /// The base URL.
        url: String,
        /// `STARTING`, `MAINTENANCE`, `ERROR`, …
        state: String,
    },
    /// There is something else at that address.
    #[error("there is no Jira at {url}: {why}")]
    NotJira {
        /// The base URL.
        url: String,
        /// What is there.
        why: String,
    },
    /// The address redirects.
    #[error("there is no Jira at {url}: it redirects to `{location}`")]
    Redirected {
        /// The base URL.
        url: String,
        /// Where to.
        location: String,
    },
    /// A page for people came instead of an answer.
    #[error(
        "something before Jira at {url} answered with a page for people, such as a log-in form"
    )]
    HtmlPage {
        /// The base URL.
        url: String,
    },
    /// Wrong credentials.
    #[error("Jira at {url} refused the log-in")]
    LoginRefused {
        /// The base URL.
        url: String,
    },
    /// Jira wants a CAPTCHA solved.
    #[error("Jira at {url} refuses log-ins until a CAPTCHA is solved")]
    Captcha {
        /// The base URL.
        url: String,
        /// Where to solve it.
        login_url: Option<String>,
    },
    /// Logged in, and not allowed.
    #[error("Jira at {url} does not let us use the app's API: {message}")]
    Forbidden {
        /// The base URL.
        url: String,
        /// What Jira said.
        message: String,
    },
    /// The app's API is not there.
    #[error("Jira at {url} has no API of Git Integration for Jira: {message}")]
    NoApi {
        /// The base URL.
        url: String,
        /// What Jira said.
        message: String,
    },
    /// Rate-limited, or a server error.
    #[error("Jira at {url} is busy or broken: {message}")]
    Unavailable {
        /// The base URL.
        url: String,
        /// The status and what it said.
        message: String,
        /// How long Jira asks to wait, in seconds.
        retry_after: Option<u64>,
    },
    /// An answer that is not of the documented form.
    #[error("Jira at {url} gave an answer that is not understood: {message}")]
    Malformed {
        /// The base URL.
        url: String,
        /// What came.
        message: String,
    },
}

impl JiraError {
    /// Whether asking again may help, as nothing but time is missing.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Unavailable { .. })
    }

    /// What to do.
    pub fn help(&self) -> String {
        match self {
            Self::Unreachable { .. } => {
                "check the address, the network and, for https, the certificate (`--ca-cert FILE` adds your own authority)".into()
            }
            Self::NotReady { .. } => "wait until Jira has started, and try again".into(),
            Self::NotJira { .. } | Self::Malformed { .. } => {
                "give `--jira-url` as the browser shows it on Jira's start page, with the context path if it has one".into()
            }
            Self::Redirected { url, location } => redirect_help(url, location),
            Self::HtmlPage { .. } => {
                "single sign-on or a proxy stands before Jira; ask for a way past it for `/rest/gitplugin`, or use the address inside the network".into()
            }
            Self::LoginRefused { .. } => {
                "check the token (JIRA_TOKEN or `--token-file`), or JIRA_USER and its password; nothing else was sent".into()
            }
            Self::Captcha { login_url, .. } => format!(
                "log in with the browser {}, solve the CAPTCHA, then try again; better still, use a personal access token",
                login_url.as_ref().map_or_else(|| "once".to_owned(), |url| format!("at {url}"))
            ),
            Self::Forbidden { .. } => {
                "the account must be a Jira administrator; where basic authentication is off, use a personal access token".into()
            }
            Self::NoApi { .. } => {
                "check that the app Git Integration for Jira is installed and enabled, and that the address has the context path, if any".into()
            }
            Self::Unavailable { .. } => "try again later".into(),
        }
    }

    /// What `reply` to a read means, if it is not an answer that can be read.
    pub(super) fn of_reply(url: &str, reply: Reply, secrets: &[&Secret]) -> Result<Answer, Self> {
        let url = url.to_owned();
        let answer = match reply {
            Reply::Answer(answer) => answer,
            Reply::NotSent(why) | Reply::BrokenOff(why) => {
                return Err(Self::Unreachable { url, why });
            }
        };
        match stop_reason(&answer) {
            Some(reason) => return Err(Self::of_stop(&url, reason)),
            None if answer.is_success() => return Ok(answer),
            None => {}
        }
        let said = message::of_body(&answer.body, secrets)
            .0
            .unwrap_or_default();
        let message = format!("HTTP {} {said}", answer.status).trim().to_owned();
        Err(match answer.status {
            403 => Self::Forbidden { url, message },
            404 => Self::NoApi { url, message },
            429 | 408 | 500.. => Self::Unavailable {
                url,
                message,
                retry_after: answer.retry_after().map(|wait| wait.as_secs()),
            },
            _ => Self::Malformed { url, message },
        })
    }

    /// The error for an answer that stops everything.
    pub fn of_stop(url: &str, reason: StopReason) -> Self {
        let url = url.to_owned();
        match reason {
            StopReason::LoginRefused => Self::LoginRefused { url },
            StopReason::Captcha(login_url) => Self::Captcha { url, login_url },
            StopReason::Redirected(location) => Self::Redirected {
                url,
                location: location.unwrap_or_else(|| "an address that it does not name".into()),
            },
            StopReason::HtmlPage => Self::HtmlPage { url },
            StopReason::AccessLost(message) => Self::Forbidden { url, message },
        }
    }
}

/// A redirect to a path of the same host is a context path; one to https is that.
fn redirect_help(url: &str, location: &str) -> String {
    let Ok(base) = url::Url::parse(url) else {
        return "give the address that the browser ends up at".into();
    };
    let Ok(target) = base.join(location) else {
        return "give the address that the browser ends up at".into();
    };
    let is_sign_on = target.host_str() != base.host_str();
    let path = target.path().trim_end_matches('/');
    if is_sign_on || path.contains("login") {
        return "single sign-on stands before Jira; ask for a way past it for `/rest/gitplugin`, or use the address inside the network".into();
    }
    // The page's own name is not part of the base URL.
    let path = ["/status", "/rest/", "/secure/", "/Dashboard.jspa"]
        .iter()
        .filter_map(|page| path.find(page))
        .min()
        .map_or(path, |at| &path[..at]);
    let port = target
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let host = target.host_str().unwrap_or_default();
    format!("use `--jira-url {}://{host}{port}{path}`", target.scheme())
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
        assert!(
            redirect_help("https://j.example.org", "https://sso.example.org/").contains("sign-on")
        );
    }
}
