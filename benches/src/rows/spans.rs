//! What is done once a span, or once a request: started, tagged, read, written, polled.

use std::hint::black_box;
use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderValue};

use super::{Case, EVERYBODY, Effort, Row, TRACERS, in_child};
use crate::contestants::{Contestant, Mode, Sink, Ticks, Who, for_contestant};
use crate::harness::measured::{Measured, Metric, median};
use crate::{harness::alloc, model};

const TIME: &[Metric] = &[Metric::Nanos, Metric::Allocations];

const fn row(
    name: &'static str,
    title: &'static str,
    who: &'static [Who],
    figures: &'static [Metric],
) -> Row {
    Row { name, title, who, figures, effort: Effort::Times, launch: in_child, run }
}

pub const ROOT: Row = row("root", "root span, start and finish", TRACERS, TIME);
pub const TAGS: Row = row("tags", "root with 4 tags and a log", TRACERS, TIME);
pub const CHILDREN: Row = row("children", "100 implicit children, each", TRACERS, TIME);
pub const UNSAMPLED: Row = row("unsampled", "unsampled root with 10 children", TRACERS, TIME);
pub const OFF: Row = row("off", "switched off, one span", EVERYBODY, TIME);
pub const EXTRACT: Row =
    row("extract", "extract W3C", &[Who::Kit, Who::Fastrace, Who::OpenTelemetry, Who::Floor], TIME);
pub const INJECT: Row = row("inject", "inject W3C into an empty HeaderMap", EVERYBODY, TIME);
pub const POLL: Row = row("poll", "instrumented future, each further poll", EVERYBODY, TIME);

/// How a row's calls are counted.
struct Shape {
    mode: Mode,
    /// Operations in a call, for the time of each.
    per_call: u64,
    /// Spans in a call that are reported.
    spans: u64,
    /// Calls between two flushes.
    calls: u64,
}

fn shape(name: &str) -> Shape {
    let shape = |mode, per_call, spans, calls| Shape { mode, per_call, spans, calls };
    match name {
        "children" => {
            let spans = u64::from(model::CHILDREN) + 1;
            shape(Mode::Sampled, u64::from(model::CHILDREN), spans, model::BLOCK_SPANS / spans)
        }
        "unsampled" => shape(Mode::Unsampled, 1, 0, 5_000),
        "off" => shape(Mode::Off, 1, 0, 100_000),
        "extract" | "inject" => shape(Mode::Sampled, 1, 0, 2_000),
        // fastrace takes a command for each tag and each poll, and has room for 10,240.
        "tags" => shape(Mode::Sampled, 1, 1, 1_000),
        "poll" => shape(Mode::Sampled, u64::from(model::POLLS), 1, 8),
        _ => shape(Mode::Sampled, 1, 1, model::BLOCK_SPANS),
    }
}

/// One block of calls.
fn calls<C: Contestant>(contestant: &C, name: &str, calls: u64) -> Block {
    let mut headers = HeaderMap::new();
    headers.insert("traceparent", HeaderValue::from_static(model::TRACEPARENT));
    match name {
        "root" => timed(calls, |_| contestant.root()),
        "tags" => timed(calls, |nth| contestant.root_with_tags(nth)),
        "children" => timed(calls, |_| contestant.trace(model::CHILDREN)),
        "unsampled" => timed(calls, |_| contestant.trace(model::FEW_CHILDREN)),
        "off" => timed(calls, |_| contestant.alone()),
        "extract" => timed(calls, |_| contestant.extract(black_box(&headers))),
        "inject" => {
            let mut block = Block::default();
            contestant.in_root(|| {
                block = timed(calls, |_| {
                    let mut headers = HeaderMap::new();
                    contestant.inject(&mut headers);
                    black_box(&headers);
                });
            });
            block
        }
        "poll" => timed(calls, |_| contestant.poll(Ticks(model::POLLS))),
        other => panic!("no row is called {other}"),
    }
}

#[derive(Clone, Copy, Default)]
struct Block {
    time: Duration,
    allocations: u64,
}

fn timed(calls: u64, mut call: impl FnMut(u64)) -> Block {
    let before = alloc::count();
    let began = Instant::now();
    for nth in 0..calls {
        call(nth);
    }
    Block { time: began.elapsed(), allocations: alloc::count() - before }
}

fn run(case: Case) -> Measured {
    for_contestant!(case.who, run_as(case))
}

fn run_as<C: Contestant>(case: Case) -> Measured {
    let shape = shape(case.row.name);
    let contestant = C::start(shape.mode, Sink::Count);
    let patience = Duration::from_millis(if case.quick { 100 } else { 500 });
    let began = Instant::now();
    let (mut nanos, mut allocations) = (Vec::new(), f64::MAX);
    let mut made = 0;
    while nanos.len() < 11 || began.elapsed() < patience {
        // Not in the books: what comes after a pause (a wake-up, a first page) is not steady.
        calls(&contestant, case.row.name, 1);
        let block = calls(&contestant, case.row.name, shape.calls);
        let operations = (shape.calls * shape.per_call) as f64;
        nanos.push(block.time.as_nanos() as f64 / operations);
        allocations = f64::min(allocations, block.allocations as f64 / operations);
        made += (shape.calls + 1) * shape.spans + extra_spans(case.row.name);
        contestant.flush();
    }
    let lost = if case.who == Who::Floor { 0 } else { made - contestant.seen() };
    Measured::default()
        .with(Metric::Nanos, median(&mut nanos))
        .with(Metric::Allocations, allocations)
        .with(Metric::Lost, lost as f64)
}

/// Spans that two blocks make beside their calls.
fn extra_spans(name: &str) -> u64 {
    if name == "inject" { 2 } else { 0 }
}
