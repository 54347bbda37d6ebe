//! S1: whatever callers make up, there are as many names as there are routes, and memory stays what
//! it is.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request};
use axum::routing::{any, get};
use contrib_axum::TraceLayer;
use tower::{Service, ServiceExt};
use tracer_core::{Batch, Outcome, Reporter, Tracer, semconv};

/// Fewer where each is ten times as slow: a million is what the row asks for.
const REQUESTS: u32 = if cfg!(debug_assertions) { 100_000 } else { 1_000_000 };
/// After so many, everything that there is but once is there.
const WARM: u32 = REQUESTS / 10;
const FLUSHED: u32 = 1_000;
/// What memory may grow by after that. A single name kept for each request were more.
const GROWN: usize = 4 << 20;
const ROUTES: usize = 3;

/// What differs in all that is reported; the spans are not kept.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    spans: u32,
    names: BTreeSet<String>,
    methods: BTreeSet<String>,
    routes: BTreeSet<String>,
    /// Of the first ones: that they differ.
    agents: BTreeSet<String>,
}

impl Reporter for Seen {
    fn report(&mut self, batch: &Batch<'_>) -> Outcome {
        let mut kept = self.0.lock().unwrap();
        for span in batch.spans() {
            kept.spans += 1;
            kept.names.insert(span.name().to_owned());
            for tag in span.tags() {
                let value = || tag.value.to_string();
                match &*tag.key {
                    semconv::HTTP_REQUEST_METHOD => _ = kept.methods.insert(value()),
                    semconv::HTTP_ROUTE => _ = kept.routes.insert(value()),
                    semconv::USER_AGENT_ORIGINAL if kept.spans < FLUSHED => {
                        kept.agents.insert(value());
                    }
                    _ => {}
                }
            }
        }
        Outcome::Reported
    }
}

/// The same numbers every time (xorshift).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn word(&mut self) -> String {
        format!("{:x}", self.next())
    }

    /// A method that nobody has foreseen, from anywhere, for a route or none.
    fn request(&mut self) -> Request<Body> {
        let path = match self.next() % 4 {
            0 => format!("/items/{}", self.word()),
            1 => format!("/users/{}/orders/{}", self.word(), self.word()),
            2 => format!("/only-get?{}={}", self.word(), self.word()),
            _ => format!("/{}/{}", self.word(), self.word()),
        };
        let method = Method::from_bytes(format!("M{}", self.word()).as_bytes()).unwrap();
        let [a, b, c, d, e, f, ..] = self.next().to_le_bytes();
        let peer = SocketAddr::from(([a, b, c, d], u16::from_le_bytes([e, f])));
        let request = Request::builder().method(method).uri(path);
        let request = request.header("user-agent", self.word()).header("host", self.word());
        request.extension(ConnectInfo(peer)).body(Body::empty()).unwrap()
    }
}

#[cfg(target_os = "linux")]
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

/// Names and methods are looked at everywhere; memory, where the system tells.
#[cfg(not(target_os = "linux"))]
const fn resident() -> usize {
    0
}

#[tokio::test]
async fn s1_what_callers_make_up_makes_no_names() {
    let seen = Seen::default();
    let tracer = Tracer::builder("test").reporter(seen.clone()).build();
    let mut app = Router::new()
        .route("/items/{id}", any(async || "an item"))
        .route("/users/{user}/orders/{order}", any(async || "an order"))
        .route("/only-get", get(async || "only so"))
        .layer(TraceLayer::new().with_tracer(tracer.clone()))
        .into_service();
    let (mut random, mut warm) = (Random(0x9e37_79b9_7f4a_7c15), 0);
    for nth in 0..REQUESTS {
        if nth == WARM {
            warm = resident();
        }
        if nth % FLUSHED == 0 {
            tracer.flush(Duration::from_secs(20)).unwrap();
        }
        let app: &mut axum::routing::RouterIntoService<Body> = &mut app;
        let Ok(response) = app.ready().await.unwrap().call(random.request()).await;
        drop(response.into_body());
    }
    tracer.flush(Duration::from_secs(20)).unwrap();
    let grown = resident().saturating_sub(warm);
    assert!(grown < GROWN, "{grown} bytes more than after {WARM} requests");
    let kept = seen.0.lock().unwrap();
    if !tracer_core::ENABLED {
        return assert_eq!(kept.spans, 0);
    }
    assert_eq!(kept.spans, REQUESTS, "none was lost: {:?}", tracer.books());
    assert_eq!(kept.routes.len(), ROUTES);
    assert!(kept.names.len() <= ROUTES + 2, "{:?}", kept.names);
    assert_eq!(kept.methods.iter().collect::<Vec<_>>(), [semconv::OTHER]);
    assert_eq!(kept.agents.len() as u32, FLUSHED - 1, "they do differ");
}
