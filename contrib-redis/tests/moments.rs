//! What a future's span is below is decided once, when it is first polled.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use contrib_redis::{RedisTracing, TraceExt, TracedConnection};
use redis::aio::ConnectionLike;
use redis::{Cmd, Pipeline, RedisFuture, Value};
use testing::{Recorded, tree};
use tracer_core::{AlwaysOff, InSpanExt, Span, SpanContext, Tracer};

/// Answers nothing, and counts how often it has been asked for a future.
struct Nobody(Arc<AtomicUsize>);

impl ConnectionLike for Nobody {
    fn req_packed_command<'a>(&'a mut self, _: &'a Cmd) -> RedisFuture<'a, Value> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { Ok(Value::Nil) })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        _: &'a Pipeline,
        _: usize,
        _: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { Ok(vec![Value::Nil]) })
    }

    fn get_db(&self) -> i64 {
        0
    }
}

/// A future that is made inside of one span, or of none, and polled inside of another.
async fn get(tracing: &RedisTracing, made: Option<&Span>, polled: Option<Span>) {
    let mut connection = Nobody(Arc::default()).traced(tracing);
    let command = redis::cmd("GET");
    let entered = made.map(|span| span.enter());
    let future = connection.req_packed_command(&command);
    drop(entered);
    let answer = match polled {
        Some(span) => future.in_span(span).await,
        None => future.await,
    };
    assert_eq!(answer, Ok(Value::Nil));
    assert_eq!(connection.get_ref().0.load(Ordering::Relaxed), 1, "it is sent once");
}

fn unsampled() -> Span {
    Tracer::builder("test").sampler(AlwaysOff).build().span("unsampled").start()
}

fn suppressed() -> Span {
    Span::passive(SpanContext::default().suppressed())
}

fn expect(recorded: &Recorded, expected: &str) {
    let expected = if tracer_core::ENABLED { expected } else { "" };
    assert_eq!(tree(&recorded.spans()), expected);
}

#[tokio::test]
async fn the_span_that_polls_is_the_parent() {
    let recorded = Recorded::new();
    let tracing = RedisTracing::new().with_tracer(recorded.tracer.clone());
    for tracing in [tracing.clone(), tracing.only_with_parent()] {
        for made in [None, Some(unsampled()), Some(suppressed())] {
            let parent = recorded.tracer.span("parent").start();
            get(&tracing, made.as_ref(), Some(parent)).await;
            expect(&recorded, "parent\n  client GET\n");
        }
    }
}

#[tokio::test]
async fn the_span_that_makes_it_is_not() {
    let recorded = Recorded::new();
    let tracing = RedisTracing::new().with_tracer(recorded.tracer.clone());
    let made = recorded.tracer.span("made").start();
    get(&tracing, Some(&made), None).await;
    get(&tracing, Some(&unsampled()), None).await;
    expect(&recorded, "client GET\nclient GET\n");
    get(&tracing.clone().only_with_parent(), Some(&made), None).await;
    get(&tracing, Some(&made), Some(unsampled())).await;
    get(&tracing, Some(&made), Some(suppressed())).await;
    expect(&recorded, "");
}

/// How many futures the connection has made when the wrapper has, and nobody has polled yet.
fn made(mut connection: TracedConnection<Nobody>) -> usize {
    drop(connection.req_packed_command(&redis::cmd("GET")));
    drop(connection.req_packed_commands(redis::pipe().get("key").get("key"), 0, 2));
    connection.get_ref().0.load(Ordering::Relaxed)
}

#[test]
fn its_own_future_where_no_span_matters() {
    let recorded = Recorded::new();
    let nobody = || Nobody(Arc::default());
    let tracing = RedisTracing::new().with_tracer(recorded.tracer.clone());
    let wrapped = if tracer_core::ENABLED { 0 } else { 2 };
    assert_eq!(made(nobody().traced(&tracing)), wrapped);
    assert_eq!(made(nobody().traced(tracing.clone().with_filter(|_| true))), wrapped);
    assert_eq!(made(nobody().traced(tracing.clone().with_filter(|_| false))), 2);
    assert_eq!(made(nobody().traced(RedisTracing::new())), 2, "there is no global tracer");
    recorded.tracer.set_enabled(false);
    assert_eq!(made(nobody().traced(&tracing)), 2);
    assert!(recorded.spans().is_empty());
}
