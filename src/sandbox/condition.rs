//! What the whole server is like at the moment, as opposed to what befalls one request.

/// The condition that the server is in; it can be changed while it runs.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Condition {
    /// All is well.
    #[default]
    Normal,
    /// Every request is redirected from http to https, 301.
    RedirectToHttps,
    /// Every request is answered by an HTML log-in form at 200, as a single sign-on proxy does.
    LoginPage,
    /// `/status` redirects to the same under this context path, such as `/jira`; everything else is not found.
    MovedUnder(String),
    /// `/status` says STARTING (at 200), everything else is unavailable.
    Starting,
    /// `/status` says MAINTENANCE (at 503), everything else is unavailable.
    Maintenance,
    /// `/status` says ERROR (at 500), everything else is unavailable.
    Error,
    /// Every credential is refused, 401: it was revoked.
    Unauthorized,
    /// Every credential is answered by the demand for a CAPTCHA, 403.
    Captcha,
    /// Basic authentication is switched off, 403.
    BasicDisabled,
    /// The user is no Jira administrator, 403 for the app's end-points.
    NotAdmin,
    /// The app is not installed, 404 for its end-points.
    PluginAbsent,
}
