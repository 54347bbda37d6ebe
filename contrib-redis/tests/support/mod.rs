//! The server to test against, and the adapters of the suite.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

pub(crate) mod adapters;
mod calls;

use std::sync::atomic::{AtomicUsize, Ordering};

use redis::{Client, FromRedisValue};
use tracer_core::Tracer;

use contrib_redis::RedisTracing;

/// Where the server is.
pub(crate) fn url() -> String {
    std::env::var("REDIS_URL")
        .expect("these tests need a Redis: REDIS_URL, such as redis://127.0.0.1:6379/")
}

/// A client of it, which is there.
pub(crate) fn client() -> Client {
    let client = Client::open(url()).expect("REDIS_URL is a URL of a Redis");
    let mut connection = client.get_connection().expect("the Redis of REDIS_URL answers");
    let _: String = redis::cmd("PING").query(&mut connection).expect("it says PONG");
    client
}

/// With this tracer, to the server.
pub(crate) fn tracing(tracer: &Tracer) -> RedisTracing {
    RedisTracing::of(&client()).with_tracer(tracer.clone())
}

/// `GET` as it is in a span's name: `GET 127.0.0.1:6379`.
pub(crate) fn named(operation: &str) -> String {
    let client = Client::open(url()).unwrap();
    match client.get_connection_info().addr() {
        redis::ConnectionAddr::Unix(path) => format!("{operation} {}", path.display()),
        address => format!("{operation} {address}"),
    }
}

/// A name that nobody else uses.
pub(crate) fn unique(name: &str) -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("contrib-redis:{}:{next}:{name}", std::process::id())
}

/// What the server says to this without the integration.
pub(crate) fn plain<T: FromRedisValue>(command: &redis::Cmd) -> T {
    command.query(&mut client().get_connection().unwrap()).unwrap()
}
