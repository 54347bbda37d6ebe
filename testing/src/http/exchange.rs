//! One request and its answer, as a case wants them.

use std::fmt;
use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body::Body;
use tracer_core::Tracer;

use super::Kind;
use super::body::{ScriptedBody, Step};

/// The path that the integration is told to leave alone.
pub const HEALTH: &str = "/health";
/// The same for gRPC.
const GRPC_HEALTH: &str = "/grpc.health.v1.Health/Check";

/// Between two frames of a stream.
pub(super) const GAP: Duration = Duration::from_millis(25);
/// How long a caller sits on a response before it drops it.
pub(super) const PARKED: Duration = Duration::from_millis(120);

/// What the answer is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// 200 and some bytes.
    Ok,
    /// 204, or 200 with nothing in it.
    Empty,
    /// 404, or `NOT_FOUND` in the head.
    NotFound,
    /// 500, or `INTERNAL` in the trailers.
    Broken,
    /// Three frames with a pause before each.
    Streams,
    /// One frame, then silence.
    Stalls,
    /// One frame, then an error.
    BreaksOff,
    /// No response, ever.
    Hangs,
    /// A panic instead of a response.
    Panics,
    /// An error instead of a response; where there is a network, nobody is there.
    Fails,
}

/// What the caller does with the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Reads it to its end.
    Reads,
    /// Reads one frame, waits, and drops it.
    LeavesEarly,
}

/// One exchange. Clones are of the same one.
#[derive(Clone)]
pub struct Exchange {
    shared: Arc<Shared>,
}

struct Shared {
    plan: Plan,
    tracer: Tracer,
    /// What the integration has handed on.
    handed_on: Mutex<Option<HeaderMap>>,
}

/// What a case asks for.
pub(super) struct Plan {
    pub(super) kind: Kind,
    pub(super) shape: Shape,
    pub(super) caller: Caller,
    pub(super) path: &'static str,
    pub(super) headers: Vec<(&'static str, &'static str)>,
    /// The switch goes off while the request is served.
    pub(super) turns_off: bool,
}

impl Plan {
    pub(super) fn new(kind: Kind, shape: Shape) -> Self {
        let path = if kind.is_grpc() { "/shop.Inventory/Get" } else { "/items/7" };
        let caller = Caller::Reads;
        Self { kind, shape, caller, path, headers: Vec::new(), turns_off: false }
    }

    pub(super) fn health(kind: Kind) -> Self {
        let path = if kind.is_grpc() { GRPC_HEALTH } else { HEALTH };
        Self { path, ..Self::new(kind, Shape::Ok) }
    }
}

impl Exchange {
    pub(super) fn new(plan: Plan, tracer: Tracer) -> Self {
        Self { shared: Arc::new(Shared { plan, tracer, handed_on: Mutex::default() }) }
    }

    /// What the answer is like.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.shared.plan.shape
    }

    /// Path and query of the request.
    #[must_use]
    pub fn path(&self) -> &'static str {
        self.shared.plan.path
    }

    /// The request's head; add the host it goes to.
    ///
    /// # Panics
    /// When the case is malformed.
    #[must_use]
    pub fn request(&self) -> Request<()> {
        let method = if self.shared.plan.kind.is_grpc() { "POST" } else { "GET" };
        let mut request = Request::builder().method(method).uri(self.path());
        for (name, value) in &self.shared.plan.headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap()
    }

    /// Serves the request: to be called with the request's headers by whoever is behind the
    /// integration.
    ///
    /// # Errors
    /// Where the service is to fail.
    ///
    /// # Panics
    /// Where the service is to panic.
    pub async fn answer(&self, headers: &HeaderMap) -> io::Result<Response<ScriptedBody>> {
        let plan = &self.shared.plan;
        if plan.kind.is_client() {
            self.hand_on(headers.clone());
        } else {
            self.serve();
        }
        if plan.turns_off {
            self.shared.tracer.set_enabled(false);
        }
        match plan.shape {
            Shape::Hangs => std::future::pending().await,
            Shape::Panics => panic!("on purpose"),
            Shape::Fails => Err(io::Error::new(io::ErrorKind::ConnectionRefused, "nobody there")),
            shape => Ok(response(plan.kind, shape, self.frame_tracer())),
        }
    }

    /// What a handler does: some work of its own, and a call to the next service.
    fn serve(&self) {
        let tracer = &self.shared.tracer;
        tracer.span("inside").start().finish();
        let mut next = HeaderMap::new();
        tracer.inject(&tracer_core::current(), &mut next);
        self.hand_on(next);
    }

    fn hand_on(&self, headers: HeaderMap) {
        *self.shared.handed_on.lock().unwrap_or_else(PoisonError::into_inner) = Some(headers);
    }

    /// The headers that went to the next service; `None` if nobody was called.
    pub(super) fn handed_on(&self) -> Option<HeaderMap> {
        self.shared.handed_on.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn frame_tracer(&self) -> Option<Tracer> {
        let in_here = !self.shared.plan.kind.is_client();
        (in_here && self.shape() == Shape::Streams).then(|| self.shared.tracer.clone())
    }
}

/// Reads a response's body, as far as the case wants.
pub async fn consume<B: Body>(body: B, exchange: &Exchange) {
    let mut body = pin!(body);
    while let Some(Ok(_)) = std::future::poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
        if exchange.shared.plan.caller == Caller::LeavesEarly {
            tokio::time::sleep(PARKED).await;
            return;
        }
    }
}

fn response(kind: Kind, shape: Shape, tracer: Option<Tracer>) -> Response<ScriptedBody> {
    let (status, code) = match shape {
        Shape::Empty if !kind.is_grpc() => (204, "0"),
        Shape::NotFound => (404, "5"),
        Shape::Broken => (500, "13"),
        _ => (200, "0"),
    };
    let mut steps = frames(kind, shape);
    let mut response = Response::builder();
    if kind.is_grpc() {
        response = response.header("content-type", "application/grpc");
        if shape == Shape::NotFound {
            response = response.header("grpc-status", code).header("grpc-message", "no%20item");
            steps.clear();
        } else if !matches!(shape, Shape::Stalls | Shape::BreaksOff) {
            let status = ("grpc-status".parse().unwrap(), HeaderValue::from_static(code));
            steps.push(Step::Trailers(HeaderMap::from_iter([status])));
        }
    } else {
        response = response.status(status);
    }
    response.body(ScriptedBody::new(steps, tracer)).unwrap()
}

fn frames(kind: Kind, shape: Shape) -> Vec<Step> {
    let data = || match kind.is_grpc() {
        true => Step::Data(Bytes::from_static(b"\0\0\0\0\x05hello")),
        false => Step::Data(Bytes::from_static(b"hello")),
    };
    match shape {
        Shape::Empty => Vec::new(),
        Shape::Streams => {
            let frame = || [Step::Wait(GAP), data()];
            (0..3).flat_map(|_| frame()).collect()
        }
        Shape::Stalls => vec![data(), Step::Stall],
        Shape::BreaksOff => vec![data(), Step::Wait(GAP), Step::BreakOff],
        _ => vec![data()],
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("shape", &self.shape())
            .field("path", &self.path())
            .finish_non_exhaustive()
    }
}
