//! fastrace's rows.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fastrace::collector::{Config, Reporter, SpanContext, SpanId, SpanRecord, TraceId};
use fastrace::{Event, Span, local::LocalSpan};

struct Counter(Arc<AtomicU64>);

impl Reporter for Counter {
    fn report(&mut self, spans: Vec<SpanRecord>) {
        self.0.fetch_add(spans.len() as u64, Ordering::Relaxed);
    }
}

pub struct Peer {
    received: Arc<AtomicU64>,
}

impl Peer {
    pub fn new() -> Self {
        let received = Arc::new(AtomicU64::new(0));
        fastrace::set_reporter(Counter(Arc::clone(&received)), Config::default());
        Self { received }
    }

    pub fn root(&self) {
        black_box(Span::root("root", SpanContext::random()));
    }

    pub fn root_tags_log(&self, order: u64) {
        let span = Span::root("root", SpanContext::random());
        span.add_property(|| ("http.request.method", "GET"));
        span.add_property(|| ("http.route", "/orders/{id}"));
        span.add_property(|| ("http.response.status_code", "200"));
        span.add_property(|| ("order", order.to_string()));
        span.add_event(Event::new("cache miss"));
    }

    pub fn children(&self) {
        let root = Span::root("root", SpanContext::random());
        let _entered = root.set_local_parent();
        for _ in 0..100 {
            let child = LocalSpan::enter_with_local_parent("child");
            black_box(&child);
        }
    }

    pub fn unsampled(&self) {
        let root = Span::root(
            "root",
            SpanContext::new(TraceId::random(), SpanId::random()).sampled(false),
        );
        let _entered = root.set_local_parent();
        for _ in 0..10 {
            let child = LocalSpan::enter_with_local_parent("child");
            black_box(&child);
        }
    }

    pub fn off(&self) {
        // fastrace has no switch: no local parent is as far as it gets.
        let span = LocalSpan::enter_with_local_parent("root");
        black_box(&span);
    }

    pub fn received(&self) -> u64 {
        fastrace::flush();
        self.received.load(Ordering::Relaxed)
    }
}
