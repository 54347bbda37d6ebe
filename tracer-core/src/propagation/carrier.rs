//! What a context is read from and written to.

use std::fmt;
use std::ops::ControlFlow;

use super::raw::RawValue;
use crate::baggage::MAX_BYTES;

/// The name of a field, ready for every carrier. Lower case.
#[derive(Clone)]
pub struct Field {
    pub(super) name: &'static str,
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
        // What is too long is refused, and copied no further than it takes to see that.
        self.values(field, &mut |value| {
            each(RawValue::from_bytes(value.get(..=MAX_BYTES).unwrap_or(value)));
        });
    }

    /// Calls `each` with every pair whose name begins with `prefix`, which is lower case: the rest
    /// of the name, as the carrier spells it, and the value. Ends early where `each` says so. For
    /// the formats that have a field for each item of the baggage; the default, for carriers that
    /// cannot list their names, finds nothing.
    fn prefixed<'a>(
        &'a self,
        prefix: &str,
        each: &mut dyn FnMut(&'a str, &'a [u8]) -> ControlFlow<()>,
    ) {
        let _ = (prefix, each);
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

    /// Sets a field whose name is `prefix` and `key` (ASCII letters, digits, `-`, `_` and `.`; 255
    /// bytes at most, both together), for the formats that have a field for each item of the
    /// baggage. The value has no control characters, and from formats for HTTP it is printable
    /// ASCII; carriers that cannot hold it leave it out. The default, for carriers whose names are
    /// fixed, leaves out all.
    fn set_prefixed(&mut self, prefix: &str, key: &str, value: &str) {
        let _ = (prefix, key, value);
    }

    /// Adds one such field as it was received. Carriers that cannot hold it leave it out. By
    /// default the last one of a name is kept.
    fn append_raw_prefixed(&mut self, prefix: &str, key: &str, value: &RawValue) {
        if let Some(text) = value.as_str() {
            self.set_prefixed(prefix, key, text);
        }
    }

    /// Removes every field whose name begins with `prefix`, which is lower case.
    fn remove_prefixed(&mut self, prefix: &str) {
        let _ = prefix;
    }
}

/// What comes behind `prefix` in this name, whatever its case.
pub(super) fn behind<'a>(name: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = name.split_at_checked(prefix.len())?;
    (head.eq_ignore_ascii_case(prefix) && !rest.is_empty()).then_some(rest)
}
