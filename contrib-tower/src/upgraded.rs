//! What becomes of a connection after its request has been answered.

use std::borrow::Cow;
use std::fmt;

use tracer_core::observe::{Kind, Observed};
use tracer_core::{SpanRef, current};

/// A connection's life after an upgrade or a `CONNECT`, with a span of its own: the request's ends
/// with the head. Taken where the request is handled, because what upgrades a connection calls its
/// handler in a task in which no span is current.
///
/// ```
/// use contrib_tower::Upgraded;
///
/// # async fn tunnel(_: http::Request<String>) {}
/// # async fn handle(request: http::Request<String>) {
/// let life = Upgraded::here("websocket /chat");
/// let task = async move { life.run(tunnel(request)).await };
/// # let _ = task;
/// # }
/// ```
///
/// The span is the request's child by its ids and has a link (FollowsFrom) to it, since nobody waits
/// for it. It is an internal one: the request has been served and is not to be counted twice. It is
/// current while the life is polled and dropped, and ends with it. Dropped early, it is an error,
/// `error.type=cancelled`, as a request that is served; that a client goes away is for the handler
/// to see and to judge.
///
/// Its tracer is the request's; where that was answered while tracing was off, the global one.
/// Where no span is to be (off, filtered, unsampled) the context is current all the same.
#[must_use = "the span starts with `run`"]
pub struct Upgraded {
    name: Cow<'static, str>,
    request: SpanRef,
}

impl Upgraded {
    /// After the request whose span is current here. Names group spans: `websocket` and the route.
    pub fn here(name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), request: current() }
    }

    /// With another name.
    pub fn with_name(self, name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), ..self }
    }

    /// Starts the span, which lasts as long as this future.
    pub fn run<F: Future>(self, life: F) -> impl Future<Output = F::Output> + use<F> {
        let driven = self.start().drive(life);
        async move {
            let (output, mut observed) = driven.await;
            observed.end();
            output
        }
    }

    fn start(self) -> Observed {
        let Self { name, request } = self;
        // Below the current span and not below a reference: that way it is its tracer's.
        let _entered = request.enter();
        Observed::new(Kind::Upgraded, tracer_core::span(name).link(&request).start(), ())
    }
}

impl fmt::Debug for Upgraded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upgraded")
            .field("name", &self.name)
            .field("request", &self.request)
            .finish()
    }
}
