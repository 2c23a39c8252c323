//! The credential for Jira: from a file, the environment or a hidden prompt. Never an argument.

use std::io::{self, IsTerminal as _};
use std::path::Path;

use super::connect::{ConnectArgs, env};
use super::exit::Failure;
use crate::jira::{Access, BaseUrl};
use crate::secret::{Secret, first_line};

/// The credential for the Jira at `base`.
///
/// # Errors
///
/// If there is none and no terminal to prompt on, or a file cannot be read.
pub(super) fn access(args: &ConnectArgs, base: &BaseUrl) -> Result<Access, Failure> {
    if let Some(path) = &args.token_file {
        return Ok(Access::Token(read_file(path)?));
    }
    let user = env("JIRA_USER");
    if let Some(path) = &args.password_file {
        let user = user.ok_or_else(|| {
            Failure::usage("--password-file requires a user name").help("set JIRA_USER")
        })?;
        let password = read_file(path)?;
        return Ok(Access::Basic { user, password });
    }
    if let Some(token) = env("JIRA_TOKEN") {
        return Ok(Access::Token(Secret::new(token.trim())));
    }
    match user {
        Some(user) => {
            let password = match env("JIRA_PASSWORD") {
                Some(password) => Secret::new(password),
                None => ask(&format!("Password of {user} for {base}: "))?,
            };
            Ok(Access::Basic { user, password })
        }
        None => Ok(Access::Token(ask(&format!(
            "Personal access token for {base}: "
        ))?)),
    }
}

fn read_file(path: &Path) -> Result<Secret, Failure> {
    let bytes = std::fs::read(path).map(zeroize::Zeroizing::new);
    let bytes = bytes
        .map_err(|error| Failure::usage(format!("cannot read {}: {error}", path.display())))?;
    first_line(&bytes).ok_or_else(|| {
        Failure::usage(format!(
            "the first line of {} is blank or not text",
            path.display()
        ))
        .help("put the token or password alone on the first line")
    })
}

fn ask(prompt: &str) -> Result<Secret, Failure> {
    if !io::stdin().is_terminal() {
        let failure = Failure::usage("no credentials for Jira");
        return Err(failure.help(
            "set JIRA_TOKEN to a personal access token or use `--token-file FILE`; or set JIRA_USER and JIRA_PASSWORD",
        ));
    }
    let typed = rpassword::prompt_password(prompt)
        .map_err(|error| Failure::usage(format!("cannot read from the terminal: {error}")))?;
    let secret = Secret::new(typed.trim());
    if secret.expose().is_empty() {
        return Err(Failure::usage("no credential entered"));
    }
    Ok(secret)
}
