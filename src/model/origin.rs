//! Origins: the base URL of a git host, or the path of a tracked folder.

use url::Url;

use super::code::Code;
use super::integration_type::{IntegrationType, OriginRule};

/// An origin that its type can use. Its text is sent verbatim.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Origin {
    text: String,
    /// None if it is the text.
    normalised: Option<String>,
}

impl Origin {
    /// Reads the origin of an integration of this type.
    ///
    /// # Errors
    ///
    /// The code of what is wrong with the text.
    pub fn parse(integration_type: IntegrationType, text: &str) -> Result<Self, Code> {
        let normalised = if integration_type.spec().origin == OriginRule::Folder {
            if !is_absolute_path(text) {
                return Err(Code::FolderNotAbsolute);
            }
            None
        } else if is_plainly_written(text) {
            check_path(integration_type, text)?;
            text.ends_with('/')
                .then(|| text.trim_end_matches('/').to_owned())
        } else {
            check_url(text)?;
            check_path(integration_type, text)?;
            Some(normalise(integration_type, text))
        };
        Ok(Self {
            text: text.to_owned(),
            normalised,
        })
    }

    /// The address of one repository as an origin, for a user who allows it; none if it is not an http(s) URL.
    pub fn of_clone_url(integration_type: IntegrationType, text: &str) -> Option<Self> {
        let is_http = text.starts_with("http://") || text.starts_with("https://");
        let is_clone_url = Self::parse(integration_type, text) == Err(Code::OriginIsCloneUrl);
        (is_http && is_clone_url).then(|| Self {
            text: text.to_owned(),
            normalised: Some(normalise(integration_type, text)),
        })
    }

    /// The origin as the sheet has it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The origin for comparing: scheme and host in lower case, the default port and trailing `/` dropped.
    pub fn normalised(&self) -> &str {
        self.normalised.as_deref().unwrap_or(&self.text)
    }

    /// Scheme and host (a folder's whole path): where a secret of the row goes.
    pub fn host(&self) -> &str {
        let normalised = self.normalised();
        let path = after_scheme(normalised).map_or("", |rest| split_path(rest).1);
        &normalised[..normalised.len() - path.len()]
    }

    /// The hosted service that the origin is on, if it is one of another vendor or type.
    pub fn foreign_vendor(&self, integration_type: IntegrationType) -> Option<&'static str> {
        let (authority, _) = split_path(after_scheme(self.normalised())?);
        let host = authority.split(':').next()?;
        let is_on = |domain: &str| {
            let sub = host.strip_suffix(domain);
            sub.is_some_and(|sub| sub.is_empty() || sub.ends_with('.'))
        };
        let (domain, _) = HOSTED
            .iter()
            .find(|(domain, types)| is_on(domain) && !types.contains(&integration_type))?;
        Some(domain)
    }

    /// Whether it is a URL without encryption.
    pub fn is_plain_http(&self) -> bool {
        self.normalised().starts_with("http://")
    }
}

/// The domains of hosted services, and the types that connect to them. One of the vendor's pages swaps `AZURE` and
/// `AZURE_DEVOPS`, so that neither is foreign to Azure.
const HOSTED: [(&str, &[IntegrationType]); 6] = {
    use IntegrationType::{Aws, Azure, AzureDevops, GitHub, GitLab, TfsServer, Vsts};
    const MICROSOFT: &[IntegrationType] = &[Azure, AzureDevops, TfsServer, Vsts];
    [
        ("github.com", &[GitHub]),
        ("gitlab.com", &[GitLab]),
        ("dev.azure.com", MICROSOFT),
        ("visualstudio.com", MICROSOFT),
        ("amazonaws.com", &[Aws]),
        ("bitbucket.org", &[]),
    ]
};

/// What follows the `://` of a URL.
fn after_scheme(url: &str) -> Option<&str> {
    let scheme = url.bytes().position(|byte| byte == b':')?;
    url[scheme..].strip_prefix("://")
}

/// The host with its port, and the path that follows.
fn split_path(rest: &str) -> (&str, &str) {
    // Searching bytes is faster than searching text.
    let path = rest.bytes().position(|byte| byte == b'/');
    rest.split_at(path.unwrap_or(rest.len()))
}

