//! An application on a port of its own, asked over plain sockets: one can leave at any time.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::error_handling::HandleErrorLayer;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{BoxError, Router};
use contrib_axum::TraceLayer;
use futures_util::{StreamExt, stream};
use testing::Recorded;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceBuilder;
use tower::timeout::TimeoutLayer;
use tower::util::BoxCloneSyncServiceLayer;
use tracer_core::{FinishedSpan, InSpanExt, current};

pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
/// What a request is given where there is a limit.
const SHORT: Duration = Duration::from_millis(30);

/// An answer that is late: 504.
pub(crate) type Timeout =
    BoxCloneSyncServiceLayer<axum::routing::Route, Request, Response, Infallible>;

pub(crate) struct Served {
    pub(crate) recorded: Recorded,
    address: SocketAddr,
    /// One for each request that hangs by now.
    hanging: Arc<Semaphore>,
}

/// A body that says `begun`, and then what comes.
fn begun(then: impl futures_util::Stream<Item = &'static str> + Send + 'static) -> Response {
    let frames = stream::iter(["begun"]).chain(then).map(Ok::<_, Infallible>);
    Body::from_stream(frames).into_response()
}

/// Not before what was said has gone out.
async fn panics() -> &'static str {
    tokio::task::yield_now().await;
    panic!("on purpose")
}

/// Waits for what comes after the answer, with a span of its own.
async fn socket(request: Request) -> Response {
    let later = async move {
        let upgraded = hyper::upgrade::on(request).await;
        tracer_core::span("socket").start().set_tag("upgraded", upgraded.is_ok());
    };
    tokio::spawn(later.attach(current()));
    let headers = [(header::CONNECTION, "upgrade"), (header::UPGRADE, "test")];
    (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
}

fn routes(hanging: Arc<Semaphore>) -> Router {
    let hangs = move || {
        hanging.add_permits(1);
        std::future::pending::<()>()
    };
    Router::new()
        .route("/items/{id}", get(async || "an item"))
        .route("/hangs", get(hangs))
        .route("/endless", get(async || begun(stream::repeat("and on"))))
        .route("/silent", get(async || begun(stream::pending())))
        .route("/empty", get(async || StatusCode::NO_CONTENT))
        .route("/same", get(async || StatusCode::NOT_MODIFIED))
        .route("/panics", get(async || -> StatusCode { panic!("on purpose") }))
        .route("/panics/later", get(async || begun(stream::once(panics()))))
        .route("/socket", get(socket))
}

/// The application, without a socket.
pub(crate) fn app() -> (Recorded, Router) {
    let recorded = Recorded::new();
    let layer = TraceLayer::new().with_tracer(recorded.tracer.clone());
    (recorded, routes(Arc::new(Semaphore::new(0))).layer(layer))
}

impl Served {
    pub(crate) async fn start(around: impl FnOnce(Router) -> Router) -> Self {
        Self::start_with(|app, trace| around(app.layer(trace))).await
    }

    pub(crate) async fn start_timed(
        layers: impl FnOnce(Router, TraceLayer, Timeout) -> Router,
    ) -> Self {
        let late = |_: BoxError| std::future::ready(StatusCode::GATEWAY_TIMEOUT);
        let timeout = ServiceBuilder::new()
            .layer(HandleErrorLayer::new(late))
            .layer(TimeoutLayer::new(SHORT));
        let timeout = BoxCloneSyncServiceLayer::new(timeout);
        Self::start_with(|app, trace| layers(app, trace, timeout)).await
    }

    async fn start_with(layers: impl FnOnce(Router, TraceLayer) -> Router) -> Self {
        let (recorded, hanging) = (Recorded::new(), Arc::new(Semaphore::new(0)));
        let trace = TraceLayer::new().with_tracer(recorded.tracer.clone());
        let app = layers(routes(Arc::clone(&hanging)), trace);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { recorded, address, hanging }
    }

    /// Sends a request: method and path.
    pub(crate) async fn ask(&self, request: &str) -> TcpStream {
        let mut client = TcpStream::connect(self.address).await.unwrap();
        let connection = if request.ends_with("/socket") { "upgrade" } else { "close" };
        let head = format!(
            "{request} HTTP/1.1\r\nhost: shop.test\r\nconnection: {connection}\r\nupgrade: test\r\n\r\n"
        );
        client.write_all(head.as_bytes()).await.unwrap();
        client
    }

    /// The whole answer to a request.
    pub(crate) async fn whole(&self, request: &str) -> String {
        let mut client = self.ask(request).await;
        let mut answer = Vec::new();
        let read = tokio::time::timeout(PATIENCE, client.read_to_end(&mut answer));
        read.await.expect("an answer ends").unwrap();
        String::from_utf8(answer).unwrap()
    }

    /// Reads until something was said.
    pub(crate) async fn read_until(client: &mut TcpStream, said: &str) {
        let (mut answer, mut next) = (String::new(), [0; 1024]);
        while !answer.contains(said) {
            let read = tokio::time::timeout(PATIENCE, client.read(&mut next));
            let bytes = read.await.expect("something is said").unwrap();
            assert_ne!(bytes, 0, "{answer}");
            answer.push_str(&String::from_utf8_lossy(&next[..bytes]));
        }
    }

    /// Until a request hangs.
    pub(crate) async fn entered(&self) {
        let hangs = tokio::time::timeout(PATIENCE, self.hanging.acquire());
        hangs.await.expect("a request comes").unwrap().forget();
    }

    /// The one span there is: none compiled out. Then nothing is open any more.
    pub(crate) async fn span(&self) -> Option<FinishedSpan> {
        let mut spans = self.spans(1).await?;
        assert_eq!(self.recorded.tracer.books().open, 0);
        Some(spans.remove(0))
    }

    /// So many spans, and no more.
    pub(crate) async fn spans(&self, count: usize) -> Option<Vec<FinishedSpan>> {
        let spans = self.until(|spans| spans.len() >= count).await?;
        assert_eq!(spans.len(), count, "{}", testing::tree(&spans));
        Some(spans)
    }

    /// Spans until there is one of this name.
    pub(crate) async fn spans_until(&self, name: &str) -> Option<Vec<FinishedSpan>> {
        self.until(|spans| spans.iter().any(|span| span.name == name)).await
    }

    async fn until(&self, enough: impl Fn(&[FinishedSpan]) -> bool) -> Option<Vec<FinishedSpan>> {
        let mut spans = self.recorded.spans();
        if !tracer_core::ENABLED {
            assert!(spans.is_empty());
            return None;
        }
        let end = tokio::time::Instant::now() + PATIENCE;
        while !enough(&spans) {
            let seen = testing::tree(&spans);
            assert!(tokio::time::Instant::now() < end, "not enough:\n{seen}");
            tokio::time::sleep(Duration::from_millis(2)).await;
            spans.extend(self.recorded.spans());
        }
        Some(spans)
    }
}
