//! Static names as numbers, so that a span's name fits into a word.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, TryLockError};

/// A static name's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NameId(pub(super) u32);

/// The names by their numbers. Read without a lock: the fork of a process whose threads were at it
/// has a reporter thread of its own to serve.
static LIST: [OnceLock<Box<[OnceLock<&'static str>]>>; CHUNKS] =
    [const { OnceLock::new() }; CHUNKS];
/// The numbers by the names. `None` until the first name comes: maps cannot be made in a static.
static NUMBERS: Mutex<Option<HashMap<&'static str, u32>>> = Mutex::new(None);

/// Names in the first part of the list; each part has twice as many as the one before it.
const FIRST: u32 = 64;
/// As many as there are numbers for.
const CHUNKS: usize = 27;

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
/// somebody else has the list, and that may be for ever: in the fork of a process of which another
/// thread was adding to it.
#[cold]
pub(super) fn intern(name: &'static str) -> Option<NameId> {
    let mut numbers = match NUMBERS.try_lock() {
        Ok(numbers) => numbers,
        Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        Err(TryLockError::WouldBlock) => return None,
    };
    let numbers = numbers.get_or_insert_default();
    if let Some(number) = numbers.get(name) {
        return Some(NameId(*number));
    }
    let number = u32::try_from(numbers.len()).ok()?;
    let (chunk, place) = whereabouts(number);
    let len = (FIRST as usize) << chunk;
    let names = LIST.get(chunk)?.get_or_init(|| (0..len).map(|_| OnceLock::new()).collect());
    names.get(place)?.set(name).ok()?;
    numbers.insert(name, number);
    Some(NameId(number))
}

/// The name of a number.
#[inline]
pub(super) fn name(id: NameId) -> &'static str {
    let (chunk, place) = whereabouts(id.0);
    let names = LIST.get(chunk).and_then(OnceLock::get);
    names.and_then(|names| names.get(place)?.get()).copied().unwrap_or_default()
}

/// Its part of the list, and its place in that.
#[inline]
const fn whereabouts(number: u32) -> (usize, usize) {
    let chunk = (number / FIRST + 1).ilog2();
    (chunk as usize, (number - FIRST * ((1 << chunk) - 1)) as usize)
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
        let text = |id| super::name(id);
        assert_eq!((text(long), text(short)), ("abcdef", "abc"));
        assert_eq!(get(LONG), Some(long));
        let empty = get("").unwrap();
        assert_eq!(text(empty), "");
    }

    #[test]
    fn every_number_has_a_place_of_its_own() {
        assert_eq!(
            [0, 63, 64, 191, 192, 447].map(whereabouts),
            [(0, 0), (0, 63), (1, 0), (1, 127), (2, 0), (2, 255)]
        );
        let (chunk, place) = whereabouts(u32::MAX);
        assert!(chunk < CHUNKS && place < (FIRST as usize) << chunk);
        assert_eq!(name(NameId(u32::MAX)), "", "nobody has it");
    }
}
