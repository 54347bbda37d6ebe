//! What a receiver answers: never much of it, whatever it sends.

use std::future::poll_fn;
use std::pin::Pin;

use contrib_http::{Attempt, Why};
use http::{Response, StatusCode};
use http_body::Body as _;
use tonic::body::Body;

use super::broken::Broken;
use super::status::{self, Status};
use crate::reply::rejected_spans;

/// Most bytes that are read of a reply. Collectors' replies have a few dozen.
pub(super) const MAX_REPLY: u32 = 64 << 10;

const NO_REPLY: (Attempt, Why) = (Attempt::Failed, Why::Text("no valid gRPC reply"));

/// An answer that has come to its end.
pub(super) struct Reply {
    http: StatusCode,
    /// `None` where it has none, and is no gRPC.
    status: Option<Status>,
    message: Vec<u8>,
}

impl Reply {
    pub(super) async fn read(response: Response<Body>) -> Result<Self, Broken> {
        let (head, mut body) = response.into_parts();
        let status = Status::of(&head.headers);
        let mut reply = Self { http: head.status, status, message: Vec::new() };
        // A status in the head is the whole answer ("Trailers-Only").
        while reply.status.is_none() {
            let frame = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await;
            let Some(frame) = frame else { break };
            match frame.map_err(Broken::from_error)?.into_data() {
                Ok(data) if data.len() + reply.message.len() >= MAX_REPLY as usize => {
                    return Err(Broken::TooLong);
                }
                Ok(data) => reply.message.extend_from_slice(&data),
                Err(frame) => {
                    let trailers = frame.into_trailers().unwrap_or_default();
                    reply.status = Status::of(&trailers);
                    break;
                }
            }
        }
        Ok(reply)
    }

    pub(super) fn judge(&self) -> (Attempt, Why) {
        match &self.status {
            Some(status) if status.is_ok() => self.judge_accepted(),
            Some(status) => status.judge(),
            None if self.http == StatusCode::OK => NO_REPLY,
            None => status::judge_http(self.http.as_u16()),
        }
    }

    fn judge_accepted(&self) -> (Attempt, Why) {
        // One message, not compressed, for nobody has said that it may be.
        let [0, a, b, c, d, message @ ..] = &self.message[..] else { return NO_REPLY };
        if u32::from_be_bytes([*a, *b, *c, *d]) as usize != message.len() {
            return NO_REPLY;
        }
        let rejected = rejected_spans(message).unwrap_or(0);
        (Attempt::Accepted { rejected }, Why::Text("the receiver rejected some spans"))
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Context, Poll};

    use bytes::Bytes;
    use http_body::Frame;

    use super::*;

    const FRAME: usize = 1 << 10;

    /// Endless, and counts what is taken of it.
    struct Endless(Arc<AtomicUsize>);

    impl http_body::Body for Endless {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            self.0.fetch_add(FRAME, Ordering::Relaxed);
            Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[0; FRAME])))))
        }
    }

    #[test]
    fn s2_no_more_than_the_limit_is_read() {
        let taken = Arc::new(AtomicUsize::new(0));
        let response = Response::new(Body::new(Endless(Arc::clone(&taken))));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let reply = runtime.block_on(Reply::read(response));
        assert!(matches!(reply, Err(Broken::TooLong)));
        assert_eq!(taken.load(Ordering::Relaxed), MAX_REPLY as usize);
    }
}
