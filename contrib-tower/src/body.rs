//! The response's body, with which the span ends.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Buf;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tracer_core::observe::Observed;

use crate::HttpServer;
use crate::protocol::{Call, Failure, Protocol};

pin_project! {
    /// A body whose span ends at its end, its error, its trailers, when all of its announced
    /// length has come, or when it is dropped. The span is current while the body is polled.
    pub struct ResponseBody<B, P = HttpServer> {
        #[pin]
        inner: B,
        observed: Observed<Call>,
        protocol: PhantomData<fn() -> P>,
    }

    impl<B, P> PinnedDrop for ResponseBody<B, P> {
        fn drop(this: Pin<&mut Self>) {
            this.project().observed.enter_for_drop();
        }
    }
}

impl<B, P> ResponseBody<B, P> {
    pub(crate) const fn new(inner: B, observed: Observed<Call>) -> Self {
        Self { inner, observed, protocol: PhantomData }
    }

    /// The body inside.
    pub const fn get_ref(&self) -> &B {
        &self.inner
    }

    /// The body inside. What is read of it directly, the span does not see.
    pub const fn get_mut(&mut self) -> &mut B {
        &mut self.inner
    }
}

impl<B, P> Body for ResponseBody<B, P>
where
    P: Protocol,
    B: Body,
    B::Error: fmt::Display + 'static,
{
    type Data = B::Data;
    type Error = B::Error;

    #[inline]
    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let mut this = self.project();
        let observed = this.observed;
        let polled = ready!(observed.run(|| this.inner.as_mut().poll_frame(cx)));
        if !observed.is_none() {
            match &polled {
                None => end::<P>(observed, None),
                Some(Err(error)) => fail::<P>(observed, &Failure::new(error)),
                Some(Ok(frame)) => match (frame.data_ref(), frame.trailers_ref()) {
                    (Some(data), _) => {
                        if is_last(observed, data.remaining()) || this.inner.is_end_stream() {
                            end::<P>(observed, None);
                        }
                    }
                    (None, Some(trailers)) => end::<P>(observed, Some(trailers)),
                    (None, None) => {}
                },
            }
        }
        Poll::Ready(polled)
    }

    #[inline]
    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    #[inline]
    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// Counts a frame. True if nobody will ask for another.
fn is_last(observed: &mut Observed<Call>, bytes: usize) -> bool {
    let bytes = bytes as u64;
    observed.progress(bytes);
    let Some((_, Call { left: Some(left), .. })) = observed.recording() else {
        return false;
    };
    *left = left.saturating_sub(bytes);
    *left == 0
}

fn end<P: Protocol>(observed: &mut Observed<Call>, trailers: Option<&HeaderMap>) {
    if let Some((span, call)) = observed.recording() {
        P::on_end(span, call, trailers);
    }
    observed.end();
}

#[cold]
fn fail<P: Protocol>(observed: &mut Observed<Call>, error: &Failure<'_>) {
    if let Some((span, call)) = observed.recording() {
        P::on_error(span, call, error);
    }
    observed.end();
}

impl<B: Default, P> Default for ResponseBody<B, P> {
    fn default() -> Self {
        Self::new(B::default(), Observed::none())
    }
}

impl<B: fmt::Debug, P> fmt::Debug for ResponseBody<B, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseBody")
            .field("inner", &self.inner)
            .field("observed", &self.observed)
            .finish()
    }
}
