//! Static names as numbers, so that a span's name fits into a word.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, TryLockError};

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

    /// `None` where a name is new and its number is not to be had just now: nobody waits for that.
    #[inline]
    pub(crate) fn get(&mut self, name: &'static str) -> Option<NameId> {
        let address = name.as_ptr().addr();
        let wanted = |entry: &Entry| entry.address == address && entry.len == name.len();
        // Two places for each name: two names that share one do not push each other out.
        let first = (address ^ (address >> 8)) % SIZE;
        if wanted(&self.0[first]) {
            return Some(self.0[first].id);
        }
        let second = first ^ 1;
        if !wanted(&self.0[second]) {
            self.0[second] = Entry { address, len: name.len(), id: intern(name)? };
        }
        // The latest comes first.
        self.0.swap(first, second);
        Some(self.0[first].id)
    }
}

/// The number of a name. A program has as many as it has different static strings. `None` while
/// somebody else has the list, and that may be for ever: in the fork of a process whose reporter
/// thread was reading it.
#[cold]
pub(super) fn intern(name: &'static str) -> Option<NameId> {
    let mut names = match NAMES.try_write() {
        Ok(names) => names,
        Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        Err(TryLockError::WouldBlock) => return None,
    };
    let Names { list, numbers } = &mut *names;
    let number = numbers.get_or_insert_default().entry(name).or_insert_with(|| {
        list.push(name);
        u32::try_from(list.len() - 1).unwrap_or(u32::MAX)
    });
    Some(NameId(*number))
}

/// All names, to look several up. Nobody can add one meanwhile.
pub(super) struct All(RwLockReadGuard<'static, Names>);

pub(super) fn all() -> All {
    All(NAMES.read().unwrap_or_else(PoisonError::into_inner))
}

impl All {
    #[inline]
    pub(super) fn get(&self, id: NameId) -> &'static str {
        self.0.list.get(id.0 as usize).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::unwrap_used, reason = "a test may fail")]
    fn names_that_share_an_address_are_told_apart() {
        static LONG: &str = "abcdef";
        let mut cache = NameCache::new();
        // Another test may have the list.
        let mut get = |name| std::iter::repeat_with(|| cache.get(name)).flatten().next();
        let (long, short) = (get(LONG).unwrap(), get(&LONG[..3]).unwrap());
        let text = |id| all().get(id);
        assert_eq!((text(long), text(short)), ("abcdef", "abc"));
        assert_eq!(get(LONG), Some(long));
        let empty = get("").unwrap();
        assert_eq!(text(empty), "");
    }
}
