//! Limits of spans, sizes and times of the recorder.

use std::time::Duration;

use tracer_core::{Limits, RecorderOptions};

use super::vars::Vars;

pub(super) fn limits(vars: &Vars<'_>) -> Limits {
    let mut limits = Limits::default();
    let set = |size: &mut usize, names: &[&str]| {
        if let Some(number) = vars.number(names, 0) {
            *size = number;
        }
    };
    // The more special one goes first, as the specification has it.
    set(&mut limits.tags, &["OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "OTEL_ATTRIBUTE_COUNT_LIMIT"]);
    set(
        &mut limits.value_bytes,
        &["OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"],
    );
    set(&mut limits.logs, &["OTEL_SPAN_EVENT_COUNT_LIMIT"]);
    set(&mut limits.links, &["OTEL_SPAN_LINK_COUNT_LIMIT"]);
    limits
}

pub(super) fn recorder(vars: &Vars<'_>) -> RecorderOptions {
    let mut options = RecorderOptions::default();
    if let Some(millis) = vars.number(&["OTEL_BSP_SCHEDULE_DELAY"], 0) {
        options.schedule_delay = Duration::from_millis(millis as u64);
    }
    if let Some(spans) = vars.number(&["OTEL_BSP_MAX_EXPORT_BATCH_SIZE"], 1) {
        options.max_batch = spans;
    }
    options
}
