use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::values::duration;

/// Where Jira is and how to get in. No secret is ever an argument.
#[derive(Clone, Debug, Args)]
#[command(
    next_help_heading = "Connecting (a token comes from JIRA_TOKEN, or JIRA_USER with JIRA_PASSWORD, or a prompt)"
)]
pub(in crate::cli) struct ConnectArgs {
    /// Jira's base URL with its context path, if any [env: JIRA_URL]
    #[arg(long, value_name = "URL")]
    pub jira_url: Option<String>,
    /// File whose first line is a personal access token
    #[arg(long, value_name = "FILE", conflicts_with = "password_file")]
    pub token_file: Option<PathBuf>,
    /// File whose first line is the password of JIRA_USER
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub password_file: Option<PathBuf>,
    /// Certificate authorities (PEM) to trust beside those of the system
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub ca_cert: Vec<PathBuf>,
    /// Our certificate and key (PEM), where the server asks for one
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub client_cert: Option<PathBuf>,
    /// Do not check Jira's certificate
    #[arg(long, hide_short_help = true)]
    pub insecure: bool,
    /// Proxy, instead of HTTPS_PROXY, HTTP_PROXY and NO_PROXY
    #[arg(long, value_name = "URL", hide_short_help = true)]
    pub proxy: Option<String>,
    /// Send credentials over unencrypted http to another machine
    #[arg(long, hide_short_help = true)]
    pub allow_plain_http: bool,
    /// Longest time for a request
    #[arg(long, value_name = "TIME", default_value = "90s", value_parser = duration, hide_short_help = true)]
    pub timeout: Duration,
    /// Longest time for making a connection
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration, hide_short_help = true)]
    pub connect_timeout: Duration,
}

impl ConnectArgs {
    /// The files that hold our own credentials.
    pub(crate) fn own_files(&self) -> Vec<PathBuf> {
        let files = [&self.token_file, &self.password_file];
        files.into_iter().flatten().cloned().collect()
    }
}
