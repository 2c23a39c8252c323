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

pub use answer::HostAnswer;
pub(crate) use ask::Network;
pub(crate) use finding::Finding;
pub use finding::problems;
pub use host::HOSTS;

use finding::{not_probed, untried};
use host::HostApi;

use crate::model::{Field, FieldValue, Record, Row};
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
    field: Field,
    secret: &'a Secret,
    /// Where the secret goes: scheme and host.
    host: String,
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
            let login = match Login::new(index, &row.record, rules) {
                Ok(login) => login,
                Err(finding) => {
                    probe.findings.push(finding);
                    continue;
                }
            };
            let host = &login.host;
            let logins = probe.hosts.entry(host.clone()).or_default();
            let (url, secret) = (login.url.clone(), login.secret.expose());
            let key = (host.clone(), url, login.account, secret, login.is_verified);
            let at = *known.entry(key).or_insert(logins.len());
            match logins.get_mut(at) {
                Some(same) => same.rows.push(index),
                None => logins.push(login),
            }
        }
        probe
    }

    /// The hosts that get secrets, each with the number of them.
    pub(crate) fn hosts(&self) -> impl Iterator<Item = (&str, usize)> {
        let hosts = self.hosts.iter();
        hosts.map(|(host, logins)| (host.as_str(), logins.len()))
    }
}

impl<'a> Login<'a> {
    /// The login of the row `index`, or why there is none to try.
    fn new(index: usize, record: &'a Record, rules: &ProbeRules) -> Result<Self, Finding> {
        // A token comes last.
        let credential = record.secret_fields().last();
        let api = HostApi::of(record.integration_type());
        let (Some((field, secret)), Some(api)) = (credential, api) else {
            return Err(not_probed(index, record));
        };
        let untried = |why| untried(index, field, host::shown(record), why);
        let account = record.username().filter(|_| field == Field::Password);
        if field == Field::Password && account.is_none() {
            // The row of an update that does not change the account.
            let why = "the row does not tell the account";
            return Err(untried((why, "add `username` to `--fields`")));
        }
        let url = host::url(api, record, rules).map_err(untried)?;
        let host = match rules.sandbox {
            Some(_) => host::shown(record),
            None => host::part(&url),
        };
        let verification = record.setting(Field::DisableSslVerification);
        Ok(Self {
            api,
            account,
            field,
            secret,
            host: host.to_owned(),
            is_verified: verification != Some(&FieldValue::Flag(true)),
            rows: vec![index],
            url,
        })
    }
}
