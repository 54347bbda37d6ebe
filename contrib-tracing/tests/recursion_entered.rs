//! A reporter that enters a span of the application, which is recorded: its thread stays quiet all
//! the same.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::time::Duration;

use contrib_tracing::TraceLayer;
use testing::Recorded;
use tracer_core::{Batch, ENABLED, Outcome, Reporter, Tracer, is_suppressed};
use tracing::dispatcher::with_default;
use tracing::{Dispatch, Span, info, info_span};
use tracing_subscriber::layer::SubscriberExt;

struct Exporter {
    dispatch: Dispatch,
    /// Made, and recorded, elsewhere.
    span: Span,
}

impl Reporter for Exporter {
    fn report(&mut self, _: &Batch<'_>) -> Outcome {
        with_default(&self.dispatch, || {
            self.span.in_scope(|| {
                assert!(is_suppressed());
                info_span!("send").in_scope(|| info!("sent"));
                info!("in a span of the application");
            });
            info!(parent: &self.span, "to it by name");
        });
        Outcome::Reported
    }
}

#[test]
fn a_recorded_span_that_a_reporter_enters_stays_quiet() {
    if !ENABLED {
        return;
    }
    let own = Recorded::new();
    let layer = TraceLayer::new().with_tracer(own.tracer.clone());
    let dispatch = Dispatch::new(tracing_subscriber::registry().with(layer));
    let span = with_default(&dispatch, || info_span!("exporter"));
    let exporter = Exporter { dispatch, span };
    let tracer = Tracer::builder("test").reporter(exporter).build();
    tracer.span("work").root().start().finish();
    tracer.flush(Duration::from_secs(10)).unwrap();
    let books = tracer.books();
    assert_eq!((books.started, books.reported), (1, 1), "{books:?}");
    drop(tracer);
    let exporter = own.one();
    assert_eq!((&*exporter.name, exporter.logs.len()), ("exporter", 0));
}
