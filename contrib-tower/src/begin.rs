//! What a request asks for: one row of the table of states.

use http::HeaderMap;
use tracer_core::observe::Observed;
use tracer_core::propagation::Reach;
use tracer_core::{Span, SpanContext, SpanKind, Tracer, semconv};

use crate::RequestView;
use crate::config::Config;
use crate::protocol::{Call, Protocol};

/// A request has come in.
pub(crate) fn serve<'a, P: Protocol>(
    config: &'a Config,
    mut request: RequestView<'a>,
) -> Observed<Call> {
    let Some(tracer) = config.border.tracer() else {
        return Observed::none();
    };
    let tracer = &*tracer;
    if !tracer.is_enabled() {
        let raw = Span::passive(config.border.capture(tracer, request.headers()));
        return Observed::new(P::KIND, raw, Call::default());
    }
    // A filter above has decided already.
    let current = tracer_core::current();
    if current.is_suppressed() {
        return Observed::none();
    }
    if !P::speaks(&request) {
        // Somebody else's to trace: below the caller, or below what is around it here.
        if current.context().is_valid() {
            return Observed::none();
        }
        let raw = Span::passive(config.border.capture(tracer, request.headers()));
        return Observed::new(P::KIND, raw, Call::default());
    }
    P::complete(&mut request);
    if config.skips(&request) {
        let raw = config.border.capture(tracer, request.headers()).suppressed();
        return Observed::new(P::KIND, Span::passive(raw), Call::default());
    }
    let caller = config.border.extract(tracer, request.headers());
    start::<P>(tracer, config, &mut request, &caller)
}

/// A request is about to leave. The second half is what goes into its headers.
pub(crate) fn send<'a, P: Protocol>(
    config: &'a Config,
    mut request: RequestView<'a>,
) -> (Observed<Call>, Injection) {
    let Some(tracer) = config.border.tracer() else {
        return (Observed::none(), Injection::Nothing);
    };
    let current = tracer_core::current();
    let context = current.context();
    let skips = !tracer.is_enabled() || current.is_suppressed() || !P::speaks(&request);
    let observed = if skips || config.skips(&request) {
        Observed::none()
    } else if tracer.has_decided_against(&context) {
        // Its parent's decision holds, so no tag is worth its making.
        let span = tracer.span("").kind(SpanKind::Client).start();
        Observed::new(P::KIND, span, Call::default())
    } else {
        P::complete(&mut request);
        start::<P>(&tracer, config, &mut request, &SpanContext::default())
    };
    let context = if observed.is_none() { context } else { observed.span().context() };
    let reach = config.reach(&tracer, &request);
    (observed, Injection::Context(tracer.into_owned(), context, reach))
}

/// What is to be done to headers, which were borrowed until now.
pub(crate) enum Injection {
    Nothing,
    /// As far as whoever is called is to know of it.
    Context(Tracer, SpanContext, Reach),
}

impl Injection {
    pub(crate) fn into_headers(self, headers: &mut HeaderMap) {
        match self {
            Self::Nothing => {}
            Self::Context(tracer, context, reach) => {
                tracer.inject_within(reach, &context, headers);
            }
        }
    }
}

fn start<'a, P: Protocol>(
    tracer: &Tracer,
    config: &'a Config,
    request: &mut RequestView<'a>,
    parent: &SpanContext,
) -> Observed<Call> {
    if let Some(name) = &config.name {
        request.set_name(name(request));
    }
    if let Some(server) = &config.server {
        request.set_server(server);
    }
    request.set_captured(&config.request_headers);
    if config.trusted_hops > 0 {
        request.set_trusted_hops(config.trusted_hops);
    }
    let span = P::start(tracer, request, parent);
    let observed = Observed::new(P::KIND, span, P::call(request).configure(config));
    if !observed.is_recording() {
        return observed;
    }
    if config.body_sizes
        && let Some(size) = request.content_length()
    {
        observed.span().set_tag(semconv::HTTP_REQUEST_BODY_SIZE, size);
    }
    if let Some(hook) = &config.on_request {
        hook(observed.span(), request);
    }
    observed
}
