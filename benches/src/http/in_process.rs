//! Requests without a wire, for callgrind: what the layers add, and nothing of sockets.

use std::hint::black_box;

use axum::Router;
use axum::body::{Body, to_bytes};
use http::Request;
use tower_service::Service;

use super::app;

/// Requests that are counted: no more than OpenTelemetry's queue takes.
pub const REQUESTS: usize = 1_700;
const WARM_UP: usize = 100;
const MOST: usize = 1 << 20;

/// Makes them, after some that are not counted, and says how many there were of both.
pub fn run(mut app: Router, sampled: bool) -> u64 {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(counted(&mut app, requests(WARM_UP, sampled)));
    counted_calls(&runtime, &mut app, requests(REQUESTS, sampled));
    (WARM_UP + REQUESTS) as u64
}

fn requests(count: usize, sampled: bool) -> Vec<Request<Body>> {
    (0..count).map(|_| app::request(sampled)).collect()
}

/// Callgrind counts while this function runs.
#[inline(never)]
fn counted_calls(
    runtime: &tokio::runtime::Runtime,
    app: &mut Router,
    requests: Vec<Request<Body>>,
) {
    runtime.block_on(counted(app, requests));
}

async fn counted(app: &mut Router, requests: Vec<Request<Body>>) {
    for request in requests {
        let Ok(response) = app.call(request).await;
        assert_eq!(response.status(), http::StatusCode::OK);
        black_box(to_bytes(response.into_body(), MOST).await.is_ok());
    }
}
