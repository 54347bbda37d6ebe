//! A caller's values, kept as they arrived.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::carrier::{Extract, Field, Inject};
use super::hosts::is_baggage;
use super::trace_context::TRACESTATE;
use super::{ExtractError, Propagator, Reach, remove_all};
use crate::baggage::{Baggage, MAX_BYTES, MAX_MEMBERS};
use crate::context::SpanContext;
use crate::tracestate;
use crate::trust::Trust;

/// Most values kept of one message, over all fields: some formats have one for each member.
const MAX_VALUES: usize = MAX_MEMBERS + 16;
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
    entries: Vec<(Name, RawValue)>,
    propagator: Arc<dyn Propagator>,
    trust: Trust,
}

/// Where a value was.
#[derive(Clone, Debug)]
enum Name {
    Field(&'static Field),
    /// A prefix of the format's, and what came behind it.
    Prefixed(&'static str, Box<str>),
}

impl RawContext {
    /// Takes the values of a format's fields; `None` where the carrier has none of them.
    pub(crate) fn capture(
        propagator: &Arc<dyn Propagator>,
        trust: Trust,
        carrier: &(impl Extract + ?Sized),
    ) -> Option<Self> {
        if !trust.hands_on() {
            return None;
        }
        let mut taken = Taken::default();
        // Ids before baggage: however much of it there is, they have room.
        let ids = propagator.fields().iter().filter(|field| !is_baggage(&**propagator, field));
        for field in ids.chain(propagator.baggage_fields()) {
            let (before, mut all) = (taken.mark(), true);
            // An empty line of a list says nothing; of anything else it is one line too many.
            let is_list = field.name() == TRACESTATE.name() || is_baggage(&**propagator, field);
            carrier.raw_values(field, &mut |value| {
                if !(is_list && value.as_bytes().is_empty()) {
                    all &= taken.take(0, value, || Name::Field(field));
                }
            });
            // Ids and their like are all there or not at all: what is left of them says something
            // else. Of baggage whole lines are kept.
            if !all && !is_baggage(&**propagator, field) {
                taken.back_to(before);
            }
        }
        for prefix in propagator.prefixes() {
            carrier.prefixed(prefix, &mut |key, value| {
                if taken.entries.len() == MAX_VALUES || taken.bytes == MAX_TOTAL {
                    return ControlFlow::Break(());
                }
                if value.len() <= MAX_BYTES.min(MAX_TOTAL - taken.bytes) {
                    let name = || Name::Prefixed(prefix, key.into());
                    taken.take(prefix.len() + key.len(), RawValue::from_bytes(value), name);
                }
                ControlFlow::Continue(())
            });
        }
        if taken.entries.is_empty() {
            return None;
        }
        Some(Self { entries: taken.entries, propagator: Arc::clone(propagator), trust })
    }

    /// What the values mean, by the format they were taken with.
    #[must_use]
    pub fn parse(&self) -> Option<SpanContext> {
        match self.extract() {
            Ok(context) => Some(self.trust.of(context)),
            Err(error) => Some(self.trust.of(error.into_rest())).filter(|rest| !rest.is_empty()),
        }
    }

    pub(crate) fn extract(&self) -> Result<SpanContext, ExtractError> {
        self.propagator.extract(self)
    }

    pub(crate) const fn trust(&self) -> Trust {
        self.trust
    }

    pub(crate) fn baggage(&self) -> Baggage {
        self.parse().map(|context| context.baggage()).unwrap_or_default()
    }

    /// Writes the values as they were.
    pub fn inject(&self, carrier: &mut (impl Inject + ?Sized)) {
        self.inject_within(Reach::ALL, carrier);
    }

    pub(crate) fn inject_within(&self, reach: Reach, carrier: &mut (impl Inject + ?Sized)) {
        remove_all(&*self.propagator, carrier);
        for (name, value) in &self.entries {
            match name {
                Name::Field(field) if reach.allows(&*self.propagator, field) => {
                    carrier.append_raw(field, value);
                }
                Name::Prefixed(prefix, key) if reach.baggage => {
                    carrier.append_raw_prefixed(prefix, key, value);
                }
                Name::Field(_) | Name::Prefixed(..) => {}
            }
        }
    }
}

/// What has been taken of a message, within its limits.
#[derive(Default)]
struct Taken {
    entries: Vec<(Name, RawValue)>,
    bytes: usize,
}

impl Taken {
    /// False where it does not fit, or there is nothing in it.
    fn take(&mut self, name_bytes: usize, value: RawValue, name: impl FnOnce() -> Name) -> bool {
        let size = value.as_bytes().len();
        let fits = (1..=MAX_BYTES).contains(&size)
            && self.entries.len() < MAX_VALUES
            && self.bytes + name_bytes + size <= MAX_TOTAL;
        if fits {
            self.bytes += name_bytes + size;
            self.entries.push((name(), value));
        }
        fits
    }

    const fn mark(&self) -> (usize, usize) {
        (self.entries.len(), self.bytes)
    }

    fn back_to(&mut self, (entries, bytes): (usize, usize)) {
        self.entries.truncate(entries);
        self.bytes = bytes;
    }
}

impl Extract for RawContext {
    fn values<'a>(&'a self, field: &Field, each: &mut dyn FnMut(&'a [u8])) {
        for (name, value) in &self.entries {
            if matches!(name, Name::Field(own) if own.name() == field.name()) {
                each(value.as_bytes());
            }
        }
    }

    fn prefixed<'a>(
        &'a self,
        prefix: &str,
        each: &mut dyn FnMut(&'a str, &'a [u8]) -> ControlFlow<()>,
    ) {
        for (name, value) in &self.entries {
            if let Name::Prefixed(own, key) = name
                && *own == prefix
                && each(key, value.as_bytes()).is_break()
            {
                return;
            }
        }
    }
}

impl fmt::Debug for RawContext {
    /// The fields' names: values are the caller's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.entries.iter().map(|(name, _)| name)).finish()
    }
}

impl fmt::Debug for RawValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawValue({} bytes)", self.as_bytes().len())
    }
}
