//! What a layer adds to each request of an axum service.

use std::io;
use std::time::Duration;

use super::{Case, EVERYBODY, Effort, Failure, Row};
use crate::contestants::{Contestant, Mode, Sink, Who, for_contestant};
use crate::harness::measured::{Measured, Metric};
use crate::harness::{callgrind, cpu};
use crate::http::{in_process, layers, load, server};

const FIGURES: &[Metric] =
    &[Metric::AddedMicros, Metric::CpuMicros, Metric::PerSecond, Metric::P99Micros];
const COUNTED: &[Metric] = &[
    Metric::AddedInstructions,
    Metric::AllAddedInstructions,
    Metric::Instructions,
    Metric::AllInstructions,
];

const fn served(name: &'static str, title: &'static str) -> Row {
    let effort = Effort::Http;
    Row { name, title, who: EVERYBODY, figures: FIGURES, effort, launch: load_it, run: serve }
}

const fn counted(name: &'static str, title: &'static str) -> Row {
    let (figures, effort) = (COUNTED, Effort::Once);
    Row { name, title, who: EVERYBODY, figures, effort, launch: count, run: call }
}

/// fastrace has no metrics, and axum-tracing-opentelemetry none in its layer.
const MEASURERS: &[Who] = &[Who::Kit, Who::OpenTelemetry, Who::Floor];

pub const SAMPLED: Row = served("http", "HTTP request to axum, sampled");
pub const UNSAMPLED: Row = served("http-0", "HTTP request to axum, not sampled");
pub const OFF: Row = served("http-off", "HTTP request to axum, tracing off");
pub const SAMPLED_COUNT: Row = counted("http-count", "HTTP request without a wire, sampled");
pub const UNSAMPLED_COUNT: Row =
    counted("http-0-count", "HTTP request without a wire, not sampled");
pub const MEASURED: Row = Row {
    who: MEASURERS,
    ..served("http-0-measured", "HTTP request to axum, not sampled, its duration measured")
};
pub const MEASURED_COUNT: Row = Row {
    who: MEASURERS,
    ..counted("http-0-measured-count", "HTTP request without a wire, not sampled, measured")
};
pub const OFF_COUNT: Row = counted("http-off-count", "HTTP request without a wire, tracing off");

/// What callers say; contestants do as they are told.
fn is_sampled(case: Case) -> bool {
    !case.row.name.starts_with("http-0")
}

fn mode(case: Case) -> Mode {
    match case.row.name {
        "http-off" | "http-off-count" => Mode::Off,
        "http-0-measured" | "http-0-measured-count" => Mode::Measured,
        _ => Mode::Sampled,
    }
}

fn is_recorded(case: Case) -> bool {
    mode(case) == Mode::Sampled && is_sampled(case) && case.who != Who::Floor
}

fn load_it(case: Case) -> Result<Measured, Failure> {
    measure(case).map_err(|error| Failure::Broken(error.to_string()))
}

fn measure(case: Case) -> io::Result<Measured> {
    let time = Duration::from_millis(if case.quick { 500 } else { 1_500 });
    let mut server = server::Remote::start(case)?;
    let sampled = is_sampled(case);
    // What is answered before the load is steady: first connections, first pages.
    load::run(server.port, sampled, time / 4)?;
    let (cpu, spans) = (server.cpu_nanos()?, server.spans()?);
    let mut seen = load::run(server.port, sampled, time)?;
    let cpu = server.cpu_nanos()? - cpu;
    let spans = server.spans()? - spans;
    let requests = seen.requests as f64;
    let lost = if is_recorded(case) { seen.all_requests() as f64 - spans as f64 } else { 0.0 };
    seen.latencies.sort_unstable();
    let p99 = seen.latencies[seen.latencies.len() * 99 / 100];
    Ok(Measured::default()
        .with(Metric::CpuMicros, cpu as f64 / 1e3 / requests)
        .with(Metric::PerSecond, requests / seen.time.as_secs_f64())
        .with(Metric::P99Micros, p99.as_secs_f64() * 1e6)
        .with(Metric::Lost, lost))
}

/// The server's process.
fn serve(case: Case) -> Measured {
    // Before the tracer starts its thread, which is to be on the same processor.
    cpu::pin(server::PROCESSOR);
    for_contestant!(case.who, serve_as(case))
}

fn serve_as<C: Contestant + Send + 'static>(case: Case) -> Measured {
    let contestant: &'static C = Box::leak(Box::new(C::start(mode(case), Sink::Count)));
    server::serve(layers::app(case.who, mode(case)), || contestant.received()).expect("a server");
    Measured::default()
}

fn count(case: Case) -> Result<Measured, Failure> {
    let counted = callgrind::count(case)?;
    let each = |instructions: f64| instructions / in_process::REQUESTS as f64;
    Ok(Measured::default()
        .with(Metric::Instructions, each(counted.own))
        .with(Metric::AllInstructions, each(counted.all)))
}

/// Below callgrind.
fn call(case: Case) -> Measured {
    for_contestant!(case.who, call_as(case))
}

fn call_as<C: Contestant>(case: Case) -> Measured {
    let contestant = C::start(mode(case), Sink::Count);
    let requests = in_process::run(layers::app(case.who, mode(case)), is_sampled(case));
    let expected = if is_recorded(case) { requests } else { 0 };
    assert_eq!(contestant.received(), expected, "every span is reported");
    Measured::default()
}
