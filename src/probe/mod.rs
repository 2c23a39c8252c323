//! Whether the credentials of the rows work: each is tried at its own git host, before Jira gets it.
//!
//! Uses `http`, `model` and `secret`. The decisions to know: what is asked of each kind of host is one entry of
//! [`host`]; each distinct (address, account, secret) is tried once, one at a time per host; and a host that
//! answers anything but what its vendor documents is *unknown*, never fine.

mod answer;
mod ask;
mod finding;
mod host;

use std::collections::{BTreeMap, HashMap};

pub(crate) use ask::Network;
pub(crate) use finding::Finding;
#[cfg(fuzzing)]
pub use finding::read_as_all;

use finding::{Subject, not_probed};
use host::HostApi;

use crate::model::{Field, FieldValue, IntegrationType, Record, Row};
use crate::secret::Secret;

/// What a probe may do.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProbeRules {
    /// Whether secrets may go over unencrypted http to another machine.
    pub allow_plain_http: bool,
    /// The base URL of a sandbox, which then stands in for every host.
    pub sandbox: Option<String>,
}

/// A credential and the request that tries it.
#[derive(Debug)]
struct Login<'a> {
    api: &'static HostApi,
    url: String,
    /// The account, unless a token names it.
    account: Option<&'a str>,
    secret: &'a Secret,
    subject: Subject,
    is_verified: bool,
    /// The rows that have it, by their index.
    rows: Vec<usize>,
}

/// The credentials to try, and what is known without trying.
#[derive(Debug, Default)]
pub(crate) struct Probe<'a> {
    /// The logins of each host (`https://git.example.org`), in the order of the rows.
    hosts: BTreeMap<String, Vec<Login<'a>>>,
    findings: Vec<Finding>,
}

impl<'a> Probe<'a> {
    /// Sorts the credentials of `rows`, each with its index, by their hosts. Sends nothing.
    pub(crate) fn new(rows: impl Iterator<Item = (usize, &'a Row)>, rules: &ProbeRules) -> Self {
        let mut probe = Self::default();
        let mut known = HashMap::new();
        for (index, row) in rows {
            let record = &row.record;
            let Some((field, secret)) = credential(record) else {
                probe.findings.push(not_probed(index, record));
                continue;
            };
            let Some(api) = HostApi::of(record.integration_type()) else {
                probe.findings.push(not_probed(index, record));
                continue;
            };
            if field == Field::Password && record.username().is_none() {
                // The row of an update that does not change the account.
                let subject = Subject::new(field, api, host::shown(record));
                let (why, help) = (
                    "the row does not tell the account",
                    "add `username` to `--fields`",
                );
                probe.findings.push(subject.untried(index, why, help));
                continue;
            }
            let url = match host::url(api, record, rules) {
                Ok(url) => url,
                Err((why, help)) => {
                    let subject = Subject::new(field, api, host::shown(record));
                    probe.findings.push(subject.untried(index, why, help));
                    continue;
                }
            };
            let host = match rules.sandbox {
                Some(_) => host::shown(record),
                None => host::part(&url),
            };
            let subject = Subject::new(field, api, host);
            let account = record.username().filter(|_| field == Field::Password);
            let is_verified =
                record.setting(Field::DisableSslVerification) != Some(&FieldValue::Flag(true));
            let logins = probe.hosts.entry(host.to_owned()).or_default();
            let key = (
                host.to_owned(),
                url.clone(),
                account,
                secret.expose(),
                is_verified,
            );
            let at = *known.entry(key).or_insert(logins.len());
            if at < logins.len() {
                logins[at].rows.push(index);
                continue;
            }
            logins.push(Login {
                api,
                url,
                account,
                secret,
                subject,
                is_verified,
                rows: vec![index],
            });
        }
        probe
    }

    /// The hosts that get secrets, each with the number of them.
    pub(crate) fn hosts(&self) -> impl Iterator<Item = (&str, usize)> {
        let hosts = self.hosts.iter();
        hosts.map(|(host, logins)| (host.as_str(), logins.len()))
    }
}

fn credential(record: &Record) -> Option<(Field, &Secret)> {
    if record.integration_type() == IntegrationType::Filespace {
        return None;
    }
    let pat = record.pat().map(|secret| (Field::Pat, secret));
    pat.or_else(|| Some((Field::Password, record.password()?)))
}