/// Refuses the path of a repository or a page: one that has more parts than the base URL of a host, or the marks of a page.
fn check_path(integration_type: IntegrationType, url: &str) -> Result<(), Code> {
    use IntegrationType as T;
    const MARKS: [&str; 7] = ["tree", "blob", "_git", "-", "commits", "pull", "raw"];
    let (authority, path) = split_path(after_scheme(url).unwrap_or_default());
    // The hosts of a sandbox on this machine lie below paths of their own.
    let is_sandbox = || matches!(authority.split(':').next(), Some("127.0.0.1" | "localhost"));
    if path.is_empty() || is_sandbox() {
        return Ok(());
    }
    // `/api/v3` is the base of an API.
    let path = path.trim_end_matches('/');
    let path = match path.rsplit_once("api/v") {
        Some((before, version)) if version.bytes().all(|b| b.is_ascii_digit()) => before,
        _ => path,
    };
    let most = match integration_type {
        T::GitHub | T::GitLab => 0,
        // A server's collection may lie below a path; the cloud has an organization alone.
        T::TfsServer | T::AzureDevops if authority != "dev.azure.com" => 2,
        _ => 1,
    };
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let is_marked = parts.clone().any(|part| MARKS.contains(&part));
    if is_marked || parts.nth(most).is_some() {
        return Err(Code::OriginIsCloneUrl);
    }
    Ok(())
}

/// Whether `text` is `http(s)://host[:port][/path]` in lower case, each label of its host beginning with a letter: a URL that
/// every parser reads alike, and of which normalising drops nothing but trailing `/`. Nearly all origins are; to parse those
/// too would make the check of a large file a fifth slower.
fn is_plainly_written(text: &str) -> bool {
    let rest = text.strip_prefix("https://");
    let Some(rest) = rest.or_else(|| text.strip_prefix("http://")) else {
        return false;
    };
    let (authority, path) = split_path(rest);
    // A port of four digits is no default.
    let (host, is_port) = match authority.split_once(':') {
        Some((host, port)) => (
            host,
            port.len() == 4 && !port.starts_with('0') && port.bytes().all(|b| b.is_ascii_digit()),
        ),
        None => (authority, true),
    };
    let is_label = |label: &[u8]| {
        label.first().is_some_and(u8::is_ascii_lowercase)
            && !label.starts_with(b"xn--")
            && label
                .iter()
                .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    };
    let is_of_path = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_');
    // To split bytes is faster than to split text.
    let mut labels = host.as_bytes().split(|b| *b == b'.');
    is_port && labels.all(is_label) && path.bytes().all(is_of_path)
}

fn check_url(text: &str) -> Result<(), Code> {
    const CLONE_SCHEMES: [&str; 4] = ["git@", "ssh://", "git://", "git+ssh://"];
    if CLONE_SCHEMES.iter().any(|start| text.starts_with(start)) {
        return Err(Code::OriginIsCloneUrl);
    }
    let url = Url::parse(text).map_err(|_| Code::OriginNotUrl)?;
    // `http:host` and `http:/host` are repaired by the parser; Jira would get the text as it stands.
    let has_slashes = text
        .split_once(':')
        .is_some_and(|(_, rest)| rest.starts_with("//") && !rest.starts_with("///"));
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() || !has_slashes {
        return Err(Code::OriginNotUrl);
    }
    let authority = after_scheme(text).and_then(|rest| rest.split(['/', '?', '#']).next());
    if authority.is_some_and(|authority| authority.contains('@')) {
        return Err(Code::OriginHasUserInfo);
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(Code::OriginHasQuery);
    }
    if text.contains('\\') || text.chars().any(char::is_whitespace) {
        return Err(Code::OriginNotUrl);
    }
    let path = url.path().trim_end_matches('/');
    if path.to_ascii_lowercase().ends_with(".git") {
        return Err(Code::OriginIsCloneUrl);
    }
    Ok(())
}

fn is_absolute_path(text: &str) -> bool {
    let bytes = text.as_bytes();
    let has_drive = bytes.len() >= 3
        && bytes[0].is_ascii_alphabetic()
        && bytes[1] == b':'
        && matches!(bytes[2], b'\\' | b'/');
    let is_unc = text.strip_prefix(r"\\").is_some_and(|rest| {
        rest.find('\\')
            .is_some_and(|at| at > 0 && at + 1 < rest.len())
    });
    text.starts_with('/') && !text.starts_with("//") || has_drive || is_unc
}

