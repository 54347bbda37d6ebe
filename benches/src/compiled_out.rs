//! The same program twice, with the kit compiled out and without the kit: one must not cost an
//! instruction more than the other.

use std::hint::black_box;

use ::http::HeaderMap;
use tracer_core::Tracer;

mod http {
    pub mod app;
    pub mod in_process;
    pub mod plain;
}

const CALLS: u64 = 10_000;

const _: () = assert!(!tracer_core::ENABLED, "the kit is compiled out");

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["spans", "kit"] => with_kit(&Tracer::builder("bench").build()),
        ["spans", "floor"] => without_kit(),
        ["http", "kit"] => {
            http::in_process::run(http::app::router().layer(contrib_axum::TraceLayer::new()), true);
        }
        ["http", "floor"] => {
            http::in_process::run(http::app::router().layer(http::plain::Plain), true);
        }
        _ => panic!("spans or http, kit or floor"),
    }
}

#[inline(never)]
fn counted_calls_of_kit(tracer: &Tracer) -> u64 {
    (0..CALLS).map(|order| traced(tracer, order)).sum()
}

#[inline(never)]
fn counted_calls_of_nobody() -> u64 {
    (0..CALLS).map(plain).sum()
}

fn with_kit(tracer: &Tracer) {
    black_box(counted_calls_of_kit(tracer));
}

fn without_kit() {
    black_box(counted_calls_of_nobody());
}

/// A request with everything that a program says to a tracer.
fn traced(tracer: &Tracer, order: u64) -> u64 {
    let mut headers = HeaderMap::new();
    let parent = tracer.extract(&headers);
    let span = tracer.span("GET /orders/{id}").child_of(&parent).start_active();
    span.set_tag("http.request.method", "GET");
    span.set_tag("order", order as i64);
    let child = tracer.scope("price");
    child.log("cache miss");
    let price = price(order);
    drop(child);
    tracer.inject(&tracer_core::current(), &mut headers);
    black_box(&headers);
    price
}

/// The same request.
fn plain(order: u64) -> u64 {
    let headers = HeaderMap::<::http::HeaderValue>::new();
    let price = price(order);
    black_box(&headers);
    price
}

/// Some work.
fn price(order: u64) -> u64 {
    (0..8).fold(order, |price, step| price.rotate_left(5) ^ black_box(step))
}
