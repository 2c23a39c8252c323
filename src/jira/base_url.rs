use std::fmt;

use thiserror::Error;
use url::Url;

use crate::http;

/// Jira's base URL with its context path and without a trailing slash: `https://jira.example.org/jira`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BaseUrl(Url);

/// Why a text is no base URL.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum BaseUrlError {
    /// Not http or https.
    #[error(
        "it is not an http(s) URL; write it as in the browser's address bar, such as `https://jira.example.org`"
    )]
    NotAUrl,
    /// It holds a user name or password.
    #[error(
        "it holds a user name or password; give these by JIRA_USER and JIRA_PASSWORD, or by JIRA_TOKEN"
    )]
    UserInfo,
    /// It holds a query or fragment.
    #[error(
        "it holds a `?` query or `#` fragment; give the address of Jira's start page without them"
    )]
    QueryOrFragment,
}

impl BaseUrl {
    /// Reads a base URL.
    ///
    /// # Errors
    ///
    /// [`BaseUrlError`] says what is wrong with it; the text is not repeated, as it may hold a password.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let url = Url::parse(text.trim()).map_err(|_| BaseUrlError::NotAUrl)?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(BaseUrlError::NotAUrl);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BaseUrlError::UserInfo);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(BaseUrlError::QueryOrFragment);
        }
        let text = url.as_str();
        // What people copy from the browser's address bar is often one of Jira's pages.
        let pages = ["/secure/", "/browse/", "/projects/", "/login.jsp", "/rest/"];
        let end = pages
            .iter()
            .filter_map(|page| text.find(page))
            .min()
            .unwrap_or(text.len());
        let url = Url::parse(text[..end].trim_end_matches('/'));
        url.map(Self).map_err(|_| BaseUrlError::NotAUrl)
    }

    /// The URL of `path`, which begins with `/`.
    pub(super) fn join(&self, path: &str) -> String {
        format!("{self}{path}")
    }

    /// The URL without a trailing slash.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// Whether it names this machine.
    pub fn is_loopback(&self) -> bool {
        http::is_loopback(&self.0)
    }

    /// Whether what is sent to it can be read on the way.
    pub fn is_plain_http(&self) -> bool {
        self.0.scheme() == "http"
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_path_is_kept_and_joined_without_a_double_slash() {
        let base = BaseUrl::parse("https://Jira.example.org/jira/").unwrap();
        assert_eq!(base.join("/status"), "https://jira.example.org/jira/status");
    }

    #[test]
    fn a_page_of_jira_is_taken_for_its_base() {
        for page in [
            "secure/Dashboard.jspa",
            "browse/ABC-1",
            "login.jsp",
            "projects/ABC/issues",
        ] {
            let base = BaseUrl::parse(&format!("https://jira.example.org/jira/{page}")).unwrap();
            assert_eq!(base.as_str(), "https://jira.example.org/jira");
        }
    }

    #[test]
    fn loopback_is_known_in_every_form() {
        for text in [
            "http://127.0.0.1:1",
            "http://localhost",
            "http://[::1]:80/jira",
            "http://127.9.9.9",
        ] {
            assert!(BaseUrl::parse(text).unwrap().is_loopback(), "{text}");
        }
        assert!(
            !BaseUrl::parse("http://localhost.example.org")
                .unwrap()
                .is_loopback()
        );
    }

    #[test]
    fn user_info_is_refused_without_repeating_it() {
        let error = BaseUrl::parse("https://me:canary@jira.example.org").unwrap_err();
        assert_eq!(error, BaseUrlError::UserInfo);
        assert!(!error.to_string().contains("canary"));
    }
}
