//! How long a span takes to encode. Run with
//! `cargo test --release -p contrib-otlp --test speed -- --ignored --nocapture`.

mod support;

use std::hint::black_box;
use std::time::{Duration, Instant};

use support::{WAIT, tracer};
use tracer_core::{Batch, Outcome, Reporter, Tag};

const ROUNDS: u32 = 2_000;

struct Stopwatch;

impl Reporter for Stopwatch {
    fn report(&mut self, batch: &Batch<'_>) -> Outcome {
        let mut body = Vec::new();
        let mut best = Duration::MAX;
        for _ in 0..5 {
            let began = Instant::now();
            for _ in 0..ROUNDS {
                body.clear();
                contrib_otlp::encode(batch, &mut body);
                black_box(&body);
            }
            best = best.min(began.elapsed());
        }
        let spans = batch.len();
        let per_span = best.as_nanos() / u128::from(ROUNDS) / spans as u128;
        println!("{spans} spans: {per_span} ns and {} bytes a span", body.len() / spans);
        Outcome::Reported
    }
}

#[test]
#[ignore = "a measurement, for a release build"]
fn ten_tags_and_a_log() {
    if support::off() {
        return;
    }
    let tracer = tracer(Stopwatch);
    for n in 0..200i64 {
        let span = tracer.span("GET /items/{id}").root().start();
        span.set_tag("http.request.method", "GET");
        span.set_tag("http.route", "/items/{id}");
        span.set_tag("url.path", format!("/items/{n}"));
        span.set_tag("url.scheme", "http");
        span.set_tag("server.address", "shop.example");
        span.set_tag("server.port", 8080);
        span.set_tag("http.response.status_code", 200);
        span.set_tag("network.protocol.version", "1.1");
        span.set_tag("client.address", "10.1.2.3");
        span.set_tag("user_agent.original", "curl/8.5.0");
        span.log_fields([Tag::new("event", "cache miss"), Tag::new("key", n)]);
    }
    tracer.flush(WAIT).unwrap();
}
