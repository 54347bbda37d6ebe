//! Traces that are kept although the sampler said no.

use std::time::Duration;

use tracer_core::{KeepIf, TracerBuilder};

use super::vars::Vars;

const KEEP_IF: &str = "TRACER_KEEP_IF";

pub(super) fn apply(vars: &Vars<'_>, builder: TracerBuilder) -> TracerBuilder {
    let Some(text) = vars.text(KEEP_IF) else { return builder };
    match parse(&text) {
        Some(keep) => builder.keep_if(keep),
        None => {
            vars.warn(KEEP_IF, "ignored: there are error, slow:500ms and slow_span:2s");
            builder
        }
    }
}

/// A list of conditions. One that is not understood makes all of it bad: to keep some of what was
/// meant would look like all of it.
fn parse(text: &str) -> Option<KeepIf> {
    text.split(',').try_fold(KeepIf::new(), |keep, condition| {
        let (name, limit) = condition.split_once(':').unwrap_or((condition, ""));
        match (name.trim(), limit.trim()) {
            ("error", "") => Some(keep.failed()),
            ("slow", limit) => Some(keep.slower_than(duration(limit)?)),
            ("slow_span", limit) => Some(keep.any_slower_than(duration(limit)?)),
            _ => None,
        }
    })
}

/// A whole number with its unit.
fn duration(text: &str) -> Option<Duration> {
    let unit = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(unit);
    let number = number.parse().ok()?;
    match unit.trim_start() {
        "us" => Some(Duration::from_micros(number)),
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        _ => None,
    }
}
