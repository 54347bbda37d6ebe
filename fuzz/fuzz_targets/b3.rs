//! `b3` and `x-b3-*`.
#![no_main]

use tracer_core::propagation::B3;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    fuzz::check(&B3::single(), data);
    fuzz::check(&B3::multi(), data);
});
