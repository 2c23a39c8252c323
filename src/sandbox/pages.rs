//! The HTML pages that stand where JSON was asked for: Tomcat's, a proxy's, Jira's own. Text only.

/// Jira's log-in form, as single sign-on proxies and expired log-ins show it.
pub(super) const LOGIN: &str = r#"<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Log in - Jira</title></head>
<body><form action="/login.jsp" method="post"><h1>Welcome to Jira</h1>
<label>Username <input name="os_username"></label> <label>Password <input name="os_password" type="password"></label>
<input type="submit" value="Log In"></form></body></html>
"#;

/// Jira's answer to a user who has made too many requests.
pub(super) const RATE_LIMITED: &str = r"<!DOCTYPE html>
<html><head><title>Rate limit exceeded</title></head>
<body><h1>429 - Too Many Requests</h1><p>Rate limit exceeded.</p></body></html>
";

/// A page as Jira shows it for errors of authentication.
pub(super) fn jira(status: u16, title: &str, reason: &str) -> String {
    format!(
        "<html><head><title>{title} ({status})</title></head><body class=\"aui-page-notification\">\
         <h1>{title} ({status})</h1><p>Encountered a <code>\"{status} - {title}\"</code> error while loading this page.</p>\
         <p>{reason}</p><a href=\"/secure/MyJiraHome.jspa\">Go to Jira home</a></body></html>"
    )
}

/// A page as Tomcat shows it.
pub(super) fn tomcat(status: u16, title: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><title>HTTP Status {status} – {title}</title></head>\
         <body><h1>HTTP Status {status} – {title}</h1><hr class=\"line\" /><p><b>Type</b> Status Report</p></body></html>"
    )
}

/// A page as nginx shows it.
pub(super) fn proxy(status: u16, title: &str) -> String {
    format!(
        "<html>\r\n<head><title>{status} {title}</title></head>\r\n<body>\r\n<center><h1>{status} {title}</h1></center>\r\n\
         <hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    )
}
