//! Keys of attributes, made once: opentelemetry does not tell which of them are static, and nearly
//! all are.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use opentelemetry::Key;

/// Most keys kept for the life of the process. Those that come later are copied each time, so that
/// keys somebody makes up cost time and no memory.
const MAX_KEPT: usize = 1024;
/// Longest key kept.
const MAX_BYTES: usize = 128;
/// Keys that a thread remembers, each in the place that its length and end say.
const PER_THREAD: usize = 64;

static KEPT: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);

thread_local! {
    static RECENT: [Cell<&'static str>; PER_THREAD] = const { [const { Cell::new("") }; PER_THREAD] };
}

pub(super) fn key(key: Key) -> Cow<'static, str> {
    let text = key.as_str();
    let place = place(text);
    let recent = RECENT.try_with(|recent| recent[place].get()).unwrap_or_default();
    if recent == text {
        return Cow::Borrowed(recent);
    }
    match keep(text) {
        Some(kept) => {
            // A thread on its way out has no memory: nothing is lost but time.
            let _ = RECENT.try_with(|recent| recent[place].set(kept));
            Cow::Borrowed(kept)
        }
        None => Cow::Owned(String::from(key)),
    }
}

#[cold]
fn keep(text: &str) -> Option<&'static str> {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = kept.get(text) {
        return Some(known);
    }
    if kept.len() >= MAX_KEPT || text.len() > MAX_BYTES {
        return None;
    }
    let text: &'static str = Box::leak(Box::from(text));
    kept.insert(text);
    Some(text)
}

/// Keys of one convention begin alike and differ at their ends.
fn place(text: &str) -> usize {
    let tail = text.as_bytes().iter().rev().take(8);
    let mix = |hash: usize, byte: &u8| hash.wrapping_mul(31).wrapping_add(usize::from(*byte));
    tail.fold(text.len(), mix) % PER_THREAD
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Cow<'static, str> {
        key(Key::from(text.to_owned()))
    }

    #[test]
    fn the_second_time_nothing_is_made() {
        let first = of("url.path");
        assert!(matches!(first, Cow::Borrowed("url.path")));
        assert_eq!(first.as_ptr(), of("url.path").as_ptr());
        let other = std::thread::spawn(|| of("url.path")).join();
        assert_eq!(other.map(|key| key.as_ptr() as usize).ok(), Some(first.as_ptr() as usize));
    }

    #[test]
    fn keys_that_share_a_place_are_told_apart() {
        let (one, other) = ("ab.x", "bC.x");
        assert_eq!(place(one), place(other), "as chosen for this");
        for _ in 0..3 {
            assert_eq!((&*of(one), &*of(other)), (one, other));
        }
    }

    #[test]
    fn what_is_long_or_empty_is_copied_or_nothing() {
        let long = "k".repeat(MAX_BYTES + 1);
        assert!(matches!(of(&long), Cow::Owned(text) if text == long));
        assert_eq!(of(""), "");
    }
}
