use super::exit::Exit;
use crate::engine::{Stop, StopSwitch};
use crate::render::Progress;

/// Waits for Ctrl-C and SIGTERM for as long as it is polled: the first stops the run in good order, the second at once.
/// The journal is true at every moment; `last_words` tell what is left to do then.
pub(super) async fn watch(stop: &StopSwitch, progress: &Progress<'_>, last_words: &str) -> ! {
    next_signal().await;
    progress.say(
        "interrupted: no new requests; waiting for those under way (once more to stop at once)",
    );
    stop.throw(Stop::Interrupted);
    next_signal().await;
    progress.finish();
    progress.say(&format!("stopped at once; {last_words}"));
    std::process::exit(i32::from(Exit::Interrupted.code()));
}

/// Does `work`, unless Ctrl-C or SIGTERM comes first: then there is no answer, and the work is dropped where it is.
///
/// Once a session has watched for signals they no longer end the process by themselves, so all that may take long after
/// that goes through here, or is watched.
pub(super) async fn unless_interrupted<T>(work: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        done = work => Some(done),
        () = next_signal() => None,
    }
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
