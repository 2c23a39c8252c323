use std::path::Path;

use super::exit::Exit;
use crate::engine::{Stop, StopSwitch};
use crate::render::Progress;

/// Waits for Ctrl-C and SIGTERM for as long as it is polled: the first stops the run in good order, the second at once.
/// The journal in the run directory `dir` is true at every moment; `next` goes on with the run.
pub(super) async fn watch(stop: &StopSwitch, progress: &Progress<'_>, dir: &Path, next: &str) {
    next_signal().await;
    progress.say(
        "interrupted: no new requests; waiting for those under way (once more to stop at once)",
    );
    stop.throw(Stop::Interrupted);
    next_signal().await;
    progress.finish();
    progress.say(&format!(
        "stopped at once; {} holds what was sent; what had no answer yet may be in Jira, and is settled first by:\n  {next}",
        dir.join("journal.jsonl").display()
    ));
    std::process::exit(i32::from(Exit::Interrupted.code()));
}

#[cfg(unix)]
async fn next_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => if interrupted.is_err() {
            std::future::pending::<()>().await;
        },
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn next_signal() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}
