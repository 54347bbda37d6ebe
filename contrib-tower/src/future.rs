//! Waiting for the response's head.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::{HeaderMap, Response};
use http_body::Body;
use pin_project_lite::pin_project;
use tracer_core::observe::Observed;
use tracer_core::propagation;

use crate::protocol::{BodyHint, Call, Failure, Protocol};
use crate::{HttpServer, ResponseBody, ResponseView};

pin_project! {
    /// The future of a [`TraceService`](crate::TraceService). Its span is current on every poll
    /// and during the drop, and goes on with the response's body.
    #[must_use = "futures do nothing unless polled"]
    pub struct ResponseFuture<F, P = HttpServer> {
        // Dropped in this order: the span ends after what it stands for.
        #[pin]
        inner: F,
        observed: Observed<Call>,
        protocol: PhantomData<fn() -> P>,
    }

    impl<F, P> PinnedDrop for ResponseFuture<F, P> {
        fn drop(this: Pin<&mut Self>) {
            this.project().observed.enter_for_drop();
        }
    }
}

impl<F, P> ResponseFuture<F, P> {
    pub(crate) const fn new(inner: F, observed: Observed<Call>) -> Self {
        Self { inner, observed, protocol: PhantomData }
    }
}

impl<F, P, B, E> Future for ResponseFuture<F, P>
where
    P: Protocol,
    F: Future<Output = Result<Response<B>, E>>,
    E: fmt::Display + 'static,
    B: Body,
{
    type Output = Result<Response<ResponseBody<B, P>>, E>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let observed = this.observed;
        let is_recorded = observed.recording().is_some();
        let result = ready!(observed.run(|| P::around(is_recorded, || this.inner.poll(cx))));
        Poll::Ready(match result {
            Ok(mut response) => {
                if !observed.is_none() {
                    respond(observed, response.headers_mut());
                    on_head::<P, B>(observed, &response);
                }
                let observed = observed.take();
                Ok(response.map(|body| ResponseBody::new(body, observed)))
            }
            Err(error) => {
                if let Some((span, call)) = observed.recording() {
                    P::on_error(span, call, &Failure::new(&error));
                }
                observed.end();
                Err(error)
            }
        })
    }
}

/// Tells the caller of the span, where that is wanted.
#[inline]
fn respond(observed: &Observed<Call>, headers: &mut HeaderMap) {
    if observed.data().is_some_and(|call| call.responds) {
        propagation::respond(&observed.span().context(), headers);
    }
}

fn on_head<P: Protocol, B: Body>(observed: &mut Observed<Call>, response: &Response<B>) {
    let body = response.body();
    let hint = BodyHint { is_ended: body.is_end_stream(), exact: body.size_hint().exact() };
    if begin_body::<P>(observed, &ResponseView::new(response), hint) {
        observed.end();
    }
}

/// Records the head. True if the span ends with it.
fn begin_body<P: Protocol>(
    observed: &mut Observed<Call>,
    head: &ResponseView<'_>,
    hint: BodyHint,
) -> bool {
    observed.head();
    let Some((span, call)) = observed.recording() else {
        return hint.is_ended;
    };
    let is_all = P::on_head(span, call, head, hint);
    if let Some(captured) = &call.response_headers {
        span.set_tags(captured.tags(head.headers()));
    }
    if let Some(hook) = &call.on_response {
        hook(span, head);
    }
    let (ends, failed, keeps_size) = (is_all || call.ends_at_head, call.failed, call.keeps_size);
    if failed {
        observed.fail();
    }
    if keeps_size {
        observed.keep_size();
    }
    ends
}

impl<F, P> fmt::Debug for ResponseFuture<F, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").field("observed", &self.observed).finish_non_exhaustive()
    }
}
