//! Span names that are made once: a service has few routes and many requests, a client few servers
//! and many commands.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::{LazyLock, Mutex, PoisonError};

/// Most pairs kept for the life of the process. What comes later is built each time, so that
/// somebody who uses paths as routes pays for it with time and not with memory.
const MAX_KEPT: usize = 1024;
/// Longest pair kept.
const MAX_BYTES: usize = 256;
/// Pairs that a thread remembers, each in the place its hash says.
const PER_THREAD: usize = 64;

/// `GET /items/{id}`, and the parts it is made of.
#[derive(Clone, Debug)]
struct Named {
    first: &'static str,
    second: &'static str,
    name: &'static str,
}

/// The whole, and its parts.
pub(super) type Parts = (Cow<'static, str>, Cow<'static, str>, Cow<'static, str>);

type Kept<'a> = HashMap<(&'a str, &'a str), &'static Named>;

static KEPT: LazyLock<Mutex<Kept<'static>>> = LazyLock::new(Mutex::default);

thread_local! {
    static RECENT: RefCell<[Option<&'static Named>; PER_THREAD]> =
        const { RefCell::new([None; PER_THREAD]) };
}

/// A span's name, and its two words for the tags.
pub(super) fn name(first: &str, second: &str) -> Parts {
    let place = hash(first, second) % PER_THREAD;
    let recent = RECENT.try_with(|recent| *recent.borrow().get(place)?).ok().flatten();
    match recent {
        Some(named) if named.second == second && named.first == first => named.parts(),
        _ => look_up(first, second, place),
    }
}

/// A text that will be wanted often, such as a server's address. In a table of its own: many
/// servers leave the room of routes and commands alone.
pub(super) fn text(text: &str) -> Cow<'static, str> {
    static TEXTS: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);
    let mut kept = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(kept) = kept.get(text) {
        return Cow::Borrowed(kept);
    }
    if kept.len() >= MAX_KEPT || text.len() > MAX_BYTES {
        return Cow::Owned(text.to_owned());
    }
    let text: &'static str = Box::leak(Box::from(text));
    kept.insert(text);
    Cow::Borrowed(text)
}

#[cold]
fn look_up(first: &str, second: &str, place: usize) -> Parts {
    let Some(named) = keep(first, second) else {
        return (
            Cow::Owned(format!("{first} {second}")),
            Cow::Owned(first.to_owned()),
            Cow::Owned(second.to_owned()),
        );
    };
    // A thread on its way out has no memory: nothing is lost but time.
    let _ = RECENT.try_with(|recent| {
        if let Some(entry) = recent.borrow_mut().get_mut(place) {
            *entry = Some(named);
        }
    });
    named.parts()
}

fn keep(first: &str, second: &str) -> Option<&'static Named> {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(named) = find(&kept, first, second) {
        return Some(named);
    }
    if kept.len() >= MAX_KEPT || first.len() + second.len() > MAX_BYTES {
        return None;
    }
    let name: &'static str = Box::leak(format!("{first} {second}").into_boxed_str());
    let (first, second) = (name.get(..first.len())?, name.get(first.len() + 1..)?);
    let named: &'static Named = Box::leak(Box::new(Named { first, second, name }));
    kept.insert((first, second), named);
    Some(named)
}

/// A map with keys of any lifetime can be asked with keys of that lifetime.
fn find<'a>(kept: &Kept<'a>, first: &'a str, second: &'a str) -> Option<&'static Named> {
    kept.get(&(first, second)).copied()
}

impl Named {
    const fn parts(&self) -> Parts {
        (Cow::Borrowed(self.name), Cow::Borrowed(self.first), Cow::Borrowed(self.second))
    }
}

/// Cheap rather than good: routes of one service differ in length and at their ends, and so do
/// commands of one server.
pub(super) fn hash(first: &str, second: &str) -> usize {
    fn tail(text: &str, start: usize) -> usize {
        let bytes = text.as_bytes().iter().rev().take(8);
        bytes.fold(start, |hash, byte| hash.wrapping_mul(31).wrapping_add(usize::from(*byte)))
    }
    tail(second, tail(first, second.len() * 31 + first.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_time_nothing_is_built() {
        let (first, ..) = name("GET", "/interned/{id}");
        let (second, method, route) = name("GET", "/interned/{id}");
        assert_eq!((&*second, &*method, &*route), ("GET /interned/{id}", "GET", "/interned/{id}"));
        assert_eq!(first.as_ptr(), second.as_ptr());
        let (other, ..) = name("PUT", "/interned/{id}");
        assert_eq!(other, "PUT /interned/{id}");
        assert_eq!(text("db.test").as_ptr(), text("db.test").as_ptr());
        assert_eq!(text("db.test"), "db.test");
    }

    #[test]
    fn commands_of_one_server_have_places_of_their_own() {
        let commands = ["GET", "SET", "DEL", "TTL", "HGET", "HSET", "INCR", "MGET"];
        let mut places = commands.map(|name| hash(name, "cache.test:6379") % PER_THREAD);
        places.sort_unstable();
        assert!(places.windows(2).all(|pair| pair[0] != pair[1]), "{places:?}");
    }

    #[test]
    fn what_is_too_long_is_not_kept() {
        let (name, _, route) = name("GET", &"/x".repeat(MAX_BYTES));
        assert!(matches!(name, Cow::Owned(_)));
        assert!(matches!(route, Cow::Owned(_)));
        assert!(matches!(text(&"x".repeat(MAX_BYTES + 1)), Cow::Owned(_)));
    }
}
