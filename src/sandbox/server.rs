//! Accepts connections and serves them by HTTP/1.1.
//!
//! hyper's connection is driven directly: a service that fails makes it close the connection without an answer, and its socket
//! can break an answer off at any byte: in the status line, in the headers or in the body.

use std::convert::Infallible;
use std::fmt;
use std::future::pending;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody as _, to_bytes};
use axum::http::{Request, header};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::checks::Arrival;
use super::endpoints::Disruption;
use super::record::{LoggedRequest, RequestNumber};
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
    // Without it small answers wait for acknowledgements; nothing else depends on it.
    let _ = stream.set_nodelay(true);
    let _open = shared.open();
    let router = TowerToHyperService::new(router);
    let cell = BreakOffCell::default();
    let socket = BreakableSocket::new(TokioIo::new(stream), Arc::clone(&cell));
    let service = service_fn(|request| {
        exchange(
            request,
            router.clone(),
            Arc::clone(&shared),
            Arc::clone(&cell),
        )
    });
    // An error means that the client went away or was cut off: both are expected.
    let _ = http1::Builder::new()
        .serve_connection(socket, service)
        .await;
}

/// Answers one request, or fails so that the connection is closed. hyper drops this when the client goes away.
async fn exchange(
    mut request: Request<Incoming>,
    router: TowerToHyperService<Router>,
    shared: Arc<SandboxState>,
    cell: BreakOffCell,
) -> Result<Response, NoAnswer> {
    let target: Box<str> = request
        .uri()
        .path_and_query()
        .map_or("", |target| target.as_str())
        .into();
    let number = shared.log().arrived(LoggedRequest {
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
    match response.extensions().get::<Disruption>() {
        None => {}
        Some(Disruption::Close) => return Err(NoAnswer),
        Some(Disruption::Hang) => pending().await,
        Some(Disruption::BreakOff(roll)) => {
            let body = response.body().size_hint().exact().unwrap_or(0);
            // It is set once: it ends the connection.
            let _ = cell.set(BreakOff { roll: *roll, body });
        }
    }
    Ok(response)
}

/// Has a request answered, and remembers with what.
async fn handle(
    request: Request<Body>,
    number: RequestNumber,
    router: TowerToHyperService<Router>,
    shared: Arc<SandboxState>,
) -> Response {
    let mut response = match router.call(request).await {
        Ok(response) => response,
        Err(never) => {
            let never: Infallible = never;
            match never {}
        }
    };
    let status = match response.extensions().get::<Disruption>() {
        Some(Disruption::Close | Disruption::Hang) => None,
        Some(Disruption::BreakOff(_)) | None => Some(response.status().as_u16()),
    };
    shared.ended(number, status);
    if shared.failure().is_some() {
        // What cannot be written to the state file must not be answered either.
        response.extensions_mut().insert(Disruption::Close);
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

/// Where the next answer breaks off.
#[derive(Clone, Copy, Debug)]
pub(super) struct BreakOff {
    /// A random number.
    pub roll: u64,
    /// The length of the answer's body.
    pub body: u64,
}

impl BreakOff {
    /// How many bytes go out of an answer that begins with `start`, which holds the headers: never all of them.
    fn kept(self, start: &[u8]) -> usize {
        let end = start.windows(4).position(|four| four == b"\r\n\r\n");
        let head = end.map_or(start.len(), |end| end + 4) as u64;
        let kept = self.roll.checked_rem(head + self.body).unwrap_or(0);
        usize::try_from(kept).unwrap_or(0)
    }
}

/// Makes a [`BreakableSocket`] break off the next answer. That ends the connection, so it is set once at most.
pub(super) type BreakOffCell = Arc<OnceLock<BreakOff>>;

/// A socket whose answer can break off.
pub(super) struct BreakableSocket<S> {
    socket: S,
    cell: BreakOffCell,
    /// What may still go out, once the answer that breaks off has begun.
    left: Option<usize>,
}

impl<S> BreakableSocket<S> {
    pub(super) fn new(socket: S, cell: BreakOffCell) -> Self {
        Self {
            socket,
            cell,
            left: None,
        }
    }
}

impl<S: Read + Unpin> Read for BreakableSocket<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(context, buffer)
    }
}

impl<S: Write + Unpin> Write for BreakableSocket<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let Some(break_off) = self.cell.get().copied() else {
            return Pin::new(&mut self.socket).poll_write(context, bytes);
        };
        let left = *self.left.get_or_insert_with(|| break_off.kept(bytes));
        if left == 0 {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        let part = &bytes[..left.min(bytes.len())];
        let written = Pin::new(&mut self.socket).poll_write(context, part);
        if let Poll::Ready(Ok(written)) = written {
            self.left = Some(left - written);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.cell.get().is_none() {
            return Pin::new(&mut self.socket).poll_write_vectored(context, parts);
        }
        let first = parts.iter().find(|part| !part.is_empty());
        self.poll_write(context, first.map_or(&[], |part| &**part))
    }
}
