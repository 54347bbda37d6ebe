//! Requests: one at a time, over one connection that is kept open.

use std::fmt;
use std::io::{self, Read};
use std::time::Duration;

use ureq::config::AutoHeaderValue;
use ureq::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use ureq::http::{HeaderMap, HeaderValue, Response};
use ureq::{Agent, Body, Error, SendBody};

use crate::attempt::{judge_error, unread};
use crate::endpoint::Endpoint;
use crate::reply::{self, ReadError};
use crate::settings::{Compression, MAX_TIME, Settings};
use crate::why::Why;

/// Most bytes of a reply's head.
const MAX_HEAD: usize = 16 << 10;

/// Asks an endpoint. `Debug` shows of it scheme, host and port.
pub struct Client {
    agent: Agent,
    endpoint: Endpoint,
    headers: HeaderMap,
}

impl Client {
    /// A client that is not connected yet. `user_agent` is a product and its version.
    #[must_use]
    pub fn new(settings: &Settings, user_agent: &'static str) -> Self {
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
            .user_agent(user_agent);
        if settings.endpoint.is_loopback() {
            agent = agent.proxy(None);
        }
        #[cfg(feature = "tls")]
        if let Some(tls) = tls(settings) {
            agent = agent.tls_config(tls);
        }
        let headers = settings.request_headers();
        Self { agent: agent.build().new_agent(), endpoint: settings.endpoint.clone(), headers }
    }

    /// What the endpoint answers to a `GET`: the content of a 2xx.
    ///
    /// All of it has to come within `timeout` (1 h at most), from the look-up of the name to the
    /// last byte. Redirects are not followed.
    ///
    /// # Errors
    /// No answer in time, none at all, another status, content of more than `max_bytes` (which is
    /// not read any further).
    pub fn get(&self, timeout: Duration, max_bytes: usize) -> Result<Vec<u8>, Why> {
        let mut request = self.agent.get(self.endpoint.uri());
        if let Some(headers) = request.headers_mut() {
            headers.clone_from(&self.headers);
        }
        let timeout = Some(timeout.min(MAX_TIME));
        let response = request.config().timeout_global(timeout).build().call();
        let mut response = response.map_err(|error| judge_error(&error, true).1)?;
        if !response.status().is_success() {
            return Err(Why::Status(response.status().as_u16()));
        }
        let body = response.body_mut();
        if body.content_length().is_some_and(|len| len > max_bytes as u64) {
            return Err(unread(ReadError::TooLong));
        }
        let mut content = Vec::new();
        let read = reply::read(body.as_reader(), max_bytes.saturating_add(1), &mut content);
        read.map(|()| content).map_err(unread)
    }

    /// Says of all posts what they hold.
    pub(crate) fn set_content(&mut self, content_type: &'static str, compression: Compression) {
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        if compression == Compression::Gzip {
            self.headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
    }

    /// Sends `body`, and has the head of the reply. An error comes with whether the whole body
    /// was handed to the connection.
    pub(crate) fn post(
        &self,
        body: &[u8],
        timeout: Duration,
    ) -> Result<Response<Body>, (Error, bool)> {
        let mut request = self.agent.post(self.endpoint.uri());
        if let Some(headers) = request.headers_mut() {
            headers.clone_from(&self.headers);
            headers.insert(CONTENT_LENGTH, body.len().into());
        }
        let request = request.config().timeout_global(Some(timeout)).build();
        let mut rest = Unsent(body);
        let response = request.send(SendBody::from_reader(&mut rest));
        response.map_err(|error| (error, rest.0.is_empty()))
    }
}

/// TLS with the settings' own root certificates, if they have any.
#[cfg(feature = "tls")]
fn tls(settings: &Settings) -> Option<ureq::tls::TlsConfig> {
    use ureq::tls::{RootCerts, TlsConfig};

    // They have been looked at when they were set.
    let roots = crate::tls::certificates(settings.root_certificates()?).ok()?;
    Some(TlsConfig::builder().root_certs(RootCerts::new_with_certs(&roots)).build())
}

impl fmt::Debug for Client {
    /// Without headers, credentials, path and query.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// A request's body, and how much of it the connection has not asked for yet.
struct Unsent<'a>(&'a [u8]);

impl Read for Unsent<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.0.read(buf)
    }
}
