//! `traceparent`, `tracestate` and `baggage`.
#![no_main]

use tracer_core::propagation::{TraceContext, W3c};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    fuzz::check(&W3c, data);
    fuzz::check(&TraceContext, data);
});
