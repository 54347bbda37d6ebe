//! `baggage`, without ids.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    fuzz::check(&tracer_core::propagation::W3cBaggage, data);
});
