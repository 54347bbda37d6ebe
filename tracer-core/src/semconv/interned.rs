//! Texts that are made once: a service has few routes and callers and many requests, a client few
//! servers and many commands.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::thread::LocalKey;

use super::authority;
use crate::fork;

/// Most pairs kept for the life of the process. What comes later is built each time, so that
/// somebody who uses paths as routes pays for it with time and not with memory.
const MAX_KEPT: usize = 1024;
/// Longest pair kept.
const MAX_BYTES: usize = 256;
/// What a thread remembers of each kind, each in the place its hash says.
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

/// `shop.test:8080`, taken apart.
#[derive(Clone, Copy, Debug)]
struct Server {
    authority: &'static str,
    host: &'static str,
    port: Option<u16>,
}

/// Maps cannot be made in a static: `None` until the first one comes.
type Table<T> = Mutex<Option<T>>;

static KEPT: Table<Kept<'static>> = Mutex::new(None);

type Memory<T> = RefCell<[Option<&'static T>; PER_THREAD]>;

thread_local! {
    static NAMES: Memory<Named> = const { RefCell::new([None; PER_THREAD]) };
    static TEXTS: Memory<str> = const { RefCell::new([None; PER_THREAD]) };
    static SERVERS: Memory<Server> = const { RefCell::new([None; PER_THREAD]) };
}

#[inline]
fn recall<T: ?Sized>(memory: &'static LocalKey<Memory<T>>, place: usize) -> Option<&'static T> {
    memory.try_with(|memory| *memory.borrow().get(place)?).ok().flatten()
}

/// A thread on its way out has no memory: nothing is lost but time.
fn remember<T: ?Sized>(memory: &'static LocalKey<Memory<T>>, place: usize, what: &'static T) {
    let _ = memory.try_with(|memory| {
        if let Some(entry) = memory.borrow_mut().get_mut(place) {
            *entry = Some(what);
        }
    });
}

/// A span's name, and its two words for the tags.
pub(super) fn name(first: &str, second: &str) -> Parts {
    let place = hash(first, second) % PER_THREAD;
    match recall(&NAMES, place) {
        Some(named) if named.second == second && named.first == first => named.parts(),
        _ => look_up(first, second, place),
    }
}

/// A text that will be wanted often: the name of a database, of a method, of a caller's program. In
/// a table of its own: many of them leave the room of routes and commands alone.
pub(super) fn text(text: &str) -> Cow<'static, str> {
    let place = hash(text, "") % PER_THREAD;
    match recall(&TEXTS, place) {
        Some(recent) if recent == text => Cow::Borrowed(recent),
        _ => look_up_text(text, place),
    }
}

/// The host and the port of a server's address, as [`authority::host_and_port`] has them.
pub(super) fn server(authority: &str) -> (Cow<'static, str>, Option<u16>) {
    let place = hash(authority, "") % PER_THREAD;
    match recall(&SERVERS, place) {
        Some(server) if server.authority == authority => (Cow::Borrowed(server.host), server.port),
        _ => look_up_server(authority, place),
    }
}

#[cold]
fn look_up_text(text: &str, place: usize) -> Cow<'static, str> {
    let Some(text) = keep_text(text) else { return Cow::Owned(text.to_owned()) };
    remember(&TEXTS, place, text);
    Cow::Borrowed(text)
}

fn keep_text(text: &str) -> Option<&'static str> {
    static KEPT: Table<HashSet<&'static str>> = Mutex::new(None);
    let mut kept = fork::lock(&KEPT)?;
    let kept = kept.get_or_insert_default();
    if let Some(text) = kept.get(text) {
        return Some(text);
    }
    if kept.len() >= MAX_KEPT || text.len() > MAX_BYTES {
        return None;
    }
    let text: &'static str = Box::leak(Box::from(text));
    kept.insert(text);
    Some(text)
}

#[cold]
fn look_up_server(authority: &str, place: usize) -> (Cow<'static, str>, Option<u16>) {
    let Some(server) = keep_server(authority) else {
        let (host, port) = authority::host_and_port(authority);
        return (Cow::Owned(host.to_owned()), port);
    };
    remember(&SERVERS, place, server);
    (Cow::Borrowed(server.host), server.port)
}

fn keep_server(authority: &str) -> Option<&'static Server> {
    static KEPT: Table<HashMap<&'static str, &'static Server>> = Mutex::new(None);
    let mut kept = fork::lock(&KEPT)?;
    let kept = kept.get_or_insert_default();
    if let Some(server) = kept.get(authority) {
        return Some(server);
    }
    // Credentials may be in it, and are kept for nobody's life.
    if kept.len() >= MAX_KEPT || authority.len() > MAX_BYTES || authority.contains('@') {
        return None;
    }
    let authority: &'static str = Box::leak(Box::from(authority));
    let (host, port) = authority::host_and_port(authority);
    let server = Box::leak(Box::new(Server { authority, host, port }));
    kept.insert(authority, server);
    Some(server)
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
    remember(&NAMES, place, named);
    named.parts()
}

fn keep(first: &str, second: &str) -> Option<&'static Named> {
    let mut kept = fork::lock(&KEPT)?;
    let kept = kept.get_or_insert_default();
    if let Some(named) = find(kept, first, second) {
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
    fn a_server_is_taken_apart_once() {
        for (authority, host, port) in [
            ("interned.test:8080", "interned.test", Some(8080)),
            ("interned.test", "interned.test", None),
            ("[::1]:81", "::1", Some(81)),
            ("", "", None),
        ] {
            let (first, second) = (server(authority), server(authority));
            assert_eq!((&*first.0, first.1), (host, port), "{authority}");
            assert_eq!((second.1, second.0.as_ptr()), (port, first.0.as_ptr()), "{authority}");
        }
        // Of what may hold a password nothing is kept.
        let (host, port) = server("u:hush@interned.test:1");
        assert!(matches!(&host, Cow::Owned(host) if host == "interned.test"));
        assert_eq!(port, Some(1));
        let long = "x".repeat(MAX_BYTES + 1);
        assert!(matches!(server(&long).0, Cow::Owned(host) if host == long));
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
