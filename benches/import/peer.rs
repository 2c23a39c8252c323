//! What `gij import` is measured against: the least that any program does to send the same bodies.

use std::error::Error;
use std::path::Path;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use reqwest::header::CONTENT_TYPE;

/// Posts every line of the file, so many at once, and looks at no more than the status of the answers.
pub(crate) fn post_all(url: &str, concurrency: &str, file: &Path) -> Result<(), Box<dyn Error>> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let bodies = Bytes::from(std::fs::read(file)?);
    let client = reqwest::Client::builder().no_proxy().build()?;
    let url = format!("{url}/rest/gitplugin/1.0/integration");
    let lines = bodies
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| bodies.slice_ref(line));
    let post = async |body: Bytes| {
        let request = client.post(&url).header(CONTENT_TYPE, "application/json");
        let answer = request.body(body).send().await?.error_for_status()?;
        answer.bytes().await.map(|_| ())
    };
    let mut answers = stream::iter(lines)
        .map(post)
        .buffer_unordered(concurrency.parse()?);
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(async {
            while let Some(answer) = answers.next().await {
                answer?;
            }
            Ok(())
        })
}