/// An origin for comparing: scheme and host in lower case, the default port and trailing `/` dropped, the path kept; a
/// folder's path verbatim. What is no URL stays as it is, so that whatever Jira holds can be compared.
pub(crate) fn normalise(integration_type: IntegrationType, text: &str) -> String {
    if integration_type.spec().origin == OriginRule::Folder {
        return text.to_owned();
    }
    match Url::parse(text) {
        Ok(url) if url.has_host() => url.as_str().trim_end_matches('/').to_owned(),
        _ => text.trim_end_matches('/').to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use IntegrationType::{Filespace, Gerrit};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_plainly_written_is_read_as_the_url_crate_reads_it(
            scheme in "https?",
            host in "[a-z0-9-]{1,3}(\\.[a-z0-9-]{0,3}){0,2}|xn--[a-z0-9]{0,4}|[0-9.]{1,7}|0x[0-9a-f]{1,3}",
            port in "|:[0-9]{0,6}|:443|:80",
            path in "(/[a-zA-Z0-9/_-]{0,6}){0,2}|/[.?#@ %/]{0,2}|/a\\.git/?",
        ) {
            let text = format!("{scheme}://{host}{port}{path}");
            if is_plainly_written(&text) {
                prop_assert_eq!(check_url(&text), Ok(()), "{}", text);
                prop_assert_eq!(normalise(Gerrit, &text), text.trim_end_matches('/'), "{}", text);
            }
        }
    }

    #[test]
    fn usual_origins_are_plainly_written() {
        for text in [
            "https://git.example.org",
            "http://git:8080/gerrit/",
            "https://a-1.b2.org/x_y/Z",
        ] {
            assert!(is_plainly_written(text), "{text}");
        }
        for text in [
            "https://10.0.0.1",
            "https://git.example.org:443",
            "https://Git.org",
            "https://a.org/b.git",
        ] {
            assert!(!is_plainly_written(text), "{text}");
        }
    }

    #[test]
    fn the_text_is_kept_and_compared_without_case_port_and_slash() {
        let origin = Origin::parse(Gerrit, "HTTPS://Git.Example.org:443/Gerrit/").unwrap();
        assert_eq!(origin.as_str(), "HTTPS://Git.Example.org:443/Gerrit/");
        assert_eq!(origin.normalised(), "https://git.example.org/Gerrit");
        assert_eq!(origin.host(), "https://git.example.org");
    }

    #[test]
    fn each_mistake_has_its_error() {
        for (text, error) in [
            ("git.example.org", Code::OriginNotUrl),
            ("ftp://git.example.org", Code::OriginNotUrl),
            ("https:/git.example.org", Code::OriginNotUrl),
            ("https://git example.org", Code::OriginNotUrl),
            ("https://me:secret@git.example.org", Code::OriginHasUserInfo),
            ("https://git.example.org?x=1", Code::OriginHasQuery),
            ("https://git.example.org/#top", Code::OriginHasQuery),
            ("git@git.example.org:team/repo.git", Code::OriginIsCloneUrl),
            (
                "https://git.example.org/team/repo.git",
                Code::OriginIsCloneUrl,
            ),
            (
                "https://git.example.org/team/repo.git/",
                Code::OriginIsCloneUrl,
            ),
        ] {
            assert_eq!(Origin::parse(Gerrit, text), Err(error), "{text}");
        }
    }

    #[test]
    fn folders_are_absolute_in_one_of_three_ways() {
        for good in [r"D:\tmp\*", "D:/tmp/*", "/srv/repos/*", r"\\server\share\*"] {
            let origin = Origin::parse(Filespace, good).unwrap();
            assert_eq!(origin.normalised(), good);
            assert_eq!(origin.host(), good);
        }
        for bad in [
            "repos/*",
            r"tmp\*",
            r"\\server",
            "C:repos",
            r"\srv",
            "//srv",
        ] {
            assert_eq!(
                Origin::parse(Filespace, bad),
                Err(Code::FolderNotAbsolute),
                "{bad}"
            );
        }
    }
}
