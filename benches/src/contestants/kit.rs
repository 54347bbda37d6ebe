//! This kit.

use std::hint::black_box;
use std::time::Duration;

use contrib_metrics::RedMetrics;
use contrib_otlp::OtlpReporter;
use http::HeaderMap;
use tracer_core::{AlwaysOff, Batch, InSpanExt, Outcome, Reporter, Tracer, current};

use super::{Contestant, Counter, Mode, Sink, Ticks, drive};
use crate::model;

impl Reporter for Counter {
    fn report(&mut self, batch: &Batch<'_>) -> Outcome {
        self.take(batch.spans().map(black_box).count() as u64);
        Outcome::Reported
    }
}

pub struct Kit {
    tracer: Tracer,
    counter: Counter,
}

impl Contestant for Kit {
    fn start(mode: Mode, sink: Sink) -> Self {
        let counter = Counter::new(sink.clone());
        let mut builder = Tracer::builder("bench");
        builder = match sink {
            Sink::Otlp(url) => {
                let reporter = OtlpReporter::builder().endpoint(&url).build();
                builder.reporter(reporter.expect("the receiver's address is one"))
            }
            _ => builder.reporter(counter.clone()),
        };
        if mode == Mode::Unsampled {
            builder = builder.sampler(AlwaysOff);
        }
        if mode == Mode::Measured {
            builder = builder.processor(RedMetrics::new());
        }
        let tracer = builder.build();
        tracer_core::set_global(tracer.clone());
        tracer_core::switch::set(mode != Mode::Off);
        Self { tracer, counter }
    }

    #[inline]
    fn root(&self) {
        drop(black_box(self.tracer.span(model::ROOT).root().start()));
    }

    #[inline]
    fn root_with_tags(&self, order: u64) {
        let span = self.tracer.span(model::ROOT).root().start();
        span.set_tag(model::METHOD.0, model::METHOD.1);
        span.set_tag(model::ROUTE.0, model::ROUTE.1);
        span.set_tag(model::STATUS.0, model::STATUS.1);
        span.set_tag(model::ORDER, order.to_string());
        span.log(model::LOG);
    }

    #[inline]
    fn trace(&self, children: u32) {
        let _root = self.tracer.span(model::ROOT).root().start_active();
        for _ in 0..children {
            let child = self.tracer.scope(model::CHILD);
            black_box(&child);
        }
    }

    #[inline]
    fn alone(&self) {
        let span = self.tracer.scope(model::ROOT);
        black_box(&span);
    }

    #[inline]
    fn extract(&self, headers: &HeaderMap) {
        black_box(self.tracer.extract(headers));
    }

    fn in_root(&self, work: impl FnOnce()) {
        let _root = self.tracer.span(model::ROOT).root().start_active();
        work();
    }

    #[inline]
    fn inject(&self, headers: &mut HeaderMap) {
        self.tracer.inject(&current(), headers);
    }

    #[inline]
    fn poll(&self, future: Ticks) {
        drive(future.in_span(self.tracer.span(model::ROOT).root().start()));
    }

    fn flush(&self) {
        let flushed = self.tracer.flush(Duration::from_secs(30));
        assert!(flushed.is_ok(), "flush: {flushed:?}");
        let books = self.tracer.books();
        assert!(books.balance(), "{books:?}");
    }

    fn seen(&self) -> u64 {
        self.counter.seen()
    }

    fn known_losses(&self) -> Option<u64> {
        let books = self.tracer.books();
        Some(books.dropped() + books.outcome_unknown)
    }

    fn shutdown(&self, deadline: Duration) {
        // An error says that the deadline came first, which is what the row wants to know.
        let _ = self.tracer.shutdown(deadline);
    }
}
