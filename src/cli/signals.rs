use crate::engine::{Stop, StopSwitch};
use crate::render::Screen;

use super::exit::Exit;

/// Waits for Ctrl-C and SIGTERM for as long as it is polled: the first stops the run in good order, the second at once.
/// The journal on disk is true at every moment.
pub(super) async fn watch(stop: &StopSwitch, screen: &Screen) {
    next_signal().await;
    screen.problem(
        "\ninterrupted: no new requests; waiting for those under way (once more to stop at once)\n",
    );
    stop.throw(Stop::Interrupted);
    next_signal().await;
    screen.problem("\nstopped at once; the journal in the run directory holds what was sent\n");
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
