//! The seam between the middleware and what it carries.

use std::any::Any;
use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

use http::HeaderMap;
use http::uri::PathAndQuery;
use tracer_core::observe::Kind;
use tracer_core::semconv::{self, failure};
use tracer_core::{Span, SpanContext, SpanRef, Tracer};

use crate::captured::Captured;
use crate::config::Config;
use crate::{RequestView, ResponseView};

/// What a layer traces. For this family of crates: contrib-axum and contrib-tonic stand on the
/// same service, future and body.
pub trait Protocol: Sized + 'static {
    /// Decides what being dropped means.
    const KIND: Kind;
    /// Whether requests go out: then they are given a context instead of being asked for one.
    const IS_CLIENT: bool;

    /// Whether a request is of this protocol at all.
    #[must_use]
    fn speaks(_: &RequestView<'_>) -> bool {
        true
    }

    /// Adds what only the framework knows: route, peer.
    fn complete(_: &mut RequestView<'_>) {}

    /// Starts the span.
    fn start(tracer: &Tracer, request: &RequestView<'_>, parent: &SpanContext) -> Span;

    /// What [`on_head`](Self::on_head) and its like want to know of the request.
    fn call(request: &RequestView<'_>) -> Call;

    /// Around whatever is done inside, on each poll; the layer's own span is current meanwhile, and
    /// `is_recorded` or not.
    #[inline]
    fn around<R>(_is_recorded: bool, work: impl FnOnce() -> R) -> R {
        work()
    }

    /// The response's head is here. Says whether that is all there will be.
    fn on_head(span: &SpanRef, call: &mut Call, head: &ResponseView<'_>, body: BodyHint) -> bool;

    /// The body is at its end.
    fn on_end(_: &SpanRef, _: &Call, _: Option<&HeaderMap>) {}

    /// There is no response, or its body broke off.
    fn on_error(span: &SpanRef, call: &Call, error: &Failure<'_>);
}

/// Protocols with HTTP's status codes.
pub trait Http: Protocol {}

/// Protocols whose requests come in.
pub trait Server: Protocol {}

/// Protocols whose requests go out.
pub trait Client: Protocol {}

/// What is kept with an open span.
#[derive(Default)]
pub struct Call {
    /// The response has no body, whatever its head says.
    pub(crate) head_only: bool,
    /// The same where it works: what follows is no body but the tunnel.
    pub(crate) is_connect: bool,
    /// The head says that the request has failed.
    pub(crate) failed: bool,
    /// The span's end does not wait for the body.
    pub(crate) ends_at_head: bool,
    /// The size of the body is recorded.
    pub(crate) keeps_size: bool,
    /// Bytes until the body is complete, where its length is known.
    pub(crate) left: Option<u64>,
    /// The method of a gRPC call.
    pub path: Option<PathAndQuery>,
    /// The span's name is the user's choice.
    pub is_named: bool,
    /// Which status codes are failures, if that is not as usual.
    pub(crate) is_error: Option<crate::config::IsError>,
    /// Headers of the response that are recorded.
    pub(crate) response_headers: Option<Arc<Captured>>,
    /// The caller is told of the span.
    pub(crate) responds: bool,
    /// For the hook on responses, if there is one.
    pub(crate) on_response: Option<crate::config::ResponseHook>,
}

impl Call {
    /// Of a gRPC call.
    #[must_use]
    pub fn of_method(path: Option<PathAndQuery>, is_named: bool) -> Self {
        Self { path, is_named, ..Self::default() }
    }

    pub(crate) fn configure(mut self, config: &Config) -> Self {
        self.ends_at_head = config.ends_at_head;
        self.response_headers.clone_from(&config.response_headers);
        self.responds = config.responds;
        self.keeps_size = config.body_sizes && !config.ends_at_head;
        self.on_response.clone_from(&config.on_response);
        self.is_error.clone_from(&config.is_error);
        self
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("path", &self.path).finish_non_exhaustive()
    }
}

/// What a body says about itself before it is read.
#[derive(Clone, Copy, Debug)]
pub struct BodyHint {
    /// Nothing will come.
    pub is_ended: bool,
    /// Bytes that will come, where that is known.
    pub exact: Option<u64>,
}

/// An error, as far as can be seen of it without asking users for more than that they can print it.
pub struct Failure<'a> {
    error: &'a dyn Any,
    text: &'a dyn fmt::Display,
    type_name: &'static str,
}

type BoxError = Box<dyn Error + Send + Sync>;

impl<'a> Failure<'a> {
    pub(crate) fn new<E: fmt::Display + 'static>(error: &'a E) -> Self {
        Self { error, text: error, type_name: std::any::type_name::<E>() }
    }

    /// The error as this type, if it is that.
    #[must_use]
    pub fn downcast<E: 'static>(&self) -> Option<&'a E> {
        self.error.downcast_ref()
    }

    /// The error with its causes, if it is a boxed one.
    #[must_use]
    pub fn boxed(&self) -> Option<&'a (dyn Error + 'static)> {
        self.downcast::<BoxError>().map(|error| &**error as &(dyn Error + 'static))
    }

    /// `error.type`.
    #[must_use]
    pub fn kind(&self) -> Cow<'static, str> {
        if let Some(error) = self.boxed() {
            return Cow::Borrowed(failure::io_kind(error).unwrap_or(semconv::OTHER));
        }
        match self.downcast::<std::io::Error>().and_then(|error| failure::io_kind(error)) {
            Some(kind) => Cow::Borrowed(kind),
            None => Cow::Borrowed(self.type_name),
        }
    }

    /// The error in words.
    #[must_use]
    pub fn text(&self) -> String {
        self.text.to_string()
    }
}

impl fmt::Debug for Failure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Failure").field(&self.type_name).finish()
    }
}
