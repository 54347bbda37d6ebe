//! The carriers in which everything is tried.

use std::collections::{BTreeMap, HashMap};

use crate::propagation::{Extract, Inject};

/// A carrier that can be looked through.
pub(super) trait Carrier: Extract + Inject + Default + Clone {
    const NAME: &'static str;

    /// Adds a field that is none of the format's.
    fn put(&mut self, name: &'static str, value: &'static str);

    /// Names and values, sorted.
    fn pairs(&self) -> Vec<(String, Vec<u8>)>;
}

impl Carrier for HashMap<String, String> {
    const NAME: &'static str = "a map of strings";

    fn put(&mut self, name: &'static str, value: &'static str) {
        self.insert(name.to_owned(), value.to_owned());
    }

    fn pairs(&self) -> Vec<(String, Vec<u8>)> {
        sorted(self.iter().map(|(name, value)| (name.as_str(), value.as_bytes())))
    }
}

impl Carrier for BTreeMap<String, String> {
    const NAME: &'static str = "a sorted map of strings";

    fn put(&mut self, name: &'static str, value: &'static str) {
        self.insert(name.to_owned(), value.to_owned());
    }

    fn pairs(&self) -> Vec<(String, Vec<u8>)> {
        sorted(self.iter().map(|(name, value)| (name.as_str(), value.as_bytes())))
    }
}

impl Carrier for Vec<(String, String)> {
    const NAME: &'static str = "a list of pairs";

    fn put(&mut self, name: &'static str, value: &'static str) {
        self.push((name.to_owned(), value.to_owned()));
    }

    fn pairs(&self) -> Vec<(String, Vec<u8>)> {
        sorted(self.iter().map(|(name, value)| (name.as_str(), value.as_bytes())))
    }
}

#[cfg(feature = "http")]
impl Carrier for http::HeaderMap {
    const NAME: &'static str = "a header map";

    fn put(&mut self, name: &'static str, value: &'static str) {
        self.append(name, http::HeaderValue::from_static(value));
    }

    fn pairs(&self) -> Vec<(String, Vec<u8>)> {
        sorted(self.iter().map(|(name, value)| (name.as_str(), value.as_bytes())))
    }
}

fn sorted<'a>(pairs: impl Iterator<Item = (&'a str, &'a [u8])>) -> Vec<(String, Vec<u8>)> {
    let mut pairs: Vec<_> = pairs.map(|(name, value)| (name.to_owned(), value.to_vec())).collect();
    pairs.sort();
    pairs
}
