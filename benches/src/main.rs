//! Rows of the kit and of fastrace, interleaved in one process; every span is counted where it is
//! reported.

mod alloc;
mod ours;
mod peer;

use std::time::Instant;

#[global_allocator]
static ALLOCATOR: alloc::Counting = alloc::Counting;

const ROUNDS: usize = 61;

struct Row {
    name: &'static str,
    /// Operations in one call, for the time of each.
    per_call: u64,
    /// Spans that one call makes.
    spans: u64,
    calls: u64,
    /// Ratio to reach.
    target: f64,
}

/// Nanoseconds and allocations of one operation.
#[derive(Clone, Copy)]
struct Sample {
    nanos: f64,
    allocations: f64,
}

fn measure(row: &Row, mut call: impl FnMut(u64)) -> Sample {
    // Steady state: what comes after a pause (a wake-up, a first page) is not what is asked for.
    call(0);
    let allocations = alloc::count();
    let start = Instant::now();
    for nth in 0..row.calls {
        call(nth);
    }
    let operations = (row.calls * row.per_call) as f64;
    Sample {
        nanos: start.elapsed().as_nanos() as f64 / operations,
        allocations: (alloc::count() - allocations) as f64 / row.calls as f64,
    }
}

fn median(samples: &mut [Sample]) -> Sample {
    samples.sort_by(|a, b| a.nanos.total_cmp(&b.nanos));
    let allocations = samples.iter().map(|sample| sample.allocations).fold(f64::MAX, f64::min);
    Sample { nanos: samples[samples.len() / 2].nanos, allocations }
}

fn main() {
    let ours = ours::Ours::new();
    let peer = peer::Peer::new();
    let rows = [
        Row { name: "root", per_call: 1, spans: 1, calls: 4_000, target: 0.5 },
        Row { name: "root, 4 tags, 1 log", per_call: 1, spans: 1, calls: 3_000, target: 0.5 },
        Row { name: "100 children, each", per_call: 100, spans: 101, calls: 18, target: 0.65 },
        Row {
            name: "unsampled root, 10 children",
            per_call: 1,
            spans: 0,
            calls: 5_000,
            target: 0.5,
        },
        Row { name: "off", per_call: 1, spans: 0, calls: 100_000, target: f64::NAN },
    ];
    let mut missed = 0;
    println!(
        "{:<30}{:>10}{:>6}{:>12}{:>6}{:>8}{:>8}",
        "row", "ours ns", "a", "fastrace ns", "a", "ratio", "target"
    );
    let only = std::env::args().nth(1);
    for row in rows.iter().filter(|row| only.as_deref().is_none_or(|only| row.name.contains(only)))
    {
        let (mut own, mut theirs) = (Vec::new(), Vec::new());
        let before = ours.received();
        for _ in 0..ROUNDS {
            own.push(match row.name {
                "root" => measure(row, |_| ours.root()),
                "root, 4 tags, 1 log" => measure(row, |nth| ours.root_tags_log(nth)),
                "100 children, each" => measure(row, |_| ours.children()),
                "off" => {
                    tracer_core::switch::set(false);
                    let sample = measure(row, |_| ours.off());
                    tracer_core::switch::set(true);
                    sample
                }
                _ => measure(row, |_| ours.unsampled()),
            });
            ours.received();
            theirs.push(match row.name {
                "root" => measure(row, |_| peer.root()),
                "root, 4 tags, 1 log" => measure(row, |nth| peer.root_tags_log(nth)),
                "100 children, each" => measure(row, |_| peer.children()),
                "off" => measure(row, |_| peer.off()),
                _ => measure(row, |_| peer.unsampled()),
            });
            peer.received();
        }
        let made = row.spans * (row.calls + 1) * ROUNDS as u64;
        assert_eq!(ours.received() - before, made, "{}: every span is reported", row.name);
        let (own, theirs) = (median(&mut own), median(&mut theirs));
        let ratio = own.nanos / theirs.nanos;
        missed += usize::from(ratio > row.target);
        println!(
            "{:<30}{:>10.1}{:>6.1}{:>12.1}{:>6.1}{:>8.2}{:>8.2}",
            row.name,
            own.nanos,
            own.allocations,
            theirs.nanos,
            theirs.allocations,
            ratio,
            row.target
        );
    }
    println!("{missed} of {} rows miss their target", rows.len());
}
