//! Exporters that fail, hang, block, panic, are slow: what the books say of it, and that nothing
//! waits for them.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use contrib_otel::OtelReporter;
use opentelemetry::Context;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SpanData, SpanExporter};
use support::off;
use testing::reporting::{WAIT, books, fates, report, spans, tracer};
use tracer_core::{Books, DropReason, ShutdownError, is_suppressed};

/// What an exporter does with a batch.
#[derive(Clone, Copy, Debug)]
enum Does {
    Say(fn() -> OTelSdkResult),
    /// Its future is never ready.
    Hang,
    /// It does not even give a future back, for so long.
    Block(Duration),
    Panic,
    /// Its future panics at the second poll.
    PanicLater,
    /// Another thread makes its future ready.
    Later(Duration),
}

#[derive(Clone, Debug)]
struct Exporter {
    does: Arc<Mutex<Does>>,
    got: Arc<AtomicUsize>,
    /// Futures that were dropped before they were ready.
    dropped: Arc<AtomicUsize>,
    calls: Arc<Mutex<Vec<String>>>,
}

impl Exporter {
    fn new(does: Does) -> Self {
        Self {
            does: Arc::new(Mutex::new(does)),
            got: Arc::default(),
            dropped: Arc::default(),
            calls: Arc::default(),
        }
    }

    fn set(&self, does: Does) {
        *self.does.lock().unwrap() = does;
    }

    fn wait_for_a_batch(&self) {
        wait_for(&self.got);
    }

    fn call(&self, name: impl Into<String>) {
        assert!(is_suppressed() && Context::is_current_telemetry_suppressed());
        self.calls.lock().unwrap().push(name.into());
    }
}

