//! Which gRPC methods may name a span: callers choose them, and names are to stay few.
//!
//! An answer alone does not tell whether somebody implements the method: an authorisation in front
//! of the routes answers for any. So it is not guessed, but counted. What has worked once is known
//! for good; of what has not, a bounded number gets its name.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use super::interned;
use crate::fork;

/// Most methods that are known to work.
const MAX_KNOWN: usize = 1024;
/// Most methods that have named a span and not worked yet.
const MAX_SEEN: usize = 256;
/// Longest name kept.
const MAX_BYTES: usize = 256;
/// Known methods that a thread remembers, each in the place its hash says.
const PER_THREAD: usize = 64;

#[derive(Default)]
struct Methods {
    known: HashSet<&'static str>,
    /// True where more than one call has asked for it: then it stays, whatever one answer says.
    seen: HashMap<Box<str>, bool>,
}

/// Sets cannot be made in a static: `None` until the first method comes.
static METHODS: Mutex<Option<Methods>> = Mutex::new(None);

thread_local! {
    static RECENT: RefCell<[Option<&'static str>; PER_THREAD]> =
        const { RefCell::new([None; PER_THREAD]) };
}

/// A call has come in. Whether its method may name the span.
pub(super) fn admit(method: &str) -> bool {
    if is_recent(method) {
        return true;
    }
    with_methods(|methods| methods.admit(method)).unwrap_or(false)
}

/// A call has worked. True if its span has to be given its name now.
pub(super) fn accept(method: &str) -> bool {
    !is_recent(method) && with_methods(|methods| methods.accept(method)).unwrap_or(false)
}

/// Nobody implements it, and its span has lost its name: somebody else may have the place.
pub(super) fn disown(method: &str) {
    with_methods(|methods| methods.disown(method));
}

/// `None` in a fork that has lost them.
fn with_methods<T>(work: impl FnOnce(&mut Methods) -> T) -> Option<T> {
    fork::lock(&METHODS).map(|mut methods| work(methods.get_or_insert_default()))
}

impl Methods {
    fn admit(&mut self, method: &str) -> bool {
        if let Some(known) = self.known.get(method) {
            remember(known);
            return true;
        }
        if let Some(shared) = self.seen.get_mut(method) {
            *shared = true;
            return true;
        }
        if self.seen.len() >= MAX_SEEN || method.len() > MAX_BYTES {
            return false;
        }
        self.seen.insert(method.into(), false);
        true
    }

    fn accept(&mut self, method: &str) -> bool {
        if let Some(known) = self.known.get(method) {
            remember(known);
            return false;
        }
        if self.known.len() >= MAX_KNOWN || method.len() > MAX_BYTES {
            return false;
        }
        let known: &'static str = Box::leak(method.into());
        self.known.insert(known);
        remember(known);
        self.seen.remove(method).is_none()
    }

    fn disown(&mut self, method: &str) {
        if self.seen.get(method) == Some(&false) {
            self.seen.remove(method);
        }
    }
}

fn place(method: &str) -> usize {
    interned::hash("", method) % PER_THREAD
}

fn is_recent(method: &str) -> bool {
    let recent = RECENT.try_with(|recent| *recent.borrow().get(place(method))?).ok().flatten();
    recent == Some(method)
}

fn remember(method: &'static str) {
    // A thread on its way out has no memory: nothing is lost but time.
    let _ = RECENT.try_with(|recent| {
        if let Some(entry) = recent.borrow_mut().get_mut(place(method)) {
            *entry = Some(method);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_seen(method: &str) -> bool {
        with_methods(|methods| methods.seen.contains_key(method)).unwrap_or(false)
    }

    #[test]
    fn what_has_worked_stays_and_what_nobody_has_makes_room() {
        // Other tests share the sets: nothing is said here of how full they are.
        assert!(admit("test.Methods/Works"));
        assert!(!accept("test.Methods/Works"), "it has its name");
        disown("test.Methods/Works");
        assert!(admit("test.Methods/Works"));
        assert!(admit("test.Methods/Nobodys"));
        disown("test.Methods/Nobodys");
        assert!(!is_seen("test.Methods/Nobodys"));
        assert!(admit("test.Methods/Twice") && admit("test.Methods/Twice"));
        disown("test.Methods/Twice");
        assert!(is_seen("test.Methods/Twice"));
        assert!(accept("test.Methods/Late"), "it has no name yet");
        assert!(!admit(&"x".repeat(MAX_BYTES + 1)));
        assert!(!accept(&"x".repeat(MAX_BYTES + 1)));
    }
}
