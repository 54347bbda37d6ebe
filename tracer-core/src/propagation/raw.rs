//! A caller's values, kept as they arrived.

use std::fmt;
use std::sync::Arc;

use super::Propagator;
use super::carrier::{Extract, Field, Inject};
use crate::baggage::{Baggage, MAX_BYTES};
use crate::context::SpanContext;
use crate::tracestate;

/// Most values kept of one message, over all fields.
const MAX_VALUES: usize = 64;
/// Most bytes kept of one message: a full baggage, a full tracestate, and ids. Well below the
/// 16 KiB of headers that HTTP/2 servers take by default: what one side hands on unread must not
/// make the next side refuse the request.
const MAX_TOTAL: usize = MAX_BYTES + tracestate::MAX_BYTES + 512;

/// One value of one field, byte for byte.
#[derive(Clone)]
pub struct RawValue(Repr);

#[derive(Clone)]
enum Repr {
    Bytes(Box<[u8]>),
    #[cfg(feature = "http")]
    Header(http::HeaderValue),
}

impl RawValue {
    /// A copy of these bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(Repr::Bytes(bytes.into()))
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Repr::Bytes(bytes) => bytes,
            #[cfg(feature = "http")]
            Repr::Header(value) => value.as_bytes(),
        }
    }

    /// The bytes as text without control characters, if they are that.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        let text = std::str::from_utf8(self.as_bytes()).ok()?;
        (!text.chars().any(char::is_control)).then_some(text)
    }

    #[cfg(feature = "http")]
    pub(super) fn to_header(&self) -> Option<http::HeaderValue> {
        match &self.0 {
            Repr::Bytes(bytes) => http::HeaderValue::from_bytes(bytes).ok(),
            Repr::Header(value) => Some(value.clone()),
        }
    }
}

#[cfg(feature = "http")]
impl From<http::HeaderValue> for RawValue {
    fn from(value: http::HeaderValue) -> Self {
        Self(Repr::Header(value))
    }
}

/// A caller's values as they arrived, for handing on while tracing is off: nothing is parsed, only
/// the size is limited. Parsed on demand, when someone reads baggage or tracing comes back on.
#[derive(Clone)]
pub struct RawContext {
    entries: Vec<(&'static Field, RawValue)>,
    propagator: Arc<dyn Propagator>,
}

impl RawContext {
    /// Takes the values of a format's fields; `None` where the carrier has none of them.
    pub(crate) fn capture(
        propagator: &Arc<dyn Propagator>,
        carrier: &(impl Extract + ?Sized),
    ) -> Option<Self> {
        let mut entries = Vec::new();
        let mut bytes = 0;
        for field in propagator.fields() {
            carrier.raw_values(field, &mut |value| {
                let size = value.as_bytes().len();
                if (1..=MAX_BYTES).contains(&size)
                    && entries.len() < MAX_VALUES
                    && bytes + size <= MAX_TOTAL
                {
                    bytes += size;
                    entries.push((*field, value));
                }
            });
        }
        if entries.is_empty() {
            return None;
        }
        Some(Self { entries, propagator: Arc::clone(propagator) })
    }

    /// What the values mean, by the format they were taken with.
    #[must_use]
    pub fn parse(&self) -> Option<SpanContext> {
        self.propagator.extract(self)
    }

    pub(crate) fn baggage(&self) -> Baggage {
        self.parse().map(|context| context.baggage()).unwrap_or_default()
    }

    /// Writes the values as they were.
    pub fn inject(&self, carrier: &mut (impl Inject + ?Sized)) {
        for field in self.propagator.fields() {
            carrier.remove(field);
        }
        for (field, value) in &self.entries {
            carrier.append_raw(field, value);
        }
    }
}

impl Extract for RawContext {
    fn values<'a>(&'a self, field: &Field, each: &mut dyn FnMut(&'a [u8])) {
        for (_, value) in self.entries.iter().filter(|(name, _)| name.name() == field.name()) {
            each(value.as_bytes());
        }
    }
}

impl fmt::Debug for RawContext {
    /// The fields' names: values are the caller's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.entries.iter().map(|(field, _)| field)).finish()
    }
}

impl fmt::Debug for RawValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawValue({} bytes)", self.as_bytes().len())
    }
}
