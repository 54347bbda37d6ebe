//! An integration by hand, right or wrong in one way.

use std::pin::Pin;
use std::task::{Context, Poll};

use http::Request;
use http_body::Body;
use testing::http::{Adapter, Exchange, HEALTH, Kind, ScriptedBody, Shape, consume};
use tracer_core::observe::{self, Observed};
use tracer_core::semconv::http::HttpRequest;
use tracer_core::semconv::{http_client, http_server};
use tracer_core::{InSpanExt, Span, SpanContext, Tracer};

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    FinishesTwice,
    NeverFinishes,
    WrongParent,
    SwallowsStatus,
    SwallowsErrors,
    KeepsSecrets,
    KeepsTheQuery,
    NamesAfterPaths,
    EndsAtTheHead,
    IsNotCurrent,
    IsNotCurrentInTheBody,
    HandsNothingOn,
    TracesWhatIsFiltered,
    StartsBelowWhatIsFiltered,
    TracesWhileOff,
    ReadsWhileOff,
    CallsLeavingFine,
    CallsPanickingFine,
    EndsWithTheDrop,
}

#[derive(Clone, Copy)]
pub(crate) struct Naive {
    pub(crate) kind: Kind,
    pub(crate) fault: Fault,
}

impl Adapter for Naive {
    fn kind(&self) -> Kind {
        self.kind
    }

    fn supports(&self, _: Shape) -> bool {
        true
    }

    async fn exchange(&self, tracer: Tracer, exchange: Exchange) {
        let mut request = exchange.request();
        let span = self.start(&tracer, &mut request);
        if self.has(Fault::CallsPanickingFine) || self.has(Fault::CallsLeavingFine) {
            // What a span does by itself when nobody observes.
            let work = async {
                if let Ok(response) = exchange.answer(request.headers()).await {
                    let status = response.status().as_u16();
                    http_server::on_response(&tracer_core::current(), status);
                    consume(response.into_body(), &exchange).await;
                }
            };
            return work.in_span(span).await;
        }
        if self.has(Fault::FinishesTwice) {
            tracer.span("GET").kind(self.span_kind()).child_of(&span).start().finish();
        }
        let observed = Observed::new(self.observed_kind(), span, ());
        let answer = exchange.answer(request.headers());
        let (result, mut observed) = if self.has(Fault::IsNotCurrent) {
            (answer.await, observed)
        } else {
            observed.drive(answer).await
        };
        match result {
            Ok(response) => {
                observed.head();
                if !self.has(Fault::SwallowsStatus) {
                    let status = response.status().as_u16();
                    match self.kind.is_client() {
                        true => http_client::on_response(observed.span(), status, None),
                        false => http_server::on_response(observed.span(), status),
                    }
                }
                if self.has(Fault::EndsAtTheHead) {
                    observed.end();
                }
                consume(self.body(response.into_body(), observed), &exchange).await;
            }
            Err(error) => {
                if !self.has(Fault::SwallowsErrors) {
                    http_server::on_error(observed.span(), "io", Some(&error.to_string()));
                }
                observed.end();
            }
        }
    }
}

impl Naive {
    fn has(self, fault: Fault) -> bool {
        self.fault == fault
    }

    fn span_kind(self) -> tracer_core::SpanKind {
        match self.kind.is_client() {
            true => tracer_core::SpanKind::Client,
            false => tracer_core::SpanKind::Server,
        }
    }

    fn observed_kind(self) -> observe::Kind {
        match self.kind.is_client() && !self.has(Fault::EndsWithTheDrop) {
            true => observe::Kind::HttpClient,
            false => observe::Kind::HttpServer,
        }
    }

    fn start(self, tracer: &Tracer, request: &mut Request<()>) -> Span {
        let current = tracer_core::current().context();
        let caller = match self.kind.is_client() {
            true => current.clone(),
            false => tracer.extract(request.headers()),
        };
        let filtered = request.uri().path() == HEALTH && !self.has(Fault::TracesWhatIsFiltered);
        let off = !tracer.is_enabled() && !self.has(Fault::TracesWhileOff);
        let span = if self.kind.is_client() && (filtered || off) {
            Span::passive(current)
        } else if off && self.has(Fault::ReadsWhileOff) {
            let read = tracer.capture(request.headers());
            Span::passive(read.raw().and_then(|raw| raw.parse()).unwrap_or_default())
        } else if off {
            Span::passive(tracer.capture(request.headers()))
        } else if filtered {
            let raw = tracer.capture(request.headers());
            match self.has(Fault::StartsBelowWhatIsFiltered) {
                true => Span::passive(raw),
                false => Span::passive(raw.suppressed()),
            }
        } else {
            if self.has(Fault::TracesWhileOff) {
                tracer.set_enabled(true);
            }
            self.record(tracer, request, caller)
        };
        if self.kind.is_client() && !self.has(Fault::HandsNothingOn) {
            tracer.inject(&span, request.headers_mut());
        }
        span
    }

    fn record(self, tracer: &Tracer, request: &Request<()>, mut caller: SpanContext) -> Span {
        if self.has(Fault::WrongParent) {
            caller = SpanContext::default();
        }
        let view = View(request);
        let span = match self.kind.is_client() {
            _ if self.has(Fault::WrongParent) => {
                tracer.span("GET").kind(self.span_kind()).root().start()
            }
            true => http_client::start(tracer, &view, &caller),
            false => http_server::start(tracer, &view, &caller),
        };
        match self.fault {
            Fault::KeepsSecrets => {
                span.log(format!("{:?}", request.headers().get("authorization")));
            }
            Fault::KeepsTheQuery => {
                span.set_tag("url.query", request.uri().query().unwrap_or_default().to_owned());
            }
            Fault::NamesAfterPaths => {
                span.rename(format!("GET {}", request.uri().path()));
            }
            Fault::NeverFinishes => {
                let open = span.handle();
                #[expect(clippy::mem_forget, reason = "that is what is wrong")]
                std::mem::forget(span);
                return Span::passive(open.context());
            }
            _ => {}
        }
        span
    }

    fn body(self, inner: ScriptedBody, observed: Observed) -> Traced {
        Traced {
            inner: Box::pin(inner),
            observed,
            is_current: !self.has(Fault::IsNotCurrentInTheBody),
        }
    }
}

/// A body by hand.
struct Traced {
    inner: Pin<Box<ScriptedBody>>,
    observed: Observed,
    is_current: bool,
}

impl Body for Traced {
    type Data = bytes::Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<bytes::Bytes>, std::io::Error>>> {
        let Self { inner, observed, is_current } = &mut *self;
        let polled = match is_current {
            true => observed.run(|| inner.as_mut().poll_frame(cx)),
            false => inner.as_mut().poll_frame(cx),
        };
        match &polled {
            Poll::Ready(None) => observed.end(),
            Poll::Ready(Some(Err(error))) => {
                http_server::on_error(observed.span(), "io", Some(&error.to_string()));
                observed.end();
            }
            Poll::Ready(Some(Ok(frame))) => {
                observed.progress(frame.data_ref().map_or(0, |data| data.len() as u64));
            }
            Poll::Pending => {}
        }
        polled
    }
}

struct View<'a>(&'a Request<()>);

impl HttpRequest for View<'_> {
    fn method(&self) -> &str {
        self.0.method().as_str()
    }

    fn scheme(&self) -> Option<&str> {
        Some("http")
    }

    fn authority(&self) -> Option<&str> {
        Some("shop.test")
    }

    fn path(&self) -> &str {
        self.0.uri().path()
    }

    fn query(&self) -> Option<&str> {
        self.0.uri().query()
    }
}
