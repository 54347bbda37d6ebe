//! Models of the recorder's own protocols, of the code itself: loom tries every order in which
//! their threads can meet, and everything that the memory model allows them to see.
//!
//! `cargo xtask test --stage loom`. Time does not pass in a model and a wait has no end of its own:
//! one that nobody ends is a deadlock, which loom reports. Rings from crates are trusted.

use std::sync::atomic::{AtomicU64, Ordering};

use loom::model::Builder;
use loom::thread;

use super::budget::Budget;
use super::chunk::Chunk;
use super::lean::{self, PlainSpan};
use super::options::RecorderOptions;
use super::recorder::Shared;
use super::worker::Worker;
use super::{DropReason, names};
use crate::Outcome;
use crate::record::Batch;
use crate::reporter::Reporter;
use crate::sync::Arc;
use crate::tracer::Resource;
use std::time::{Duration, Instant};

/// In every order with no more than so many threads stopped in the middle of their work, which is
/// where nearly all mistakes show. Without a bound a model takes days.
fn model(preemptions: usize, run: impl Fn() + Sync + Send + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.max_branches = 100_000;
    builder.check(run);
}

fn span(id: u64) -> PlainSpan {
    // No other test runs beside a model.
    let name = names::intern("model").map_or(0, |name| lean::pack(name, 1));
    PlainSpan {
        trace_id: [id, id],
        span_id: id,
        parent_id: id,
        start: id,
        end: id,
        name,
        origin: 0,
    }
}

/// Counts what it is shown.
struct Counting(std::sync::Arc<AtomicU64>);

impl Reporter for Counting {
    fn report(&mut self, batch: &Batch<'_>) -> Outcome {
        self.0.fetch_add(batch.len() as u64, Ordering::Relaxed);
        Outcome::Reported
    }
}

fn recorder() -> (Arc<Shared>, Worker, std::sync::Arc<AtomicU64>) {
    let options = RecorderOptions::default().with_schedule_delay(Duration::ZERO);
    let shared = Arc::new(Shared::new(options));
    let seen = std::sync::Arc::new(AtomicU64::new(0));
    let resource = Resource::new("model".into());
    let reporter = Box::new(Counting(std::sync::Arc::clone(&seen)));
    let worker = Worker::new(Arc::clone(&shared), reporter, resource.into(), None);
    (shared, worker, seen)
}

/// A thread that comes, records so many spans, and goes.
fn record(shared: &Arc<Shared>, spans: u64) -> thread::JoinHandle<()> {
    let shared = Arc::clone(shared);
    thread::spawn(move || {
        let mut writer = Shared::register_thread(&shared);
        for id in 1..=spans {
            writer.buf().count_started();
            writer.push_plain(span(id));
        }
    })
}

/// The ring of words: what is read is what was written, whole and in order, however often the ring
/// is full or empty.
#[test]
fn a_ring_hands_over_whole_spans() {
    model(3, || {
        let (mut writer, mut reader) = lean::ring(2);
        let writing = thread::spawn(move || {
            let mut written = 0;
            for id in 1..=3 {
                if writer.room() > 0 {
                    writer.push(span(id));
                    written += 1;
                }
            }
            written
        });
        let mut chunk = Chunk::new(10);
        let mut read = reader.drain(&mut chunk, 10) + reader.drain(&mut chunk, 10);
        let written = writing.join().expect("it does not panic");
        assert!(written >= 2, "there is room for two");
        assert!(reader.is_abandoned());
        read += reader.drain(&mut chunk, 10);
        assert_eq!((read, chunk.spans.len()), (written, written));
        let heads = chunk.spans.iter().map(|span| &span.head);
        assert!(heads.clone().map(|head| head.span_id).is_sorted_by(|a, b| a < b));
        for head in heads {
            let id = head.span_id;
            let whole = (head.trace_id, head.parent_id, head.start, head.end);
            assert_eq!(whole, ([id, id], id, id, id));
        }
    });
}

/// Credit: no two threads are granted the same bytes, and what is given back is there again.
#[test]
fn a_budget_is_never_overdrawn() {
    model(4, || {
        let budget = Arc::new(Budget::new(10));
        let threads = [6, 5].map(|bytes| {
            let budget = Arc::clone(&budget);
            thread::spawn(move || {
                let granted = budget.charge_heap(bytes);
                if granted {
                    assert!(budget.used() <= 10 && budget.heap() >= bytes);
                    budget.release_heap(bytes);
                }
                granted
            })
        });
        let granted = threads.map(|thread| thread.join().expect("it does not panic"));
        assert!(granted.contains(&true));
        assert_eq!((budget.used(), budget.heap()), (0, 0));
        assert!(budget.charge(10) && !budget.charge(1));
    });
}

/// Wake: whoever says that there is much to do, or asks for a flush, is heard, also by a reporter
/// thread that is about to sleep.
#[test]
fn a_poke_is_never_lost() {
    model(3, || {
        let (shared, worker, _) = recorder();
        let poking = [(); 2].map(|()| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || shared.poke())
        });
        let waiting = thread::spawn(move || worker.wait().stop);
        for thread in poking {
            thread.join().expect("it does not panic");
        }
        assert!(!waiting.join().expect("it does not panic"));
    });
}

/// The first span after a while may be missed by a reporter thread that goes to sleep in that very
/// moment, for want of a fence on the hot path: it looks once more after a while, and then it sees
/// the span. That while is over when the span's thread is done, and then it is woken.
#[test]
fn a_first_span_is_seen_at_the_second_look() {
    model(3, || {
        let (shared, worker, _) = recorder();
        let waiting = thread::spawn(move || worker.wait().stop);
        let recording = record(&shared, 1);
        recording.join().expect("it does not panic");
        drop(shared.control());
        shared.wake.notify_all();
        assert!(!waiting.join().expect("it does not panic"));
    });
}

/// Books: a span is reported, or unknown, or lost, and one of them only, wherever a shutdown's
/// deadline finds its thread and the reporter thread.
#[test]
fn a_deadline_counts_every_span_once() {
    model(2, || {
        let (shared, mut worker, seen) = recorder();
        let recording = record(&shared, 2);
        let reporting = thread::spawn(move || worker.export_waiting(false));
        drop(shared.close(shared.control(), Instant::now()));
        recording.join().expect("it does not panic");
        reporting.join().expect("it does not panic");
        let books = shared.read_books();
        assert!(books.balance(), "{books:?}");
        assert_eq!((books.started, books.queued, books.in_flight), (2, 0, 0), "{books:?}");
        let lost = books.dropped_for(DropReason::AfterShutdown);
        assert_eq!(books.reported + books.outcome_unknown + lost, 2, "{books:?}");
        let seen = seen.load(Ordering::Relaxed);
        let at_most = books.reported + books.outcome_unknown;
        assert!((books.reported..=at_most).contains(&seen), "{seen} seen: {books:?}");
    });
}

/// Books at rest are exact while a thread comes and goes.
#[test]
fn a_thread_that_goes_leaves_its_spans_and_its_counts() {
    model(2, || {
        let (shared, mut worker, seen) = recorder();
        let recording = record(&shared, 1);
        worker.export_waiting(false);
        recording.join().expect("it does not panic");
        worker.export_waiting(false);
        worker.export_waiting(false);
        assert!(shared.threads().is_empty(), "it is forgotten");
        let books = shared.read_books();
        assert_eq!((books.started, books.finished, books.reported, books.open), (1, 1, 1, 0));
        assert_eq!((seen.load(Ordering::Relaxed), books.bytes), (1, 0));
    });
}
