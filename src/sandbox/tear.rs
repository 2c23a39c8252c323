//! A socket whose answer can break off at any byte: in the status line, in the headers or in the body.

use std::io;
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBufCursor, Write};
use std::sync::Arc;

/// Where the next answer breaks off.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tear {
    /// A random number.
    pub roll: u64,
    /// The length of the answer's body.
    pub body: u64,
}

impl Tear {
    /// How many bytes go out of an answer that begins with `start`, which holds the headers: never all of them.
    fn kept(self, start: &[u8]) -> usize {
        let end = start.windows(4).position(|four| four == b"\r\n\r\n");
        let head = end.map_or(start.len(), |end| end + 4) as u64;
        let kept = self.roll.checked_rem(head + self.body).unwrap_or(0);
        usize::try_from(kept).unwrap_or(0)
    }
}

/// Tells a [`Tearable`] that the answer that comes next breaks off. That ends the connection, so it is told once at most.
pub(super) type Cord = Arc<OnceLock<Tear>>;

/// A socket that does what its cord says.
pub(super) struct Tearable<S> {
    socket: S,
    cord: Cord,
    /// What may still go out, once the answer that breaks off has begun.
    left: Option<usize>,
}

impl<S> Tearable<S> {
    pub(super) fn new(socket: S, cord: Cord) -> Self {
        Self {
            socket,
            cord,
            left: None,
        }
    }
}

impl<S: Read + Unpin> Read for Tearable<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(context, buffer)
    }
}

impl<S: Write + Unpin> Write for Tearable<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let Some(tear) = self.cord.get().copied() else {
            return Pin::new(&mut self.socket).poll_write(context, bytes);
        };
        let left = *self.left.get_or_insert_with(|| tear.kept(bytes));
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
        if self.cord.get().is_none() {
            return Pin::new(&mut self.socket).poll_write_vectored(context, parts);
        }
        let first = parts.iter().find(|part| !part.is_empty());
        self.poll_write(context, first.map_or(&[], |part| &**part))
    }
}
