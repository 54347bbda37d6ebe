//! What a gRPC receiver can be told to do wrong.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response};
use http_body::Frame;
use tokio::time::{Sleep, sleep};
use tonic::Status;
use tonic::body::Body;

/// How the next call is treated.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// Stored.
    None,
    /// Refused with this status.
    Status(Status),
    /// Stored but for so many spans, and said so.
    Partial(i64),
    /// Read, and never answered.
    Hang,
    /// Answered with an HTTP status and nothing of gRPC, as proxies do.
    Http(u16),
    /// Answered with this head, and these bytes, which go on like this.
    Reply(&'static [(&'static str, &'static str)], &'static [u8], Then),
}

/// How a body goes on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Then {
    /// It ends, without a status.
    End,
    /// It ends with the status `OK`.
    Ok,
    /// The same again, slowly, without an end.
    Trickle,
    /// The same again without an end.
    Endless,
}

/// The answer that a fault stands for, where it is none of the service's.
pub(super) fn reply(fault: &Fault) -> Option<Response<Body>> {
    let mut response = Response::new(Body::empty());
    response.headers_mut().insert("content-type", HeaderValue::from_static("application/grpc"));
    match *fault {
        Fault::Http(status) => *response.status_mut() = status.try_into().unwrap(),
        Fault::Reply(head, bytes, then) => {
            for (name, value) in head {
                response.headers_mut().insert(*name, HeaderValue::from_static(value));
            }
            let sleep = Box::pin(sleep(Duration::ZERO));
            *response.body_mut() = Body::new(Script { bytes, then, sent: false, sleep });
        }
        _ => return None,
    }
    Some(response)
}

struct Script {
    bytes: &'static [u8],
    then: Then,
    sent: bool,
    sleep: Pin<Box<Sleep>>,
}

impl http_body::Body for Script {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.sent && self.then == Then::Trickle {
            if self.sleep.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            self.sleep = Box::pin(sleep(Duration::from_millis(20)));
        }
        let first = !std::mem::replace(&mut self.sent, true);
        let frame = match self.then {
            _ if first => Frame::data(Bytes::from_static(self.bytes)),
            Then::Trickle | Then::Endless => Frame::data(Bytes::from_static(self.bytes)),
            Then::End => return Poll::Ready(None),
            Then::Ok => {
                self.then = Then::End;
                let mut trailers = HeaderMap::new();
                trailers.insert("grpc-status", HeaderValue::from_static("0"));
                Frame::trailers(trailers)
            }
        };
        Poll::Ready(Some(Ok(frame)))
    }
}
