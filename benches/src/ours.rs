//! The kit's rows.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tracer_core::{Batch, Outcome, Reporter, Tracer};

/// Looks at every span and counts it.
struct Counter(Arc<AtomicU64>);

impl Reporter for Counter {
    fn report(&mut self, batch: &Batch<'_>) -> Outcome {
        let spans = batch.spans().map(black_box).count();
        self.0.fetch_add(spans as u64, Ordering::Relaxed);
        Outcome::Reported
    }
}

pub struct Ours {
    tracer: Tracer,
    unsampled: Tracer,
    received: Arc<AtomicU64>,
}

impl Ours {
    pub fn new() -> Self {
        let received = Arc::new(AtomicU64::new(0));
        Self {
            tracer: Tracer::builder("bench").reporter(Counter(Arc::clone(&received))).build(),
            unsampled: Tracer::builder("bench").sampler(tracer_core::AlwaysOff).build(),
            received,
        }
    }

    pub fn root(&self) {
        black_box(self.tracer.span("root").root().start());
    }

    pub fn root_tags_log(&self, order: u64) {
        let span = self.tracer.span("root").root().start();
        span.set_tag("http.request.method", "GET");
        span.set_tag("http.route", "/orders/{id}");
        span.set_tag("http.response.status_code", 200);
        span.set_tag("order", order.to_string());
        span.log("cache miss");
    }

    pub fn children(&self) {
        let _root = self.tracer.span("root").root().start_active();
        for _ in 0..100 {
            let child = self.tracer.scope("child");
            black_box(&child);
        }
    }

    pub fn unsampled(&self) {
        let _root = self.unsampled.span("root").root().start_active();
        for _ in 0..10 {
            let child = self.unsampled.scope("child");
            black_box(&child);
        }
    }

    pub fn off(&self) {
        let span = self.tracer.scope("root");
        black_box(&span);
    }

    /// Spans that reached the reporter.
    pub fn received(&self) -> u64 {
        let flushed = self.tracer.flush(Duration::from_secs(10));
        assert!(flushed.is_ok(), "flush: {flushed:?}");
        let books = self.tracer.books();
        assert!(books.balance(), "{books:?}");
        self.received.load(Ordering::Relaxed)
    }
}
