//! OTLP over gRPC: one unary call for each attempt, over one HTTP/2 connection that is kept open.
//!
//! tonic's channel brings the connection. The call itself is made here, since of a reply no more
//! is taken than is allowed, and nothing in it makes anything panic.

mod base64;
mod broken;
mod link;
mod message;
mod reply;
mod status;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use contrib_http::{Attempt, Compression, ConfigError, Settings, Transport, Why};
use http::header::{CONTENT_TYPE, TE};
use http::{HeaderMap, HeaderValue, Method, Request, Uri, Version};
use tonic::body::Body;
use tonic::transport::Endpoint;

use self::link::Link;
use self::message::Message;

const PATH: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
const USER_AGENT: &str = concat!("tracer-otlp/", env!("CARGO_PKG_VERSION"));
/// Most bytes of a reply's head, and of its trailers.
const MAX_HEAD: u32 = 16 << 10;

/// A transport that calls `TraceService/Export`.
pub(crate) struct Call {
    endpoint: Endpoint,
    headers: HeaderMap,
    packed: bool,
    /// Kept while it works.
    link: Option<Link>,
}

impl Call {
    /// Connects to nothing: that happens with the first attempt.
    pub(crate) fn new(settings: &Settings) -> Result<Self, ConfigError> {
        let origin = settings.endpoint().origin();
        let invalid = |_| ConfigError::InvalidEndpoint;
        let endpoint = Endpoint::from_shared(origin).map_err(invalid)?;
        let endpoint = endpoint
            .user_agent(USER_AGENT)
            .map_err(invalid)?
            .http2_max_header_list_size(MAX_HEAD)
            // What the receiver may send before it is told that there is room for more.
            .initial_stream_window_size(reply::MAX_REPLY)
            .initial_connection_window_size(reply::MAX_REPLY);
        let mut headers = settings.request_headers();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
        headers.insert(TE, HeaderValue::from_static("trailers"));
        let packed = settings.compression() == Compression::Gzip;
        if packed {
            headers.insert("grpc-encoding", HeaderValue::from_static("gzip"));
        }
        Ok(Self { endpoint: link::secured(endpoint, settings)?, headers, packed, link: None })
    }

    fn request(&self, message: Message) -> Request<Body> {
        let mut request = Request::new(Body::new(message));
        *request.method_mut() = Method::POST;
        *request.version_mut() = Version::HTTP_2;
        *request.uri_mut() = Uri::from_static(PATH);
        request.headers_mut().clone_from(&self.headers);
        request
    }
}

impl Transport for Call {
    fn attempt(&mut self, request: &[u8], timeout: Duration) -> (Attempt, Why) {
        let sent = Arc::new(AtomicBool::new(false));
        let request = self.request(Message::new(request, self.packed, Arc::clone(&sent)));
        let link = match self.link.take().map_or_else(|| Link::open(&self.endpoint), Ok) {
            Ok(link) => link,
            Err(error) => return broken::io(error.kind(), false),
        };
        let reply = link.exchange(request, timeout);
        let sent = sent.load(Ordering::Acquire);
        match reply {
            Some(Ok(reply)) => {
                self.link = Some(link);
                reply.judge()
            }
            // Without the link, which closes the connection: nobody waits for what may still come.
            Some(Err(error)) => error.judge(sent),
            None if sent => (Attempt::Unanswered, Why::Text("no answer in time")),
            None => {
                let again = Attempt::Again { after: None, perhaps_taken: false };
                (again, Why::Text("not sent in time"))
            }
        }
    }
}

impl fmt::Debug for Call {
    /// Without headers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("endpoint", self.endpoint.uri()).finish_non_exhaustive()
    }
}
