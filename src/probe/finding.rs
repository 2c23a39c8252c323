//! What is reported of a credential.

use jiff::{SignedDuration, Timestamp};

use super::answer::HostVerdict;
use super::host::HostApi;
use crate::model::{Code, Field, Problem, Record};

/// A token that expires within this time is worth a warning.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A problem, or good news, about the credential of a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Finding {
    /// The row's index.
    pub row: usize,
    /// The credential's field; none where a row has none to probe.
    pub field: Option<Field>,
    pub problem: Problem,
}

fn noun(field: Field) -> &'static str {
    match field {
        Field::Pat => "token",
        _ => "password",
    }
}

/// A row whose type has nothing to probe.
pub(super) fn not_probed(row: usize, record: &Record) -> Finding {
    let message = format!(
        "credentials of the type {} are not probed",
        record.integration_type()
    );
    let help = "check them in Jira after the import";
    let problem = Problem::new(Code::NotProbed, message, help);
    Finding {
        row,
        field: None,
        problem,
    }
}

/// A credential that is not tried, and why.
pub(super) fn untried(row: usize, field: Field, host: &str, (why, help): (&str, &str)) -> Finding {
    let message = format!("{host}: the {} was not tried: {why}", noun(field));
    let problem = Problem::new(Code::CredentialUnknown, message, help);
    Finding {
        row,
        field: Some(field),
        problem,
    }
}

/// What the `verdict` of `host` means for the credential in `field`.
pub fn problems(
    api: &HostApi,
    field: Field,
    host: &str,
    verdict: &HostVerdict,
    now: Timestamp,
) -> Vec<Problem> {
    let noun = noun(field);
    let problem =
        |code, message: &str, help: &str| Problem::new(code, format!("{host}: {message}"), help);
    let account = match verdict {
        Ok(account) => account,
        Err((code, why)) => {
            let (message, help) = match code {
                Code::CredentialRejected => (
                    format!("the {noun} is rejected: {why}"),
                    "check the secret, the account and the host; accounts may lock after several failed logins",
                ),
                Code::TokenExpired => (
                    format!("the {noun} has expired"),
                    "create a new token and enter it here",
                ),
                Code::HostUnreachable => (
                    format!("the host cannot be reached: {why}"),
                    "check the origin and the network; Jira may reach a host that this machine does not",
                ),
                Code::HostCertificate => (
                    format!("its certificate is not accepted: {why}"),
                    "add your own authority with `--ca-cert FILE`; Jira needs it as well, or `disableSslVerification` in the row",
                ),
                _ => (
                    format!("it is unknown whether the {noun} works: {why}"),
                    "try the credential by hand, and check the integration in Jira after the import",
                ),
            };
            return vec![problem(*code, &message, help)];
        }
    };
    // `3 Mar 2027`, in UTC.
    let day = |at: Timestamp| at.strftime("%-d %b %Y").to_string();
    let expiry = account.expires.map(|at| (at, day(at)));
    let until = expiry.as_ref().map(|(_, day)| format!(", expires {day}"));
    let message = format!("accepted as {}{}", account.user, until.unwrap_or_default());
    let mut found = vec![problem(
        Code::CredentialAccepted,
        &message,
        "check that this is the account that you mean",
    )];
    if let Some((at, day)) = expiry
        && at.duration_since(now) < SOON
    {
        found.push(problem(
            Code::TokenExpiresSoon,
            &format!("the {noun} expires on {day}"),
            "create a token that is valid for longer, or plan to replace it in time",
        ));
    }
    if let (Some(scopes), Some(needed)) = (&account.scopes, api.scope)
        && !scopes.iter().any(|scope| scope == needed)
    {
        found.push(problem(
            Code::ScopeMissing,
            &format!("the {noun} lacks the scope `{needed}`"),
            "create a token with this scope, which the vendor's manual requires",
        ));
    }
    found
}
