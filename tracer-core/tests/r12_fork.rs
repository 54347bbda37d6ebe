//! R12: a fork has the tracer and not its reporter thread. Nothing there may hang.
#![cfg(all(unix, not(feature = "off")))]
#![allow(clippy::expect_used, reason = "a test may fail")]

mod common;

use std::collections::HashSet;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use common::Counting;
use fork::Fork;
use tracer_core::semconv::db::Endpoint;
use tracer_core::{
    AlwaysOff, Books, KeepIf, OperationSampling, PerOperation, Probabilistic, RateLimiting,
    ShutdownError, SpanContext, Tracer,
};

/// Far more than a fork takes that waits for nobody.
const PATIENCE: Duration = Duration::from_secs(60);

fn tracer_of_its_own() -> (Tracer, Counting) {
    let counting = Counting::new();
    (Tracer::builder("fork").reporter(counting.clone()).build(), counting)
}

/// What does not hold in a child is the code of its exit.
const fn check(holds: bool, code: u8) -> Result<(), u8> {
    if holds { Ok(()) } else { Err(code) }
}

fn in_the_child(tracer: &Tracer) -> Result<(), u8> {
    let began = Instant::now();
    // More than any ring holds, here and on a thread that is new.
    let many = || (0..20_000).for_each(|_| drop(tracer.span("child").root().start()));
    many();
    check(std::thread::scope(|scope| scope.spawn(many).join().is_ok()), 10)?;
    check(tracer.flush(PATIENCE) == Err(ShutdownError::Forked), 11)?;
    check(tracer.books() == Books::default(), 12)?;
    let caller = tracer.span("handed on").root().start();
    check(tracer.span("below").child_of(&caller).start().context().is_valid(), 13)?;
    check(tracer.shutdown(PATIENCE) == Err(ShutdownError::Forked), 14)?;
    check(began.elapsed() < PATIENCE / 2, 15)?;
    let (own, counting) = tracer_of_its_own();
    (0..5).for_each(|_| drop(own.span("own").root().start()));
    check(own.flush(PATIENCE).is_ok(), 16)?;
    check(counting.seen() == 5 && own.books().balance() && own.books().reported == 5, 17)?;
    // For its parent, which sees whether it is like any other's.
    let own = own.span("own").root().start();
    let ids = own.context().trace_id().map(|id| id.to_string()).unwrap_or_default();
    check(std::fs::write(note(std::process::id()), ids).is_ok(), 18)
}

/// Where a child notes an id of its own.
fn note(process: u32) -> std::path::PathBuf {
    std::env::temp_dir().join(format!("tracer-r12-{process}"))
}

#[test]
fn r12_a_fork_is_a_noop_and_never_hangs() {
    let (tracer, counting) = tracer_of_its_own();
    survives(&tracer, &counting);
    // Its traces are held, by the reporter thread that the fork has not.
    let keep = KeepIf::new().failed();
    let holding = Tracer::builder("held").sampler(AlwaysOff).keep_if(keep);
    let counting = Counting::new();
    survives(&holding.reporter(counting.clone()).build(), &counting);
}

/// Locks of spans, samplers and tables that another thread held in the moment of the fork are
/// given back by nobody there.
#[test]
fn r12_a_fork_waits_for_no_lock_of_a_thread_it_has_not() {
    let rates = OperationSampling::new(Probabilistic::new(0.5).expect("a rate")).lower_bound(1.0);
    let limited = Tracer::builder("locks").sampler(RateLimiting::per_second(1e6)).build();
    let many = Tracer::builder("locks").sampler(PerOperation::new(&rates)).build();
    for tracer in [limited, many] {
        let span = tracer.span("held").child_of(&SpanContext::default()).start();
        let work = || {
            span.set_tag("key", 1_i64);
            span.set_baggage_item("key", "value");
            drop(tracer.span("root").root().start());
            // Of the kit's own tables.
            let text = format!("host-{}", fastrand::u64(..));
            let _ = Endpoint::new("redis").with_address(&text, Some(1));
        };
        while_busy(work, |_| {
            forked(|| {
                let began = Instant::now();
                (0..100).for_each(|_| work());
                drop(span.context());
                check(began.elapsed() < PATIENCE / 6, 20)
            });
        });
    }
}

/// Calls `each` twenty times while another thread does `work`: locks are held in the moment of a
/// fork, now one and now another.
fn while_busy(work: impl Fn() + Sync, mut each: impl FnMut(u32)) {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let busy = scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                work();
            }
        });
        // What fails in `each` is not to leave the other thread running.
        let stopping = Stop(&stop);
        (0..20).for_each(&mut each);
        drop(stopping);
        busy.join().expect("the busy thread");
    });
}

struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Does it in a fork, whose number is returned. Whoever hangs is found out.
fn forked(work: impl FnOnce() -> Result<(), u8>) -> u32 {
    match fork::fork().expect("a fork") {
        Fork::Child => {
            std::thread::spawn(|| {
                std::thread::sleep(PATIENCE);
                end(99);
            });
            end(work().err().unwrap_or(0));
        }
        Fork::Parent(child) => {
            let status = ExitStatus::from_raw(fork::waitpid(child).expect("its end"));
            assert_eq!(status.code(), Some(0), "{status}");
            child.cast_unsigned()
        }
    }
}

fn survives(tracer: &Tracer, counting: &Counting) {
    let made = AtomicU64::new(0);
    let busy = || {
        (0..100).for_each(|_| drop(tracer.span("parent").root().start()));
        made.fetch_add(100, Ordering::Relaxed);
        let _ = tracer.flush(PATIENCE);
    };
    let mut ids = HashSet::new();
    while_busy(busy, |nth| {
        let note = note(forked(|| in_the_child(tracer)));
        let id = std::fs::read_to_string(&note).expect("the child's note");
        std::fs::remove_file(note).expect("the child's note");
        assert!(ids.insert(id), "fork {nth} makes the ids of an earlier one");
    });
    tracer.flush(PATIENCE).expect("the parent has its reporter");
    let (books, made) = (tracer.books(), made.into_inner());
    assert!(books.balance(), "{books:?}");
    assert_eq!((books.started, books.reported + books.dropped()), (made, made));
    assert_eq!(counting.seen(), books.reported, "nothing of the children's");
}

#[allow(clippy::exit, reason = "a child must not go on with the parent's tests")]
fn end(code: u8) -> ! {
    std::process::exit(i32::from(code))
}
