//! The process-wide switch.

use std::sync::atomic::{AtomicU8, Ordering};

use crate::ENABLED;

const UNREAD: u8 = 0;
const OFF: u8 = 1;
const ON: u8 = 2;

static SWITCH: AtomicU8 = AtomicU8::new(UNREAD);

/// Whether tracing is on in this process. A tracer records when this and its own switch
/// ([`Tracer::set_enabled`](crate::Tracer::set_enabled)) are both on.
///
/// At first it is what the environment says: off for `OTEL_SDK_DISABLED=true` or
/// `TRACER_ENABLED=false` (or `0`, `off`), else on.
#[inline]
#[must_use]
pub fn is_on() -> bool {
    ENABLED
        && match SWITCH.load(Ordering::Relaxed) {
            ON => true,
            OFF => false,
            _ => read_environment(),
        }
}

/// Turns tracing on or off in this process, at any time. Spans that are open finish; what is off
/// hands its callers' context on unread.
pub fn set(on: bool) {
    SWITCH.store(if on { ON } else { OFF }, Ordering::Relaxed);
}

#[cold]
fn read_environment() -> bool {
    let on = starts_on(|name| std::env::var(name).ok());
    let value = if on { ON } else { OFF };
    // Somebody may have set the switch meanwhile: then theirs holds.
    match SWITCH.compare_exchange(UNREAD, value, Ordering::Relaxed, Ordering::Relaxed) {
        Ok(_) => on,
        Err(current) => current == ON,
    }
}

/// What the variables say: anything that is not a clear "off" is on.
fn starts_on(variable: impl Fn(&str) -> Option<String>) -> bool {
    let is = |name: &str, words: &[&str]| {
        variable(name)
            .is_some_and(|value| words.iter().any(|word| value.trim().eq_ignore_ascii_case(word)))
    };
    !is("OTEL_SDK_DISABLED", &["true"]) && !is("TRACER_ENABLED", &["false", "0", "off"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_of_variables() {
        for (name, value, on) in [
            ("OTEL_SDK_DISABLED", "true", false),
            ("OTEL_SDK_DISABLED", "TRUE ", false),
            ("OTEL_SDK_DISABLED", "1", true),
            ("OTEL_SDK_DISABLED", "", true),
            ("TRACER_ENABLED", "false", false),
            ("TRACER_ENABLED", "off", false),
            ("TRACER_ENABLED", "0", false),
            ("TRACER_ENABLED", "maybe", true),
        ] {
            let read = |asked: &str| (asked == name).then(|| value.to_owned());
            assert_eq!(starts_on(read), on, "{name}={value}");
        }
        assert!(starts_on(|_| None));
    }
}
