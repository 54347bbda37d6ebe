//! The keys of one database, and when they are gone.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::{Duration, Instant};

use super::reply::Refusal;

/// What a key holds.
#[derive(Debug)]
pub(super) enum Value {
    Text(Vec<u8>),
    Hash(BTreeMap<Vec<u8>, Vec<u8>>),
    List(VecDeque<Vec<u8>>),
}

#[derive(Debug)]
struct Entry {
    value: Value,
    expires: Option<Instant>,
}

/// Keys whose time is over are not there, whoever asks.
#[derive(Debug, Default)]
pub(super) struct Keyspace {
    entries: HashMap<Vec<u8>, Entry>,
}

impl Entry {
    fn is_over(&self) -> bool {
        self.expires.is_some_and(|expires| expires <= Instant::now())
    }
}

impl Keyspace {
    pub(super) fn get(&mut self, key: &[u8]) -> Option<&mut Value> {
        self.entry(key).map(|entry| &mut entry.value)
    }

    /// The text of a key; `None` where there is no such key.
    pub(super) fn text(&mut self, key: &[u8]) -> Result<Option<&Vec<u8>>, Refusal> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(_) => Err(Refusal::WrongType),
        }
    }

    /// The value of a key, made where there is none.
    pub(super) fn or_insert(&mut self, key: &[u8], new: fn() -> Value) -> &mut Value {
        self.forget_if_over(key);
        let new = || Entry { value: new(), expires: None };
        &mut self.entries.entry(key.to_vec()).or_insert_with(new).value
    }

    pub(super) fn set(&mut self, key: Vec<u8>, value: Vec<u8>, expires: Option<Instant>) {
        self.entries.insert(key, Entry { value: Value::Text(value), expires });
    }

    /// Whether there was one.
    pub(super) fn remove(&mut self, key: &[u8]) -> bool {
        self.entries.remove(key).is_some_and(|entry| !entry.is_over())
    }

    /// Whether there is such a key.
    pub(super) fn expire(&mut self, key: &[u8], at: Instant) -> bool {
        self.entry(key).map(|entry| entry.expires = Some(at)).is_some()
    }

    /// How long a key has; `None` within where it stays, `None` where there is no such key.
    pub(super) fn time_left(&mut self, key: &[u8]) -> Option<Option<Duration>> {
        let expires = self.entry(key)?.expires;
        Some(expires.map(|expires| expires.saturating_duration_since(Instant::now())))
    }

    /// In the order of their bytes.
    pub(super) fn keys(&mut self) -> Vec<&[u8]> {
        self.entries.retain(|_, entry| !entry.is_over());
        let mut keys: Vec<_> = self.entries.keys().map(Vec::as_slice).collect();
        keys.sort_unstable();
        keys
    }

    pub(super) fn clear(&mut self) {
        self.entries.clear();
    }

    fn entry(&mut self, key: &[u8]) -> Option<&mut Entry> {
        self.forget_if_over(key);
        self.entries.get_mut(key)
    }

    fn forget_if_over(&mut self, key: &[u8]) {
        if self.entries.get(key).is_some_and(Entry::is_over) {
            self.entries.remove(key);
        }
    }
}