/// Waits until something was counted, or for too long.
fn wait_for(counter: &AtomicUsize) {
    let give_up = Instant::now() + WAIT;
    while counter.load(Ordering::Relaxed) == 0 && Instant::now() < give_up {
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Counts a future that was dropped half-way.
struct Unfinished(Option<Arc<AtomicUsize>>);

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(dropped) = &self.0 {
            dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl SpanExporter for Exporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.got.fetch_add(batch.len(), Ordering::Relaxed);
        assert!(is_suppressed() && Context::is_current_telemetry_suppressed());
        let mut unfinished = Unfinished(Some(self.dropped.clone()));
        let does = *self.does.lock().unwrap();
        let said = match does {
            Does::Say(answer) => answer(),
            Does::Hang => std::future::pending().await,
            Does::Block(time) => {
                std::thread::sleep(time);
                Ok(())
            }
            Does::Panic => panic!("the exporter's"),
            Does::PanicLater => {
                tokio::task::yield_now().await;
                panic!("the exporter's, later")
            }
            Does::Later(time) => {
                let (sender, receiver) =
                    futures_util::future::abortable(std::future::pending::<()>());
                std::thread::spawn(move || {
                    std::thread::sleep(time);
                    receiver.abort();
                });
                assert!(sender.await.is_err());
                Ok(())
            }
        };
        unfinished.0 = None;
        said
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.call("flush");
        Ok(())
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.call(format!("shutdown within {timeout:?}"));
        Ok(())
    }
}

fn quick(exporter: &Exporter) -> OtelReporter<Exporter> {
    OtelReporter::new(exporter.clone()).with_timeout(Duration::from_millis(100))
}

/// Reported, failed, unknown.
fn counted(books: &Books) -> [u64; 3] {
    let [reported, rejected, failed, unknown] = fates(books);
    assert_eq!(rejected, 0);
    [reported, failed, unknown]
}

#[test]
fn every_answer_has_its_place_in_the_books() {
    if off() {
        return;
    }
    let answers = [
        (Does::Say(|| Ok(())), [10, 0, 0]),
        (Does::Say(|| Err(OTelSdkError::InternalFailure("no".into()))), [0, 10, 0]),
        (Does::Say(|| Err(OTelSdkError::AlreadyShutdown)), [0, 10, 0]),
        (Does::Say(|| Err(OTelSdkError::Timeout(Duration::from_secs(1)))), [0, 0, 10]),
    ];
    for (answer, expected) in answers {
        let exporter = Exporter::new(answer);
        let tracer = tracer(OtelReporter::new(exporter.clone()));
        assert_eq!(counted(&report(&tracer, 10)), expected);
        assert_eq!(exporter.got.load(Ordering::Relaxed), 10, "it is not tried again");
    }
}

#[test]
fn a_future_that_hangs_is_left_at_its_deadline() {
    if off() {
        return;
    }
    let exporter = Exporter::new(Does::Hang);
    let tracer = tracer(quick(&exporter));
    assert_eq!(counted(&report(&tracer, 10)), [0, 0, 10]);
    assert_eq!(exporter.dropped.load(Ordering::Relaxed), 1, "its future is gone");
    // The next batch goes out.
    exporter.set(Does::Say(|| Ok(())));
    assert_eq!(counted(&report(&tracer, 5)), [5, 0, 10]);
}

#[test]
fn a_shutdown_does_not_wait_for_an_export_that_hangs() {
    if off() {
        return;
    }
    let exporter = Exporter::new(Does::Hang);
    let tracer =
        tracer(OtelReporter::new(exporter.clone()).with_timeout(Duration::from_secs(3600)));
    spans(&tracer, 10);
    let flushing = tracer.clone();
    let (sender, flushed) = mpsc::channel();
    std::thread::spawn(move || sender.send(flushing.flush(Duration::from_secs(3600))));
    exporter.wait_for_a_batch();
    // By then the exporter is left alone, or a little later, and the books are closed without it.
    let result = tracer.shutdown(Duration::from_millis(200));
    assert!(matches!(result, Ok(()) | Err(ShutdownError::Timeout)));
    assert!(flushed.recv_timeout(WAIT).is_ok(), "who flushes does not wait for ever");
    wait_for(&exporter.dropped);
    assert_eq!(exporter.dropped.load(Ordering::Relaxed), 1);
    assert_eq!(counted(&books(&tracer)), [0, 0, 10]);
}

#[test]
fn an_exporter_that_blocks_its_thread_blocks_nobody_else() {
    if off() {
        return;
    }
    let exporter = Exporter::new(Does::Block(Duration::from_secs(3600)));
    let tracer = tracer(quick(&exporter));
    spans(&tracer, 10);
    assert_eq!(tracer.flush(Duration::from_millis(50)), Err(ShutdownError::Timeout));
    exporter.wait_for_a_batch();
    spans(&tracer, 10);
    assert_eq!(tracer.shutdown(Duration::from_millis(50)), Err(ShutdownError::Timeout));
    let books = books(&tracer);
    assert_eq!(books.outcome_unknown, 10, "{books:?}");
    assert_eq!(books.dropped_for(DropReason::AfterShutdown), 10, "{books:?}");
}

#[test]
fn an_exporter_that_panics_costs_its_batch() {
    if off() {
        return;
    }
    for does in [Does::Panic, Does::PanicLater] {
        let exporter = Exporter::new(does);
        let tracer = tracer(quick(&exporter));
        spans(&tracer, 10);
        tracer.flush(WAIT).unwrap();
        assert_eq!(books(&tracer).dropped_for(DropReason::ReporterPanic), 10);
        exporter.set(Does::Say(|| Ok(())));
        spans(&tracer, 5);
        tracer.flush(WAIT).unwrap();
        assert_eq!(books(&tracer).reported, 5);
    }
}

#[test]
fn an_exporter_may_take_its_time() {
    if off() {
        return;
    }
    let exporter = Exporter::new(Does::Later(Duration::from_millis(60)));
    let tracer = tracer(OtelReporter::new(exporter));
    assert_eq!(counted(&report(&tracer, 10)), [10, 0, 0]);
    // A clock's end is no deadline.
    let exporter = Exporter::new(Does::Later(Duration::from_millis(1)));
    let tracer =
        testing::reporting::tracer(OtelReporter::new(exporter).with_timeout(Duration::MAX));
    assert_eq!(counted(&report(&tracer, 10)), [10, 0, 0]);
}

#[test]
fn flush_and_shutdown_are_handed_on() {
    if off() {
        return;
    }
    let exporter = Exporter::new(Does::Say(|| Ok(())));
    let reporter = quick(&exporter).with_shutdown_timeout(Duration::from_secs(7));
    assert!(format!("{reporter:?}").contains("shutdown_timeout: 7s"));
    let tracer = tracer(reporter);
    report(&tracer, 10);
    tracer.shutdown(WAIT).unwrap();
    tracer.shutdown(WAIT).unwrap();
    assert_eq!(*exporter.calls.lock().unwrap(), ["flush", "shutdown within 7s"]);
    let mut reporter = OtelReporter::new(InMemorySpanExporter::default());
    reporter.get_mut().reset();
    assert!(!reporter.get_ref().is_shutdown_called());
    assert!(!reporter.into_inner().is_shutdown_called());
}

/// As exporters do that stand on an async library.
#[derive(Debug)]
struct NeedsTokio;

impl SpanExporter for NeedsTokio {
    fn export(&self, _: Vec<SpanData>) -> impl Future<Output = OTelSdkResult> + Send {
        // Where there is no runtime, this panics.
        let runtime = tokio::runtime::Handle::current();
        async move {
            runtime.spawn(tokio::task::yield_now()).await.unwrap();
            tokio::time::sleep(Duration::from_millis(5)).await;
            Ok(())
        }
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        tokio::runtime::Handle::current();
        Ok(())
    }
}

#[test]
fn an_exporter_that_needs_a_runtime_is_told_of_it() {
    if off() {
        return;
    }
    let tracer = tracer(OtelReporter::new(NeedsTokio));
    spans(&tracer, 10);
    tracer.flush(WAIT).unwrap();
    assert_eq!(books(&tracer).dropped_for(DropReason::ReporterPanic), 10);

    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(1).enable_time().build().unwrap();
    let handle = runtime.handle().clone();
    let reporter = OtelReporter::new(NeedsTokio).within(move |work| {
        let _runtime = handle.enter();
        work();
    });
    let tracer = testing::reporting::tracer(reporter);
    assert_eq!(counted(&report(&tracer, 10)), [10, 0, 0]);
    tracer.shutdown(WAIT).unwrap();
}

#[test]
fn a_surrounding_that_calls_nothing_loses_the_batch() {
    if off() {
        return;
    }
    let exporter = Exporter::new(Does::Say(|| Ok(())));
    let tracer = tracer(OtelReporter::new(exporter.clone()).within(|_| ()));
    assert_eq!(counted(&report(&tracer, 10)), [0, 10, 0]);
    assert_eq!(exporter.got.load(Ordering::Relaxed), 0);
}

#[test]
fn many_batches_are_all_counted() {
    if off() {
        return;
    }
    let exporter = InMemorySpanExporter::default();
    let tracer = tracer(OtelReporter::new(exporter.clone()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| spans(&tracer, 1_000));
        }
    });
    tracer.flush(WAIT).unwrap();
    let books = books(&tracer);
    assert_eq!(books.reported as usize, exporter.get_finished_spans().unwrap().len());
    assert_eq!(books.reported + books.dropped(), 4_000);
}
