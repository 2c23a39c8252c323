use thiserror::Error;

use super::answer::{Answer, Reply};
use super::mask::Mask;
use super::message;
use super::verdict::{StopReason, stop_reason};

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
    /// The app answered, and refused.
    #[error("the app in Jira at {url} refuses: {message}")]
    Refused {
        /// The base URL.
        url: String,
        /// What it said.
        message: String,
    },
    /// The proxy on the way wants to know who we are.
    #[error("the proxy on the way to {url} wants a log-in")]
    ProxyLogin {
        /// The base URL.
        url: String,
    },
    /// Rate-limited, or a server error.
    #[error("Jira at {url} is busy or broken: {message}")]
    Unavailable {
        /// The base URL.
        url: String,
        /// The status and what it said.
        message: String,
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

    /// Whether something stands before Jira rather than Jira refusing us.
    pub fn is_in_the_way(&self) -> bool {
        matches!(self, Self::Redirected { .. } | Self::HtmlPage { .. })
    }

    /// What to do.
    pub fn help(&self) -> String {
        match self {
            Self::Unreachable { .. } => {
                "check the address, the network and, for https, the certificate (`--ca-cert FILE` adds your own authority)".into()
            }
            Self::NotReady { .. } => "wait until Jira has started, and try again".into(),
            Self::NotJira { .. } => {
                "give Jira's base URL, which its administrators see under System, General configuration".into()
            }
            Self::Malformed { .. } => "see whether a proxy or a firewall changes the answers on the way".into(),
            Self::Refused { .. } => "see to what the app names, in Jira's administration, and try again".into(),
            Self::ProxyLogin { .. } => {
                "use a proxy without a log-in by `--proxy`, or name Jira's host in NO_PROXY".into()
            }
            Self::Redirected { url, location } => redirect_help(url, location),
            Self::HtmlPage { .. } => {
                "single sign-on or a proxy stands before Jira; ask for a way past it for `/rest/gitplugin`, or use the address inside the network".into()
            }
            Self::LoginRefused { .. } => {
                "check the token (JIRA_TOKEN or `--token-file`), or JIRA_USER and its password".into()
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
    pub(super) fn of_reply(url: &str, reply: Reply, mask: &Mask) -> Result<Answer, Self> {
        let url = url.to_owned();
        let answer = match reply {
            Reply::Answer(answer) => answer,
            Reply::NotSent(why) | Reply::TimedOut(why) | Reply::BrokenOff(why) => {
                return Err(Self::Unreachable { url, why });
            }
            Reply::TooLarge => {
                let message = "it is too large".to_owned();
                return Err(Self::Malformed { url, message });
            }
        };
        match stop_reason(&answer) {
            Some(reason) => return Err(Self::of_stop(&url, reason)),
            None if answer.is_success() => return Ok(answer),
            None => {}
        }
        let message = message::with_status(&answer, mask);
        Err(match answer.status {
            407 => Self::ProxyLogin { url },
            403 => Self::Forbidden { url, message },
            404 => Self::NoApi { url, message },
            429 | 408 | 500.. => Self::Unavailable { url, message },
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
        }
    }
}

/// A redirect to a path of the same host is a context path; one to https is that.
fn redirect_help(url: &str, location: &str) -> String {
    suggested_url(url, location).map_or_else(
        || {
            "single sign-on or a proxy stands before Jira; ask for a way past it for `/rest/gitplugin`, \
             or use the address inside the network"
                .to_owned()
        },
        |suggested| format!("use `--jira-url {suggested}`"),
    )
}

/// The base URL that a redirect from `{url}/status` points to; none if it leads to a log-in or nowhere new.
fn suggested_url(url: &str, location: &str) -> Option<String> {
    let base = url::Url::parse(url).ok()?;
    let target = base.join(location).ok()?;
    let path = target.path();
    let is_other_host = target.host_str() != base.host_str();
    if path.contains("login") || (is_other_host && !path.ends_with("/status")) {
        return None;
    }
    // The page's own name is not part of the base URL.
    let pages = ["/status", "/rest/", "/secure/", "/Dashboard.jspa"];
    let end = pages.iter().filter_map(|page| path.find(page)).min();
    let path = end.map_or(path, |end| &path[..end]).trim_end_matches('/');
    let port = target
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let suggested = format!("{}://{}{port}{path}", target.scheme(), target.host_str()?);
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
