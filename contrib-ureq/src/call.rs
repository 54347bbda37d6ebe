//! One call, from the request to the response's head.

use tracer_core::SpanContext;
use tracer_core::observe::{Observed, Shared};
use tracer_core::semconv::http::version;
use tracer_core::semconv::http_client;
use ureq::http::header::CONTENT_LENGTH;
use ureq::http::{Method, Response};
use ureq::{Body, Error};

use crate::config::{Config, Sent};
use crate::view::View;
use crate::{body, error};

/// What is known of a request after it has gone.
pub(crate) struct Call {
    pub(crate) observed: Observed,
    is_head: bool,
    is_connect: bool,
}

impl Call {
    /// Starts the span and puts its context into the request.
    pub(crate) fn begin(config: &Shared<Config>, request: &mut Sent) -> Self {
        let method = request.method();
        let (is_head, is_connect) = (*method == Method::HEAD, *method == Method::CONNECT);
        let observed = config.get().map_or_else(Observed::none, |config| start(config, request));
        Self { observed, is_head, is_connect }
    }

    /// The head is here, or an error in its place: records it, and wraps the body if there is more
    /// to see of it.
    pub(crate) fn on_result(
        mut self,
        config: &Shared<Config>,
        result: Result<Response<Body>, Error>,
    ) -> Result<Response<Body>, Error> {
        if let Some(config) = config.get().filter(|_| self.observed.is_recording()) {
            match result {
                Ok(response) => return Ok(self.on_response(config, response)),
                // With the head, that is; the body is gone.
                Err(Error::StatusCode(status)) => {
                    self.on_status(config, status, None);
                }
                Err(ref failure) => {
                    let (span, words) = (self.observed.span(), failure.to_string());
                    http_client::on_error(span, error::kind(failure), Some(&words));
                }
            }
        }
        self.observed.end();
        result
    }

    /// Whether it is a failure.
    fn on_status(&mut self, config: &Config, status: u16, version: Option<&'static str>) -> bool {
        self.observed.head();
        let failed = match &config.is_error {
            Some(is_error) => is_error(status),
            None => http_client::is_error(status),
        };
        http_client::on_status(self.observed.span(), status, version, failed);
        if failed {
            self.observed.fail();
        }
        failed
    }

    fn on_response(mut self, config: &Config, response: Response<Body>) -> Response<Body> {
        let status = response.status().as_u16();
        let failed = self.on_status(config, status, version(response.version()));
        if let Some(hook) = &config.on_response {
            hook(self.observed.span(), &response);
        }
        // Of an empty body ureq does not know that it is: the head does.
        let is_empty = response.headers().get(CONTENT_LENGTH).is_some_and(|length| length == "0");
        let has_none = self.is_head
            || (self.is_connect && response.status().is_success())
            || matches!(status, 100..=199 | 204 | 304);
        if config.ends_at_head || has_none || is_empty {
            self.observed.end();
            return response;
        }
        response.map(|body| body::wrap(body, self.observed, failed))
    }
}

fn start(config: &Config, request: &mut Sent) -> Observed {
    config.begin(request, false, authority, Sent::headers_mut, |tracer, request, name| {
        http_client::start(tracer, &View { request, name }, &SpanContext::default())
    })
}

fn authority(request: &Sent) -> &str {
    request.uri().authority().map_or("", |authority| authority.as_str())
}
