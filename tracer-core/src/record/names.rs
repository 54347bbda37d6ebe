//! Static names as numbers, so that a span's name fits into a word.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

/// A static name's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NameId(pub(super) u32);

static NAMES: RwLock<Names> = RwLock::new(Names { list: Vec::new(), numbers: None });

struct Names {
    list: Vec<&'static str>,
    /// `None` until the first name comes: maps cannot be made in a static.
    numbers: Option<HashMap<&'static str, u32>>,
}

/// Numbers looked up lately, by the names' addresses. One for each thread.
#[derive(Debug)]
pub(crate) struct NameCache([Entry; SIZE]);

const SIZE: usize = 256;

#[derive(Clone, Copy, Debug)]
struct Entry {
    address: usize,
    len: usize,
    id: NameId,
}

impl NameCache {
    pub(crate) const fn new() -> Self {
        Self([Entry { address: 0, len: 0, id: NameId(0) }; SIZE])
    }

    #[inline]
    pub(crate) fn get(&mut self, name: &'static str) -> NameId {
        let address = name.as_ptr().addr();
        let wanted = |entry: &Entry| entry.address == address && entry.len == name.len();
        // Two places for each name: two names that share one do not push each other out.
        let first = (address ^ (address >> 8)) % SIZE;
        if wanted(&self.0[first]) {
            return self.0[first].id;
        }
        let second = first ^ 1;
        if !wanted(&self.0[second]) {
            self.0[second] = Entry { address, len: name.len(), id: intern(name) };
        }
        // The latest comes first.
        self.0.swap(first, second);
        self.0[first].id
    }
}

/// The number of a name. A program has as many as it has different static strings.
#[cold]
pub(super) fn intern(name: &'static str) -> NameId {
    let known = NAMES.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(number) = known.numbers.as_ref().and_then(|numbers| numbers.get(name)) {
        return NameId(*number);
    }
    drop(known);
    let mut names = NAMES.write().unwrap_or_else(PoisonError::into_inner);
    let Names { list, numbers } = &mut *names;
    let number = numbers.get_or_insert_default().entry(name).or_insert_with(|| {
        list.push(name);
        u32::try_from(list.len() - 1).unwrap_or(u32::MAX)
    });
    NameId(*number)
}

pub(super) fn get(id: NameId) -> &'static str {
    let names = NAMES.read().unwrap_or_else(PoisonError::into_inner);
    names.list.get(id.0 as usize).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_share_an_address_are_told_apart() {
        static LONG: &str = "abcdef";
        let mut cache = NameCache::new();
        let (long, short) = (cache.get(LONG), cache.get(&LONG[..3]));
        assert_eq!((get(long), get(short)), ("abcdef", "abc"));
        assert_eq!(cache.get(LONG), long);
        assert_eq!(get(cache.get("")), "");
    }
}
