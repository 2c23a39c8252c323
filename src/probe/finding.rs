//! What is reported of a credential.

use jiff::{SignedDuration, Timestamp};

use super::answer::{Account, Verdict};
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
    host: String,
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

    /// A credential that is not tried, and why.
    pub(super) fn untried(&self, row: usize, why: &str, help: &str) -> Finding {
        let (host, noun) = (&self.host, self.noun());
        let message = format!("{host}: the {noun} was not tried: {why}");
        let problem = Problem::new(Code::CredentialUnknown, message, help);
        Finding {
            row,
            field: Some(self.field),
            problem,
        }
    }

    /// What `verdict` means.
    pub(super) fn problems(&self, verdict: &Verdict, now: Timestamp) -> Vec<Problem> {
        let (host, noun) = (&self.host, self.noun());
        let problem = |code, message: String, help: &str| {
            vec![Problem::new(code, format!("{host}: {message}"), help)]
        };
        match verdict {
            Verdict::Accepted(account) => self.accepted(account, now),
            Verdict::Rejected(why) => problem(
                Code::CredentialRejected,
                format!("the {noun} is rejected: {why}"),
                "check the secret, the account and the host; accounts may lock after several failed logins",
            ),
            Verdict::Expired => problem(
                Code::TokenExpired,
                format!("the {noun} has expired"),
                "create a new token and enter it here",
            ),
            Verdict::Unreachable(why) => problem(
                Code::HostUnreachable,
                format!("the host cannot be reached: {why}"),
                "check the origin and the network; Jira may reach a host that this machine does not",
            ),
            Verdict::BadCertificate(why) => problem(
                Code::HostCertificate,
                format!("its certificate is not accepted: {why}"),
                "add your own authority with `--ca-cert FILE`; Jira needs it as well, or `disableSslVerification` in the row",
            ),
            Verdict::RateLimited => self.unknown("it limits the rate of requests; try again later"),
            Verdict::Unknown(why) => self.unknown(why),
        }
    }

    fn unknown(&self, why: &str) -> Vec<Problem> {
        let (host, noun) = (&self.host, self.noun());
        vec![Problem::new(
            Code::CredentialUnknown,
            format!("{host}: it is unknown whether the {noun} works: {why}"),
            "try the credential by hand, and check the integration in Jira after the import",
        )]
    }

    fn accepted(&self, account: &Account, now: Timestamp) -> Vec<Problem> {
        let (host, noun) = (&self.host, self.noun());
        let user = &account.user;
        let expiry = account.expires.map(|at| (at, day(at)));
        let until = match &expiry {
            Some((_, day)) => format!(", expires {day}"),
            None => String::new(),
        };
        let mut found = vec![Problem::new(
            Code::CredentialAccepted,
            format!("{host}: accepted as {user}{until}"),
            "check that this is the account that you mean",
        )];
        if let Some((at, day)) = expiry
            && at.duration_since(now) < SOON
        {
            found.push(Problem::new(
                Code::TokenExpiresSoon,
                format!("{host}: the {noun} expires on {day}"),
                "create a token that is valid for longer, or plan to replace it in time",
            ));
        }
        let missing = match (&account.scopes, self.scope) {
            (Some(scopes), Some(needed)) => {
                (!scopes.iter().any(|has| has == needed)).then_some(needed)
            }
            _ => None,
        };
        if let Some(scope) = missing {
            found.push(Problem::new(
                Code::ScopeMissing,
                format!("{host}: the {noun} lacks the scope `{scope}`"),
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
            let is_accepted = matches!(verdict, Verdict::Accepted(_));
            assert!(!is_accepted || (200..300).contains(&status));
            let problems = subject.problems(&verdict, Timestamp::UNIX_EPOCH);
            texts.extend(problems.into_iter().map(|problem| problem.message));
        }
    }
    texts
}
