//! The members of a `tracestate`.
#![no_main]

use tracer_core::TraceState;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some(state) = TraceState::parse(data.split(|byte| *byte == b'\n')) else { return };
    let list = state.as_str();
    let members: Vec<_> = list.split(',').filter_map(|member| member.split_once('=')).collect();
    assert!(list.len() <= 4096 && members.len() <= 32 && state.is_empty() == members.is_empty());
    assert!(list.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
    for (key, value) in members {
        assert!(!value.is_empty() && state.get(key) == Some(value), "{key}");
    }
    assert_eq!(TraceState::parse([list.as_bytes()]), Some(state.clone()));
});
