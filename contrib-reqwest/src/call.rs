//! One call, from the request to the response's head.

use std::error::Error;

use reqwest::{Method, Request, Response};
use tracer_core::observe::{Observed, Shared};
use tracer_core::semconv::http::version;
use tracer_core::semconv::http_client;
use tracer_core::{SpanContext, semconv};

use crate::config::Config;
use crate::error;
use crate::per_call::PerCall;
use crate::view::View;

/// What is known of a request after it has gone.
pub(crate) struct Sent {
    pub(crate) observed: Observed,
    head_only: bool,
    is_connect: bool,
}

/// Starts the span and puts its context into the request.
pub(crate) fn begin(config: &Shared<Config>, request: &mut Request, per_call: PerCall) -> Sent {
    let method = request.method();
    let (head_only, is_connect) = (*method == Method::HEAD, *method == Method::CONNECT);
    let observed = match config.get() {
        Some(config) => start(config, request, per_call),
        None => Observed::none(),
    };
    Sent { observed, head_only, is_connect }
}

fn start(config: &Config, request: &mut Request, per_call: PerCall) -> Observed {
    let PerCall { attempt, template, is_untraced } = per_call;
    config.begin(request, is_untraced, authority, Request::headers_mut, |tracer, request, name| {
        let view = View { request, name, template };
        let span = http_client::start(tracer, &view, &SpanContext::default());
        http_client::on_resend(&span, attempt);
        if let Some(size) = size(request).filter(|_| config.body_sizes) {
            span.set_tag(semconv::HTTP_REQUEST_BODY_SIZE, size);
        }
        span
    })
}

fn authority(request: &Request) -> &str {
    request.url().authority()
}

/// Bytes of the body, where it is at hand.
fn size(request: &Request) -> Option<u64> {
    request.body()?.as_bytes().map(|bytes| bytes.len() as u64)
}

impl Sent {
    /// The head is here: records it, and wraps the body if there is more to see of it.
    pub(crate) fn on_response(mut self, config: &Shared<Config>, response: Response) -> Response {
        if !self.observed.is_recording() {
            return response;
        }
        let status = response.status().as_u16();
        self.observed.head();
        let is_error = config.get().and_then(|config| config.is_error.as_ref());
        let failed =
            is_error.map_or(http_client::is_error(status), |is_error| is_error(response.status()));
        let version = version(response.version());
        http_client::on_status(self.observed.span(), status, version, failed);
        if let Some(peer) = response.remote_addr() {
            http_client::on_peer(self.observed.span(), peer);
        }
        if failed {
            self.observed.fail();
        }
        let mut ends_here = self.head_only
            || (self.is_connect && response.status().is_success())
            || matches!(status, 100..=199 | 204 | 304)
            || response.content_length() == Some(0);
        if let Some(config) = config.get() {
            ends_here |= config.ends_at_head;
            if config.body_sizes && !config.ends_at_head {
                self.observed.keep_size();
            }
            if let Some(hook) = &config.on_response {
                hook(self.observed.span(), &response);
            }
        }
        if ends_here {
            self.observed.end();
            return response;
        }
        crate::body::wrap(response, self.observed, failed)
    }

    /// There is no response.
    pub(crate) fn on_error(mut self, kind: &'static str, error: &(dyn Error + 'static)) {
        if self.observed.is_recording() {
            http_client::on_error(self.observed.span(), kind, Some(&error::text(error)));
        }
        self.observed.end();
    }
}
