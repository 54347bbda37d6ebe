//! What a backend says that is to be sampled.
#![no_main]

use contrib_jaeger::{Strategy, parse_strategy};
use tracer_core::PerOperation;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    match parse_strategy(data) {
        Ok(Strategy::Probabilistic(sampler)) => assert!((0.0..=1.0).contains(&sampler.rate())),
        Ok(Strategy::RateLimiting(limit)) => assert!(limit.is_finite() && limit >= 0.0),
        Ok(Strategy::PerOperation(rates)) => {
            assert!(rates.len() <= PerOperation::MAX_OPERATIONS);
            let sampler = PerOperation::new(&rates);
            assert_eq!(sampler.operations(), rates.len());
            sampler.update(&rates);
            assert_eq!(sampler.operations(), rates.len());
        }
        Ok(_) | Err(_) => {}
    }
    assert_eq!(parse_strategy(data), parse_strategy(data));
});
