//! Accepts connections and serves them by HTTP/1.1.
//!
//! hyper's connection is driven directly: a service that fails makes it close the connection without an answer. An answer that
//! breaks off is written past it, to a second handle of the socket: so it can end in the status line, in the headers or in the
//! body.

use std::sync::Arc;
use std::time::Duration;
use std::{future, io};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::checks::Arrival;
use super::faults::Disruption;
use super::record::LoggedRequest;
use super::state::SandboxState;

/// The longest body that is read, in bytes.
const LONGEST: usize = 2 << 20;

/// Serves until it is told to stop. Then all connections are closed.
pub(super) async fn serve(listener: TcpListener, router: Router, shared: Arc<SandboxState>) {
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = shared.stopped() => break,
            accepted = listener.accept() => accepted,
            // Removes connections that have ended.
            Some(_) = connections.join_next() => continue,
        };
        match accepted {
            Ok((stream, _)) => {
                connections.spawn(connection(stream, router.clone(), Arc::clone(&shared)));
            }
            // Out of file descriptors, most likely: some will come free.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
    drop(listener);
    connections.shutdown().await;
}

async fn connection(stream: TcpStream, router: Router, shared: Arc<SandboxState>) {
    shared.change(|simulation| simulation.connections += 1);
    // An error means that the client went away or was cut off: both are expected.
    let _ = serve_connection(stream, router, &shared).await;
    shared.change(|simulation| simulation.connections -= 1);
}

async fn serve_connection(
    stream: TcpStream,
    router: Router,
    shared: &Arc<SandboxState>,
) -> io::Result<()> {
    // Without it small answers wait for acknowledgements.
    stream.set_nodelay(true)?;
    let stream = stream.into_std()?;
    let raw = Arc::new(TcpStream::from_std(stream.try_clone()?)?);
    let stream = TcpStream::from_std(stream)?;
    let router = TowerToHyperService::new(router);
    let service = service_fn(|request| {
        let raw = Arc::clone(&raw);
        exchange(request, router.clone(), Arc::clone(shared), raw)
    });
    http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await
        .map_err(io::Error::other)
}

/// Answers one request, or fails so that the connection is closed. hyper drops this when the client goes away.
async fn exchange(
    mut request: Request<Incoming>,
    router: TowerToHyperService<Router>,
    shared: Arc<SandboxState>,
    raw: Arc<TcpStream>,
) -> Result<Response, NoAnswer> {
    let target = request.uri().path_and_query();
    let arrived = LoggedRequest {
        method: request.method().to_string(),
        path: target.map_or("", |target| target.as_str()).into(),
        authenticated: request.headers().contains_key(header::AUTHORIZATION),
        status: None,
        fault: None,
        at: jiff::Timestamp::now(),
    };
    let number = shared.change(|simulation| {
        simulation.log.requests.push(arrived);
        simulation.log.requests.len() - 1
    });
    let arrival = Arrival { shared, number };
    request.extensions_mut().insert(arrival.clone());
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(Body::new(body), LONGEST).await else {
        let shared = arrival.shared;
        shared.change(|simulation| simulation.ended(number, None));
        return Err(NoAnswer);
    };
    let request = Request::from_parts(head, Body::from(body));
    // A request that has arrived whole is carried out even if its client goes away meanwhile, as a real server does it.
    let handled = tokio::spawn(async move {
        tokio::select! {
            () = arrival.shared.stopped() => None,
            response = handle(request, &arrival, router) => Some(response),
        }
    });
    let response = handled.await.ok().flatten().ok_or(NoAnswer)?;
    let Some((disruption, roll)) = disruption(&response) else {
        return Ok(response);
    };
    // An error means that the client went away.
    let _ = match disruption {
        Disruption::Close => Ok(()),
        Disruption::Hang => future::pending().await,
        Disruption::BreakOff => send_raw(response, Some(roll), &raw).await,
        Disruption::CloseAfter => send_raw(response, None, &raw).await,
    };
    Err(NoAnswer)
}

fn disruption(response: &Response) -> Option<(Disruption, u64)> {
    response.extensions().get().copied()
}

/// Has a request answered, and remembers with what.
async fn handle(
    request: Request<Body>,
    arrival: &Arrival,
    router: TowerToHyperService<Router>,
) -> Response {
    let Ok(mut response) = router.call(request).await;
    let status = match disruption(&response) {
        Some((Disruption::Close | Disruption::Hang, _)) => None,
        _ => Some(response.status().as_u16()),
    };
    let failed = arrival.shared.change(|simulation| {
        simulation.ended(arrival.number, status);
        simulation.failure.is_some()
    });
    if failed {
        // What cannot be written to the state file must not be answered either.
        response.extensions_mut().insert((Disruption::Close, 0_u64));
    }
    response
}

/// Sends an answer, or, up to a byte that a random number decides, a part of it and never all.
async fn send_raw(response: Response, roll: Option<u64>, raw: &TcpStream) -> io::Result<()> {
    let (head, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(io::Error::other)?;
    let mut bytes = format!("HTTP/1.1 {}\r\n", head.status).into_bytes();
    for (name, value) in &head.headers {
        bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    bytes.extend(format!("content-length: {}\r\n\r\n", body.len()).into_bytes());
    bytes.extend(body);
    let kept = roll.map(|roll| usize::try_from(roll % bytes.len() as u64).unwrap_or(0));
    let mut left = &bytes[..kept.unwrap_or(bytes.len())];
    while !left.is_empty() {
        raw.writable().await?;
        match raw.try_write(left) {
            Ok(written) => left = &left[written..],
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Makes hyper close the connection.
#[derive(Debug, thiserror::Error)]
#[error("the connection is cut on purpose")]
struct NoAnswer;
