//! One call, from the request to the response's head.

use std::error::Error;

use reqwest::{Method, Request, Response};
use tracer_core::observe::{Kind, Observed, Shared};
use tracer_core::semconv::http::version;
use tracer_core::semconv::http_client;
use tracer_core::{SpanContext, SpanKind, semconv};

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
    let Some(tracer) = config.border.tracer() else {
        return Observed::none();
    };
    let current = tracer_core::current();
    let context = current.context();
    let PerCall { attempt, template, is_untraced } = per_call;
    let quiet = !tracer.is_enabled() || current.is_suppressed() || is_untraced;
    let span = if quiet || config.skips(request) {
        None
    } else if tracer.has_decided_against(&context) {
        // Its parent's decision holds, so no tag is worth its making.
        Some(tracer.span("").kind(SpanKind::Client).start())
    } else {
        let name = config.name.as_ref().and_then(|name| name(request));
        let view = View { request, name, template };
        Some(http_client::start(&tracer, &view, &SpanContext::default()))
    };
    let observed =
        span.map_or_else(Observed::none, |span| Observed::new(Kind::HttpClient, span, ()));
    if observed.is_recording() {
        http_client::on_resend(observed.span(), attempt);
        if let Some(size) = size(request).filter(|_| config.body_sizes) {
            observed.span().set_tag(semconv::HTTP_REQUEST_BODY_SIZE, size);
        }
        if let Some(hook) = &config.on_request {
            hook(observed.span(), request);
        }
    }
    let context = if observed.is_none() { context } else { observed.span().context() };
    let reach = config.reach(&tracer, request);
    tracer.inject_within(reach, &context, request.headers_mut());
    observed
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
