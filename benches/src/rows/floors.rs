//! What the parts of a span cost at least on this machine: nothing that is made of them can be
//! quicker.

use std::cell::Cell;
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use super::{Case, Effort, Row, in_child};
use crate::contestants::Who;
use crate::harness::measured::{Measured, Metric, median};

pub const FLOORS: Row = Row {
    name: "floors",
    title: "floors, each",
    who: &[Who::Floor],
    figures: &[
        Metric::FloorInstant,
        Metric::FloorCounter,
        Metric::FloorThreadLocal,
        Metric::FloorLoad,
        Metric::FloorMutex,
        Metric::FloorArc,
        Metric::FloorRing,
        Metric::FloorBox,
    ],
    effort: Effort::Times,
    launch: in_child,
    run,
};

const BLOCKS: usize = 101;
const CALLS: usize = 10_000;
/// Records that the ring has room for.
const RECORDS: usize = 1_000;

thread_local! {
    static NUMBER: Cell<u64> = const { Cell::new(0) };
}

static SWITCH: AtomicBool = AtomicBool::new(false);

fn run(_: Case) -> Measured {
    // Else the compiler knows that nobody ever writes to it.
    black_box(&SWITCH);
    let clock = quanta::Clock::new();
    let (mutex, shared) = (Mutex::new(0_u64), Arc::new(0_u64));
    Measured::default()
        .with(
            Metric::FloorInstant,
            each(|| {
                black_box(Instant::now());
            }),
        )
        .with(
            Metric::FloorCounter,
            each(|| {
                black_box(clock.raw());
            }),
        )
        .with(
            Metric::FloorThreadLocal,
            each(|| NUMBER.with(|number| number.set(black_box(number.get() + 1)))),
        )
        .with(
            Metric::FloorLoad,
            each(|| {
                if SWITCH.load(Ordering::Relaxed) {
                    black_box(());
                }
            }),
        )
        .with(
            Metric::FloorMutex,
            each(|| {
                if let Ok(mut number) = black_box(&mutex).lock() {
                    *number += 1;
                }
            }),
        )
        .with(Metric::FloorArc, each(|| drop(black_box(Arc::clone(&shared)))))
        .with(Metric::FloorRing, ring())
        .with(Metric::FloorBox, each(|| drop(black_box(Box::new([0_u64; 8])))))
}

fn each(mut call: impl FnMut()) -> f64 {
    let block = |_| {
        let began = Instant::now();
        for _ in 0..CALLS {
            call();
        }
        began.elapsed().as_nanos() as f64 / CALLS as f64
    };
    let mut blocks: Vec<f64> = (0..BLOCKS).map(block).collect();
    median(&mut blocks)
}

/// A record of 128 bytes into a ring that is emptied in between.
fn ring() -> f64 {
    let (mut producer, mut consumer) = rtrb::RingBuffer::<[u64; 16]>::new(RECORDS);
    let block = |_| {
        let began = Instant::now();
        for n in 0..RECORDS {
            let pushed = producer.push(black_box([n as u64; 16]));
            assert!(pushed.is_ok(), "it was emptied");
        }
        let time = began.elapsed();
        while let Ok(record) = consumer.pop() {
            black_box(record);
        }
        time.as_nanos() as f64 / RECORDS as f64
    };
    let mut blocks: Vec<f64> = (0..BLOCKS).map(block).collect();
    median(&mut blocks)
}
