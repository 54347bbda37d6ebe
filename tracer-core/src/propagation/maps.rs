//! Maps and lists of strings as carriers.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;
use std::ops::ControlFlow;

use super::carrier::{Extract, Field, Inject, behind};
use super::raw::RawValue;

impl<S: BuildHasher> Extract for HashMap<String, String, S> {
    fn values<'a>(&'a self, field: &Field, each: &mut dyn FnMut(&'a [u8])) {
        // All of them: two that differ in case are two, as they are in every other carrier.
        matching(self.iter(), field, each);
    }

    fn prefixed<'a>(
        &'a self,
        prefix: &str,
        each: &mut dyn FnMut(&'a str, &'a [u8]) -> ControlFlow<()>,
    ) {
        prefixed(self.iter(), prefix, each);
    }
}

/// A map has one line for each name, whatever kind of map it is.
macro_rules! inject_into_map {
    ($([$($generics:tt)*] $map:ty),*) => {$(
        impl<$($generics)*> Inject for $map {
            fn set(&mut self, field: &Field, value: &str) {
                Inject::remove(self, field);
                self.insert(field.name.to_owned(), value.to_owned());
            }

            fn append_raw(&mut self, field: &Field, value: &RawValue) {
                if let Some(text) = value.as_str() {
                    join(self.entry(field.name.to_owned()).or_default(), text);
                }
            }

            fn remove(&mut self, field: &Field) {
                self.retain(|name, _| !name.eq_ignore_ascii_case(field.name));
            }

            fn set_prefixed(&mut self, prefix: &str, key: &str, value: &str) {
                self.insert(format!("{prefix}{key}"), value.to_owned());
            }

            fn remove_prefixed(&mut self, prefix: &str) {
                self.retain(|name, _| behind(name, prefix).is_none());
            }
        }
    )*};
}

inject_into_map! { [S: BuildHasher] HashMap<String, String, S>, [] BTreeMap<String, String> }

/// Adds a line to the only one that a name can have (RFC 9110, section 5.3).
fn join(line: &mut String, value: &str) {
    if !line.is_empty() {
        line.push(',');
    }
    line.push_str(value);
}

impl Extract for BTreeMap<String, String> {
    fn values<'a>(&'a self, field: &Field, each: &mut dyn FnMut(&'a [u8])) {
        matching(self.iter(), field, each);
    }

    fn prefixed<'a>(
        &'a self,
        prefix: &str,
        each: &mut dyn FnMut(&'a str, &'a [u8]) -> ControlFlow<()>,
    ) {
        prefixed(self.iter(), prefix, each);
    }
}

impl<K: AsRef<str>, V: AsRef<[u8]>> Extract for [(K, V)] {
    fn values<'a>(&'a self, field: &Field, each: &mut dyn FnMut(&'a [u8])) {
        matching(self.iter().map(|(name, value)| (name, value)), field, each);
    }

    fn prefixed<'a>(
        &'a self,
        prefix: &str,
        each: &mut dyn FnMut(&'a str, &'a [u8]) -> ControlFlow<()>,
    ) {
        prefixed(self.iter().map(|(name, value)| (name, value)), prefix, each);
    }
}

/// `tracer.extract` takes carriers that have a size: a reference has one.
impl<K: AsRef<str>, V: AsRef<[u8]>> Extract for &[(K, V)] {
    fn values<'a>(&'a self, field: &Field, each: &mut dyn FnMut(&'a [u8])) {
        (**self).values(field, each);
    }

    fn prefixed<'a>(
        &'a self,
        prefix: &str,
        each: &mut dyn FnMut(&'a str, &'a [u8]) -> ControlFlow<()>,
    ) {
        (**self).prefixed(prefix, each);
    }
}

impl<K: AsRef<str>, V: AsRef<[u8]>, const N: usize> Extract for [(K, V); N] {
    fn values<'a>(&'a self, field: &Field, each: &mut dyn FnMut(&'a [u8])) {
        self.as_slice().values(field, each);
    }

    fn prefixed<'a>(
        &'a self,
        prefix: &str,
        each: &mut dyn FnMut(&'a str, &'a [u8]) -> ControlFlow<()>,
    ) {
        self.as_slice().prefixed(prefix, each);
    }
}

impl<K: AsRef<str>, V: AsRef<[u8]>> Extract for Vec<(K, V)> {
    fn values<'a>(&'a self, field: &Field, each: &mut dyn FnMut(&'a [u8])) {
        self.as_slice().values(field, each);
    }

    fn prefixed<'a>(
        &'a self,
        prefix: &str,
        each: &mut dyn FnMut(&'a str, &'a [u8]) -> ControlFlow<()>,
    ) {
        self.as_slice().prefixed(prefix, each);
    }
}

impl Inject for Vec<(String, String)> {
    fn set(&mut self, field: &Field, value: &str) {
        Inject::remove(self, field);
        self.push((field.name.to_owned(), value.to_owned()));
    }

    fn append_raw(&mut self, field: &Field, value: &RawValue) {
        if let Some(text) = value.as_str() {
            self.push((field.name.to_owned(), text.to_owned()));
        }
    }

    fn remove(&mut self, field: &Field) {
        self.retain(|(name, _)| !name.eq_ignore_ascii_case(field.name));
    }

    fn set_prefixed(&mut self, prefix: &str, key: &str, value: &str) {
        self.push((format!("{prefix}{key}"), value.to_owned()));
    }

    fn remove_prefixed(&mut self, prefix: &str) {
        self.retain(|(name, _)| behind(name, prefix).is_none());
    }
}

fn matching<'a, K: AsRef<str> + 'a, V: AsRef<[u8]> + 'a>(
    pairs: impl Iterator<Item = (&'a K, &'a V)>,
    field: &Field,
    each: &mut dyn FnMut(&'a [u8]),
) {
    for (name, value) in pairs {
        if name.as_ref().eq_ignore_ascii_case(field.name) {
            each(value.as_ref());
        }
    }
}

fn prefixed<'a, K: AsRef<str> + 'a, V: AsRef<[u8]> + 'a>(
    pairs: impl Iterator<Item = (&'a K, &'a V)>,
    prefix: &str,
    each: &mut dyn FnMut(&'a str, &'a [u8]) -> ControlFlow<()>,
) {
    for (name, value) in pairs {
        if let Some(rest) = behind(name.as_ref(), prefix)
            && each(rest, value.as_ref()).is_break()
        {
            return;
        }
    }
}
