//! A request's body: one message (gRPC over HTTP2, "Length-Prefixed-Message").

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::{BufMut, Bytes, BytesMut};
use http_body::{Body, Frame};

/// Bytes that are handed to the connection at once: when it has asked for the last of them, the
/// others have left.
const PIECE: usize = 16 << 10;

/// A message, and how far it has got.
pub(super) struct Message {
    rest: Bytes,
    sent: Arc<AtomicBool>,
}

impl Message {
    /// `sent` is set when the connection has asked for all of it.
    pub(super) fn new(message: &[u8], packed: bool, sent: Arc<AtomicBool>) -> Self {
        let mut rest = BytesMut::with_capacity(5 + message.len());
        rest.put_u8(u8::from(packed));
        // No request is that large: the settings' limit is far below.
        rest.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
        rest.put_slice(message);
        Self { rest: rest.freeze(), sent }
    }
}

impl Body for Message {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let piece = PIECE.min(self.rest.len());
        let piece = self.rest.split_to(piece);
        if self.rest.is_empty() {
            self.sent.store(true, Ordering::Release);
        }
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }
}
