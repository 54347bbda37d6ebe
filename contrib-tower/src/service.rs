//! The middleware.

use std::fmt;
use std::marker::PhantomData;
use std::task::{Context, Poll};

use http::{Request, Response};
use http_body::Body;
use tower_service::Service;
use tracer_core::observe::{Observed, Shared};

use crate::config::Config;
use crate::protocol::Protocol;
use crate::{HttpServer, RequestView, ResponseBody, ResponseFuture, begin};

/// Gives each request a span; made by [`TraceLayer`](crate::TraceLayer).
pub struct TraceService<S, P = HttpServer> {
    inner: S,
    config: Shared<Config>,
    protocol: PhantomData<fn() -> P>,
}

impl<S, P> TraceService<S, P> {
    pub(crate) const fn new(inner: S, config: Shared<Config>) -> Self {
        Self { inner, config, protocol: PhantomData }
    }

    /// The service inside.
    pub const fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The service inside.
    pub const fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// The service inside, without the tracing.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S, P, A, B> Service<Request<A>> for TraceService<S, P>
where
    P: Protocol,
    S: Service<Request<A>, Response = Response<B>>,
    S::Error: fmt::Display + 'static,
    B: Body,
    B::Error: fmt::Display + 'static,
{
    type Response = Response<ResponseBody<B, P>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, P>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    #[inline]
    fn call(&mut self, mut request: Request<A>) -> Self::Future {
        let mut observed = match self.config.get() {
            None => Observed::none(),
            Some(config) if P::IS_CLIENT => {
                let (observed, context) = begin::send::<P>(config, RequestView::new(&request));
                context.into_headers(request.headers_mut());
                observed
            }
            Some(config) => begin::serve::<P>(config, RequestView::new(&request)),
        };
        let is_recorded = observed.recording().is_some();
        let inner = observed.run(|| P::around(is_recorded, || self.inner.call(request)));
        ResponseFuture::new(inner, observed)
    }
}

impl<S: Clone, P> Clone for TraceService<S, P> {
    fn clone(&self) -> Self {
        Self::new(self.inner.clone(), self.config.clone())
    }
}

impl<S: fmt::Debug, P> fmt::Debug for TraceService<S, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TraceService")
            .field("inner", &self.inner)
            .field("config", &self.config)
            .finish()
    }
}
