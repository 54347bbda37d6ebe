//! Span names that are made once: a service has few routes and many requests.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

/// Most pairs kept for the life of the process. What comes later is built each time, so that
/// somebody who uses paths as routes pays for it with time and not with memory.
const MAX_KEPT: usize = 1024;
/// Longest route kept.
const MAX_BYTES: usize = 256;
/// Pairs that a thread remembers, each in the place its hash says.
const PER_THREAD: usize = 64;

/// `GET /items/{id}`, and the parts it is made of.
#[derive(Debug)]
struct Named {
    method: &'static str,
    route: &'static str,
    name: &'static str,
}

static KEPT: LazyLock<Mutex<HashMap<(&'static str, &'static str), &'static Named>>> =
    LazyLock::new(Mutex::default);

thread_local! {
    static RECENT: RefCell<[Option<&'static Named>; PER_THREAD]> =
        const { RefCell::new([None; PER_THREAD]) };
}

/// The span's name and the route, for the tag.
pub(super) fn name_and_route(
    method: &'static str,
    route: &str,
) -> (Cow<'static, str>, Cow<'static, str>) {
    let place = hash(method, route) % PER_THREAD;
    let recent = RECENT.try_with(|recent| *recent.borrow().get(place)?).ok().flatten();
    match recent {
        Some(named) if named.route == route && named.method == method => {
            (Cow::Borrowed(named.name), Cow::Borrowed(named.route))
        }
        _ => look_up(method, route, place),
    }
}

#[cold]
fn look_up(
    method: &'static str,
    route: &str,
    place: usize,
) -> (Cow<'static, str>, Cow<'static, str>) {
    let Some(named) = keep(method, route) else {
        return (Cow::Owned(format!("{method} {route}")), Cow::Owned(route.to_owned()));
    };
    // A thread on its way out has no memory: nothing is lost but time.
    let _ = RECENT.try_with(|recent| {
        if let Some(entry) = recent.borrow_mut().get_mut(place) {
            *entry = Some(named);
        }
    });
    (Cow::Borrowed(named.name), Cow::Borrowed(named.route))
}

fn keep(method: &'static str, route: &str) -> Option<&'static Named> {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(named) = kept.get(&(method, route)) {
        return Some(named);
    }
    if kept.len() >= MAX_KEPT || route.len() > MAX_BYTES {
        return None;
    }
    let name: &'static str = Box::leak(format!("{method} {route}").into_boxed_str());
    let route = name.get(method.len() + 1..)?;
    let named: &'static Named = Box::leak(Box::new(Named { method, route, name }));
    kept.insert((method, route), named);
    Some(named)
}

/// Cheap rather than good: routes of one service differ in length and at their ends.
pub(super) fn hash(method: &str, route: &str) -> usize {
    let tail = route.as_bytes().iter().rev().take(8);
    tail.fold(route.len() * 31 + method.len(), |hash, byte| {
        hash.wrapping_mul(31).wrapping_add(usize::from(*byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_time_nothing_is_built() {
        let (first, _) = name_and_route("GET", "/interned/{id}");
        let (second, route) = name_and_route("GET", "/interned/{id}");
        assert_eq!((&*second, &*route), ("GET /interned/{id}", "/interned/{id}"));
        assert_eq!(first.as_ptr(), second.as_ptr());
        let (other, _) = name_and_route("PUT", "/interned/{id}");
        assert_eq!(other, "PUT /interned/{id}");
    }

    #[test]
    fn what_is_too_long_is_not_kept() {
        let (name, route) = name_and_route("GET", &"/x".repeat(MAX_BYTES));
        assert!(matches!(name, Cow::Owned(_)));
        assert!(matches!(route, Cow::Owned(_)));
    }
}
