//! One attempt: a request, and what the reply says about it.

use std::fmt;
use std::io::{self, ErrorKind, Read};
use std::time::{Duration, SystemTime};

use ureq::config::AutoHeaderValue;
use ureq::http::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER,
};
use ureq::http::{HeaderMap, Response};
use ureq::{Agent, Body, Error, SendBody};

use crate::config::OtlpReporterBuilder;
use crate::endpoint::Endpoint;
use crate::reply::{self, MAX_REPLY, ReadError};
use crate::retry::retry_after;

/// Most bytes of a reply's head.
const MAX_HEAD: usize = 16 << 10;

/// What came of an attempt.
#[derive(Debug)]
pub(crate) enum Attempt {
    /// The server took the batch but for this many spans.
    Accepted { rejected: u64 },
    /// The server refused it for good.
    Refused,
    /// It failed, and would fail again.
    Failed,
    /// It may succeed later.
    Again {
        after: Option<Duration>,
        /// The whole request had gone out: the server may have the spans.
        perhaps_taken: bool,
    },
    /// The request was sent, and no answer came.
    Unanswered,
}

/// Words for standard error: nothing in them comes from a server or from the configuration.
#[derive(Debug)]
pub(crate) enum Why {
    Status(u16),
    Io(ErrorKind),
    Text(&'static str),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "the receiver answered with status {status}"),
            Self::Io(kind) => kind.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// Posts batches over one kept-alive connection.
pub(crate) struct Sender {
    agent: Agent,
    endpoint: Endpoint,
    headers: HeaderMap,
    reply: Vec<u8>,
}

impl Sender {
    pub(crate) fn new(config: &OtlpReporterBuilder) -> Self {
        let mut agent = Agent::config_builder()
            .http_status_as_error(false)
            // A redirect would carry tokens to a host that nobody configured.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_idle_connections(1)
            // A reply's head is a few hundred bytes; no more than this is taken from the socket.
            .max_response_header_size(MAX_HEAD)
            .input_buffer_size(2 * MAX_HEAD)
            // Whatever other crates turn on in ureq: replies come uncompressed.
            .accept_encoding(AutoHeaderValue::None)
            .user_agent(concat!("tracer-otlp/", env!("CARGO_PKG_VERSION")));
        if config.endpoint.is_loopback() {
            agent = agent.proxy(None);
        }
        let mut headers = config.headers.clone();
        if let Some(value) = config.endpoint.authorization() {
            headers.entry(AUTHORIZATION).or_insert_with(|| value.clone());
        }
        headers
            .insert(CONTENT_TYPE, ureq::http::HeaderValue::from_static("application/x-protobuf"));
        if config.compression == crate::Compression::Gzip {
            let gzip = ureq::http::HeaderValue::from_static("gzip");
            headers.insert(CONTENT_ENCODING, gzip);
        }
        Self {
            agent: agent.build().new_agent(),
            endpoint: config.endpoint.clone(),
            headers,
            reply: Vec::new(),
        }
    }

    /// Sends `body` within `timeout`. Says why, where it was not accepted.
    pub(crate) fn send(&mut self, body: &[u8], timeout: Duration) -> (Attempt, Why) {
        let mut rest = Unsent(body);
        match self.post(&mut rest, body.len(), timeout) {
            Ok(response) => self.judge(response),
            Err(error) => judge_error(&error, rest.0.is_empty()),
        }
    }

    fn post(
        &self,
        body: &mut Unsent<'_>,
        len: usize,
        timeout: Duration,
    ) -> Result<Response<Body>, Error> {
        let mut request = self.agent.post(self.endpoint.uri());
        if let Some(headers) = request.headers_mut() {
            headers.clone_from(&self.headers);
            headers.insert(CONTENT_LENGTH, len.into());
        }
        request.config().timeout_global(Some(timeout)).build().send(SendBody::from_reader(body))
    }

    fn judge(&mut self, mut response: Response<Body>) -> (Attempt, Why) {
        let status = response.status().as_u16();
        let attempt = match status {
            200..=299 => return self.judge_accepted(response.body_mut()),
            429 | 502..=504 => {
                let after = response.headers().get(RETRY_AFTER);
                let after = after.and_then(|value| value.to_str().ok());
                let after = after.and_then(|value| retry_after(value, SystemTime::now()));
                self.drain(response.body_mut());
                Attempt::Again { after, perhaps_taken: false }
            }
            400..=499 => Attempt::Refused,
            _ => Attempt::Failed,
        };
        (attempt, Why::Status(status))
    }

    fn judge_accepted(&mut self, body: &mut Body) -> (Attempt, Why) {
        match reply::read(body.as_reader(), &mut self.reply) {
            Ok(()) => {
                let rejected = reply::rejected_spans(&self.reply).unwrap_or(0);
                (Attempt::Accepted { rejected }, Why::Text("the receiver rejected some spans"))
            }
            // Whoever answers like this is no OTLP receiver.
            Err(ReadError::TooLong) => (Attempt::Failed, Why::Text("the reply is too long")),
            // How many spans were rejected will never be known.
            Err(ReadError::Io(error)) => (Attempt::Unanswered, Why::Io(error.kind())),
        }
    }

    /// Reads a reply away, so that the connection can be used again.
    fn drain(&mut self, body: &mut Body) {
        if body.content_length().is_some_and(|len| len < MAX_REPLY as u64) {
            // If it fails the connection is closed, which is all that there is to do.
            let _ = reply::read(body.as_reader(), &mut self.reply);
        }
    }
}

impl fmt::Debug for Sender {
    /// Without headers, credentials, path and query.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// `sent`: the whole request was handed to the connection.
fn judge_error(error: &Error, sent: bool) -> (Attempt, Why) {
    let again = Attempt::Again { after: None, perhaps_taken: sent };
    match error {
        Error::Timeout(_) if sent => (Attempt::Unanswered, Why::Text("no answer in time")),
        Error::Timeout(_) => (again, Why::Text("not sent in time")),
        Error::Io(error) => match error.kind() {
            kind @ ErrorKind::TimedOut if sent => (Attempt::Unanswered, Why::Io(kind)),
            // Failed handshakes of TLS arrive as these: a certificate does not heal by itself.
            kind @ (ErrorKind::InvalidData | ErrorKind::InvalidInput) => {
                (Attempt::Failed, Why::Io(kind))
            }
            kind => (again, Why::Io(kind)),
        },
        Error::HostNotFound => (again, Why::Text("host not found")),
        Error::ConnectionFailed | Error::ConnectProxyFailed(_) => {
            (again, Why::Text("no connection"))
        }
        // What answers does not speak HTTP/1.1, or not to an end.
        _ => (Attempt::Failed, Why::Text("no valid HTTP reply")),
    }
}

/// A request's body, and how much of it the connection has not asked for yet.
struct Unsent<'a>(&'a [u8]);

impl Read for Unsent<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.0.read(buf)
    }
}
