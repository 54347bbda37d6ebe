//! What a context is read from and written to.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::hash::BuildHasher;

use super::raw::RawValue;

/// The name of a field, ready for every carrier. Lower case.
#[derive(Clone)]
pub struct Field {
    name: &'static str,
    #[cfg(feature = "http")]
    header: http::HeaderName,
}

impl Field {
    /// A field's name. Panics at compile time (in a `static`) if it is not lower-case ASCII.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            #[cfg(feature = "http")]
            header: http::HeaderName::from_static(name),
        }
    }

    /// The name, lower case.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The same as a header's name.
    #[cfg(feature = "http")]
    #[must_use]
    pub const fn header(&self) -> &http::HeaderName {
        &self.header
    }
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// A carrier that a context can be read from.
///
/// Implemented for `http::HeaderMap` (feature `http`), for maps of strings, and for slices, arrays
/// and vectors of pairs. Names compare without regard to case.
///
/// ```
/// use tracer_core::propagation::{Extract, Field};
///
/// /// Some protocol's own list of attributes.
/// struct Attributes(Vec<(String, Vec<u8>)>);
///
/// impl Extract for Attributes {
///     fn values<'a>(&'a self, field: &Field, each: &mut dyn FnMut(&'a [u8])) {
///         for (name, value) in &self.0 {
///             if name.eq_ignore_ascii_case(field.name()) {
///                 each(value);
///             }
///         }
///     }
/// }
/// ```
pub trait Extract {
    /// Calls `each` with every value under this name, in order.
    fn values<'a>(&'a self, field: &Field, each: &mut dyn FnMut(&'a [u8]));

    /// The same for values to be kept as they are. Carriers with cheaply cloned values override
    /// this.
    fn raw_values(&self, field: &Field, each: &mut dyn FnMut(RawValue)) {
        self.values(field, &mut |value| each(RawValue::from_bytes(value)));
    }
}

/// A carrier that a context can be written to.
pub trait Inject {
    /// Sets a field, replacing every value under its name. What is passed in is printable ASCII.
    fn set(&mut self, field: &Field, value: &str);

    /// Adds one value as it was received. Carriers that cannot hold it leave it out. The default
    /// keeps the last value: a carrier that has room for one only joins them by commas, which is
    /// what several lines of one header mean.
    fn append_raw(&mut self, field: &Field, value: &RawValue) {
        if let Some(text) = value.as_str() {
            self.set(field, text);
        }
    }

    /// Removes every value under this name.
    fn remove(&mut self, field: &Field);
}

impl<S: BuildHasher> Extract for HashMap<String, String, S> {
    fn values<'a>(&'a self, field: &Field, each: &mut dyn FnMut(&'a [u8])) {
        // The exact name first: it is nearly always there.
        if let Some(value) = self.get(field.name) {
            each(value.as_bytes());
            return;
        }
        matching(self.iter(), field, each);
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
}

impl<K: AsRef<str>, V: AsRef<[u8]>> Extract for [(K, V)] {
    fn values<'a>(&'a self, field: &Field, each: &mut dyn FnMut(&'a [u8])) {
        matching(self.iter().map(|(name, value)| (name, value)), field, each);
    }
}

/// `tracer.extract` takes carriers that have a size: a reference has one.
impl<K: AsRef<str>, V: AsRef<[u8]>> Extract for &[(K, V)] {
    fn values<'a>(&'a self, field: &Field, each: &mut dyn FnMut(&'a [u8])) {
        (**self).values(field, each);
    }
}

impl<K: AsRef<str>, V: AsRef<[u8]>, const N: usize> Extract for [(K, V); N] {
    fn values<'a>(&'a self, field: &Field, each: &mut dyn FnMut(&'a [u8])) {
        self.as_slice().values(field, each);
    }
}

impl<K: AsRef<str>, V: AsRef<[u8]>> Extract for Vec<(K, V)> {
    fn values<'a>(&'a self, field: &Field, each: &mut dyn FnMut(&'a [u8])) {
        self.as_slice().values(field, each);
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
