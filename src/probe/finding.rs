//! What is reported of a credential.

use jiff::{SignedDuration, Timestamp};

use super::answer::{Account, HostVerdict};
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

/// What a finding is about.
#[derive(Clone, Debug)]
pub(super) struct Subject {
    pub field: Field,
    /// Where the secret goes: scheme and host.
    pub host: String,
    scope: Option<&'static str>,
}

/// A row whose type has nothing to probe.
pub(super) fn not_probed(row: usize, record: &Record) -> Finding {
    let integration_type = record.integration_type();
    Finding {
        row,
        field: None,
        problem: Problem::new(
            Code::NotProbed,
            format!("credentials of the type {integration_type} are not probed"),
            "check them in Jira after the import",
        ),
    }
}

impl Subject {
    pub(super) fn new(field: Field, api: &HostApi, host: &str) -> Self {
        Self {
            field,
            host: host.to_owned(),
            scope: api.scope,
        }
    }

    fn noun(&self) -> &'static str {
        match self.field {
            Field::Pat => "token",
            _ => "password",
        }
    }

    fn problem(&self, code: Code, message: &str, help: &str) -> Problem {
        Problem::new(code, format!("{}: {message}", self.host), help)
    }

    /// A credential that is not tried, and why.
    pub(super) fn untried(&self, row: usize, why: &str, help: &str) -> Finding {
        let message = format!("the {} was not tried: {why}", self.noun());
        Finding {
            row,
            field: Some(self.field),
            problem: self.problem(Code::CredentialUnknown, &message, help),
        }
    }

    /// What `verdict` means.
    pub(super) fn problems(&self, verdict: &HostVerdict, now: Timestamp) -> Vec<Problem> {
        let noun = self.noun();
        let (code, message, help) = match verdict {
            HostVerdict::Accepted(account) => return self.accepted(account, now),
            HostVerdict::Rejected(why) => (
                Code::CredentialRejected,
                format!("the {noun} is rejected: {why}"),
                "check the secret, the account and the host; accounts may lock after several failed logins",
            ),
            HostVerdict::Expired => (
                Code::TokenExpired,
                format!("the {noun} has expired"),
                "create a new token and enter it here",
            ),
            HostVerdict::Unreachable(why) => (
                Code::HostUnreachable,
                format!("the host cannot be reached: {why}"),
                "check the origin and the network; Jira may reach a host that this machine does not",
            ),
            HostVerdict::BadCertificate(why) => (
                Code::HostCertificate,
                format!("its certificate is not accepted: {why}"),
                "add your own authority with `--ca-cert FILE`; Jira needs it as well, or `disableSslVerification` in the row",
            ),
            HostVerdict::RateLimited => {
                return self.unknown("it limits the rate of requests; try again later");
            }
            HostVerdict::Unknown(why) => return self.unknown(why),
        };
        vec![self.problem(code, &message, help)]
    }

    fn unknown(&self, why: &str) -> Vec<Problem> {
        let message = format!("it is unknown whether the {} works: {why}", self.noun());
        let help = "try the credential by hand, and check the integration in Jira after the import";
        vec![self.problem(Code::CredentialUnknown, &message, help)]
    }

    fn accepted(&self, account: &Account, now: Timestamp) -> Vec<Problem> {
        let noun = self.noun();
        let expiry = account.expires.map(|at| (at, day(at)));
        let until = expiry.as_ref().map(|(_, day)| format!(", expires {day}"));
        let message = format!("accepted as {}{}", account.user, until.unwrap_or_default());
        let mut found = vec![self.problem(
            Code::CredentialAccepted,
            &message,
            "check that this is the account that you mean",
        )];
        if let Some((at, day)) = expiry
            && at.duration_since(now) < SOON
        {
            found.push(self.problem(
                Code::TokenExpiresSoon,
                &format!("the {noun} expires on {day}"),
                "create a token that is valid for longer, or plan to replace it in time",
            ));
        }
        if let (Some(scopes), Some(needed)) = (&account.scopes, self.scope)
            && !scopes.iter().any(|scope| scope == needed)
        {
            found.push(self.problem(
                Code::ScopeMissing,
                &format!("the {noun} lacks the scope `{needed}`"),
                "create a token with this scope, which the vendor's manual requires",
            ));
        }
        found
    }
}

/// `3 Mar 2027`, in UTC.
fn day(at: Timestamp) -> String {
    at.strftime("%-d %b %Y").to_string()
}

/// The texts that each kind of host's reader makes of an answer, for a fuzz target: none of them may contain `secret`.
#[cfg(fuzzing)]
pub fn read_as_all(
    status: u16,
    headers: reqwest::header::HeaderMap,
    body: Vec<u8>,
    secret: &str,
) -> Vec<String> {
    let answer = super::answer::HostAnswer {
        status,
        headers,
        body,
    };
    let masker = crate::secret::Masker::of([&crate::secret::Secret::new(secret)]);
    let mut texts = Vec::new();
    for api in HostApi::all() {
        let subject = Subject::new(Field::Pat, api, "");
        for is_token in [true, false] {
            let verdict = api.verdict(is_token, &answer, &masker);
            let is_accepted = matches!(verdict, HostVerdict::Accepted(_));
            assert!(!is_accepted || (200..300).contains(&status));
            let problems = subject.problems(&verdict, Timestamp::UNIX_EPOCH);
            texts.extend(problems.into_iter().map(|problem| problem.message));
        }
    }
    texts
}
