//! `ot-tracer-*` and `ot-baggage-*`.
#![no_main]

use tracer_core::propagation::OtTrace;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    fuzz::check(&OtTrace::http(), data);
    fuzz::check(&OtTrace::text_map(), data);
});
