//! Reading the list of integrations, which may be read again as often as needed.

use std::time::Duration;

use tokio::time::Instant;

use super::pacer::{Pacer, Purpose};
use super::stop::{Stop, StopSwitch};
use crate::jira::{Client, Exchange, JiraError};
use crate::model::RemoteIntegration;

/// How often a list is tried while Jira is unavailable, within the longest wait.
const MOST_TRIES: u32 = 5;

/// Reads something from Jira; a Jira that is unavailable or cannot be reached is asked again after a pause, which `on_pause`
/// is told.
///
/// # Errors
///
/// [`Stop::Jira`] if Jira refuses, or does not answer within some tries; another one if the run is to stop.
pub(crate) async fn read<T>(
    send: impl AsyncFn() -> Exchange<Result<T, JiraError>>,
    pacer: &Pacer,
    stop: &StopSwitch,
    on_pause: &dyn Fn(&str, Duration),
) -> Result<T, Stop> {
    let began = Instant::now();
    let mut tries = 0;
    loop {
        let Some(permit) = pacer.acquire(stop, Purpose::List).await else {
            return Err(stop.reason().unwrap_or(Stop::Interrupted));
        };
        let exchange = tokio::select! {
            exchange = send() => exchange,
            () = stop.thrown() => continue,
        };
        tries += 1;
        let why = match &exchange.meaning {
            Ok(_) => String::new(),
            Err(error) if error.is_passing() && tries < MOST_TRIES => error.to_string(),
            Err(_) => return exchange.meaning.map_err(Stop::Jira),
        };
        let pause = permit.report(&exchange, &why)?;
        let error = match exchange.meaning {
            Ok(list) => return Ok(list),
            Err(error) => error,
        };
        if let Some(time) = pause {
            if began.elapsed() + time > pacer.pace.max_wait {
                return Err(Stop::Jira(error));
            }
            on_pause(&why, time);
        }
    }
}

/// The list that is the last of a session that stops: it is asked for once, and nobody waits for it to be asked again.
pub(super) async fn read_last_list(
    client: &Client,
    pacer: &Pacer,
) -> Result<Vec<RemoteIntegration>, Stop> {
    let Some(permit) = pacer.acquire_for_last_list().await else {
        return Err(Stop::Jira(JiraError::Unavailable {
            url: client.base().as_str().to_owned(),
            message: "it asks for a longer pause".to_owned(),
        }));
    };
    let exchange = client.list().await;
    drop(permit);
    exchange.meaning.map_err(Stop::Jira)
}
