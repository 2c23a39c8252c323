//! Accepts connections and serves them by HTTP/1.1.
//!
//! hyper's connection is driven directly: a service that fails makes it close the connection without an answer.

use std::convert::Infallible;
use std::fmt;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody as _, to_bytes};
use axum::http::{Request, header};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::carry::Instead;
use super::gate::Arrival;
use super::log;
use super::shared::Shared;
use super::tear::{Cord, Tear, Tearable};

/// The longest body that is read, in bytes.
const LONGEST: usize = 2 << 20;

/// Serves until it is told to stop. Then all connections are closed.
pub(super) async fn serve(listener: TcpListener, router: Router, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = shared.stopped() => break,
            accepted = listener.accept() => accepted,
            // Takes away the remains of connections that have ended.
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

async fn connection(stream: TcpStream, router: Router, shared: Arc<Shared>) {
    // Without it small answers wait for acknowledgements; nothing else depends on it.
    let _ = stream.set_nodelay(true);
    let _open = shared.open();
    let router = TowerToHyperService::new(router);
    let cord = Cord::default();
    let socket = Tearable::new(TokioIo::new(stream), Arc::clone(&cord));
    let service = service_fn(|request| {
        exchange(
            request,
            router.clone(),
            Arc::clone(&shared),
            Arc::clone(&cord),
        )
    });
    // An error says that the client went away or was cut off: both are all in a day's work.
    let _ = http1::Builder::new()
        .serve_connection(socket, service)
        .await;
}

/// Answers one request, or fails so that the connection is closed. hyper drops this when the client goes away.
async fn exchange(
    mut request: Request<Incoming>,
    router: TowerToHyperService<Router>,
    shared: Arc<Shared>,
    cord: Cord,
) -> Result<Response, NoAnswer> {
    let target: Box<str> = request
        .uri()
        .path_and_query()
        .map_or("", |target| target.as_str())
        .into();
    let number = shared.log().arrived(log::Request {
        method: request.method().clone(),
        path: target.clone(),
        authenticated: request.headers().contains_key(header::AUTHORIZATION),
        status: None,
        fault: None,
        at: jiff::Timestamp::now(),
    });
    shared.changed();
    request.extensions_mut().insert(Arrival { number, target });
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(Body::new(body), LONGEST).await else {
        shared.ended(number, None);
        return Err(NoAnswer);
    };
    let request = Request::from_parts(head, Body::from(body));
    let handled = handle(request, number, router, Arc::clone(&shared));
    let response = if shared.latency.is_zero() {
        handled.await
    } else {
        // A request that has arrived whole is carried out even if its client goes away meanwhile, as a real server does it.
        let handled = tokio::spawn(async move {
            tokio::select! {
                () = shared.stopped() => None,
                response = handled => Some(response),
            }
        });
        handled.await.ok().flatten().ok_or(NoAnswer)?
    };
    match response.extensions().get::<Instead>() {
        None => {}
        Some(Instead::Cut) => return Err(NoAnswer),
        Some(Instead::Hang) => pending().await,
        Some(Instead::BreakOff(roll)) => {
            let body = response.body().size_hint().exact().unwrap_or(0);
            // Nobody has told it before: that would have been the end of this connection.
            let _ = cord.set(Tear { roll: *roll, body });
        }
    }
    Ok(response)
}

/// Has a request answered, and remembers with what.
async fn handle(
    request: Request<Body>,
    number: log::Number,
    router: TowerToHyperService<Router>,
    shared: Arc<Shared>,
) -> Response {
    let mut response = match router.call(request).await {
        Ok(response) => response,
        Err(never) => {
            let never: Infallible = never;
            match never {}
        }
    };
    let status = match response.extensions().get::<Instead>() {
        Some(Instead::Cut | Instead::Hang) => None,
        Some(Instead::BreakOff(_)) | None => Some(response.status().as_u16()),
    };
    shared.ended(number, status);
    if shared.failure().is_some() {
        // What cannot be told to the state must not be told to the client either.
        response.extensions_mut().insert(Instead::Cut);
    }
    response
}

/// Makes hyper close the connection.
#[derive(Debug)]
struct NoAnswer;

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is cut on purpose")
    }
}

impl std::error::Error for NoAnswer {}
