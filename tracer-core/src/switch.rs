//! The process-wide switch.

use std::sync::atomic::{AtomicU8, Ordering};

use crate::ENABLED;
use crate::say::say;

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
    let switch = SWITCH.load(Ordering::Relaxed);
    ENABLED && (switch == ON || (switch != OFF && read_environment()))
}

/// Turns tracing on or off in this process, at any time. Spans that are open finish; what is off
/// hands its callers' context on unread.
pub fn set(on: bool) {
    SWITCH.store(if on { ON } else { OFF }, Ordering::Relaxed);
}

#[cold]
fn read_environment() -> bool {
    let on = starts_on(crate::env_var, |name, words| {
        say(format_args!("{name}: ignored: it takes {words}"))
    });
    let value = if on { ON } else { OFF };
    // Somebody may have set the switch meanwhile: then theirs holds.
    match SWITCH.compare_exchange(UNREAD, value, Ordering::Relaxed, Ordering::Relaxed) {
        Ok(_) => on,
        Err(current) => current == ON,
    }
}

/// What the variables say: anything that is not a clear "off" is on.
fn starts_on(variable: impl Fn(&str) -> Option<String>, complain: impl Fn(&str, &str)) -> bool {
    let is_one_of = |name: &str, yes: &[&str], no: &[&str], words: &str| {
        let value = variable(name).unwrap_or_default().trim().to_ascii_lowercase();
        let known = value.is_empty() || yes.contains(&&*value) || no.contains(&&*value);
        if !known {
            complain(name, words);
        }
        yes.contains(&&*value)
    };
    let disabled = is_one_of("OTEL_SDK_DISABLED", &["true"], &["false"], "true or false");
    let (off, on) = (["false", "0", "off", "no"], ["true", "1", "on", "yes"]);
    !is_one_of("TRACER_ENABLED", &off, &on, "true or false") && !disabled
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn table_of_variables() {
        for (name, value, on, known) in [
            ("OTEL_SDK_DISABLED", "true", false, true),
            ("OTEL_SDK_DISABLED", "TRUE ", false, true),
            ("OTEL_SDK_DISABLED", "false", true, true),
            ("OTEL_SDK_DISABLED", "1", true, false),
            ("OTEL_SDK_DISABLED", "", true, true),
            ("TRACER_ENABLED", "false", false, true),
            ("TRACER_ENABLED", "off", false, true),
            ("TRACER_ENABLED", "0", false, true),
            ("TRACER_ENABLED", "On", true, true),
            ("TRACER_ENABLED", "maybe", true, false),
        ] {
            let read = |asked: &str| (asked == name).then(|| value.to_owned());
            let complaints = Cell::new(0);
            let started = starts_on(read, |variable, _| {
                assert_eq!(variable, name);
                complaints.set(complaints.get() + 1);
            });
            assert_eq!((started, complaints.get() == 0), (on, known), "{name}={value}");
        }
        assert!(starts_on(|_| None, |_, _| panic!("nothing to complain of")));
    }
}
