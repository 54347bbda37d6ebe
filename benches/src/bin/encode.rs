//! How long a span of ten tags and a log takes to become OTLP bytes.

use std::hint::black_box;
use std::time::{Duration, Instant};

use tracer_core::{Batch, Outcome, Reporter, Tag, Tracer};

const SPANS: i64 = 200;
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
        let nanos = best.as_nanos() / u128::from(ROUNDS) / spans as u128;
        println!("{spans} spans: {nanos} ns and {} bytes a span", body.len() / spans);
        Outcome::Reported
    }
}

fn main() {
    let tracer = Tracer::builder("shop").reporter(Stopwatch).build();
    for n in 0..SPANS {
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
    let flushed = tracer.flush(Duration::from_secs(60));
    assert!(flushed.is_ok() && tracer.books().reported == SPANS as u64, "{:?}", tracer.books());
}
