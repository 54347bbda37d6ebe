//! No telemetry about telemetry: what the reporter's thread logs and traces is not recorded, be it
//! the reporter's own words or those of the HTTP client below it.

mod support;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use contrib_otlp::OtlpReporter;
use contrib_tracing::TraceLayer;
use testing::collector::Collector;
use tracer_core::{Batch, ENABLED, Outcome, Reporter, Tracer, current};
use tracing::level_filters::LevelFilter;
use tracing::{Level, debug_span, error, info, info_span, trace};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// Counts what happens on threads that record nothing.
static QUIET: AtomicU64 = AtomicU64::new(0);
/// Where the events came from that were written there.
static TARGETS: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Watch;

impl<S: tracing::Subscriber> Layer<S> for Watch {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if current().is_suppressed() {
            QUIET.fetch_add(1, Ordering::Relaxed);
            let mut seen = Seen::default();
            event.record(&mut seen);
            TARGETS.lock().unwrap().push(seen.0);
        }
    }
}

/// The target of a record of the `log` crate.
#[derive(Default)]
struct Seen(String);

impl tracing::field::Visit for Seen {
    fn record_str(&mut self, field: &tracing::field::Field, value: &str) {
        if field.name() == "log.target" {
            value.clone_into(&mut self.0);
        }
    }

    fn record_debug(&mut self, _: &tracing::field::Field, _: &dyn std::fmt::Debug) {}
}

/// Talks about its work, in every way.
struct Talkative<R>(R, u64);

impl<R: Reporter> Reporter for Talkative<R> {
    fn report(&mut self, batch: &Batch<'_>) -> Outcome {
        self.1 += 1;
        let span = info_span!("exporting", otel.kind = "client", spans = batch.len());
        let _entered = span.enter();
        info!("to the collector");
        debug_span!(parent: None, "connecting").in_scope(|| error!(error = %"no", "words"));
        log::error!("and in other words");
        tracer_core::span("of the kit").root().start().finish();
        // Another thread of the reporter's, which has the context from here.
        let work = span.in_scope(|| current().bind(|| drop(info_span!("elsewhere").entered())));
        std::thread::spawn(work).join().unwrap();
        let span = span.clone();
        let in_span = move || span.in_scope(|| drop(info_span!("there").entered()));
        std::thread::spawn(in_span).join().unwrap();
        self.0.report(batch)
    }

    fn flush(&mut self) {
        info_span!("flushing").in_scope(|| info!("flushed"));
        self.0.flush();
    }
}

#[test]
fn exporting_is_not_exported() {
    if !ENABLED {
        return;
    }
    let collector = Collector::start();
    let otlp = OtlpReporter::builder().endpoint(&collector.endpoint()).build().unwrap();
    let tracer = Tracer::builder("test").reporter(Talkative(otlp, 0)).build();
    drop(tracer_core::set_global(tracer.clone()));
    tracing_log::LogTracer::init().unwrap();
    tracing_subscriber::registry()
        .with(TraceLayer::new().with_filter(LevelFilter::TRACE))
        .with(Watch)
        .init();
    for n in 0..5 {
        info_span!("work", n).in_scope(|| trace!("working"));
        tracer.flush(Duration::from_secs(10)).unwrap();
    }
    let books = tracer.books();
    assert_eq!((books.started, books.reported), (5, 5), "{books:?}");
    let names: Vec<_> = collector.spans().iter().map(|span| span.name.clone()).collect();
    assert_eq!(names, ["work"; 5]);
    assert!(QUIET.load(Ordering::Relaxed) >= 5 * 4, "the reporter has talked");
    let targets = TARGETS.lock().unwrap().clone();
    assert!(targets.iter().any(|target| target.starts_with("ureq")), "so has ureq: {targets:?}");
    drop(tracer_core::clear_global());
    assert!(tracing::enabled!(Level::TRACE), "and everybody was heard");
}
