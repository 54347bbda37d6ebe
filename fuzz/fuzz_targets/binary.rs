//! OpenTracing's binary format.
#![no_main]

use tracer_core::propagation::{ExtractError, binary};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let found = binary::extract(data).unwrap_or_else(ExtractError::into_rest);
    let bytes = binary::inject(&found);
    assert!(bytes.len() <= 37 + tracer_core::baggage::MAX_BYTES);
    if !bytes.is_empty() {
        let after = binary::extract(&bytes).unwrap_or_else(ExtractError::into_rest);
        assert_eq!((after.trace_id(), after.span_id()), (found.trace_id(), found.span_id()));
        assert_eq!(binary::inject(&after), bytes);
    }
});
