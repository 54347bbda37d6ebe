//! `uber-trace-id`, `uberctx-*`, `jaeger-baggage` and `jaeger-debug-id`.
#![no_main]

use tracer_core::propagation::Jaeger;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    fuzz::check(&Jaeger::http(), data);
    fuzz::check(&Jaeger::text_map(), data);
});
