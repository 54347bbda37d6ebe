//! Trace and span ids.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::num::{NonZeroU64, NonZeroU128};
use std::time::SystemTime;

use crate::fork;

/// A W3C trace id: 128 bits, never zero. Prints as 32 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TraceId(NonZeroU128);

/// A W3C span id (`parent-id` on the wire): 64 bits, never zero. Prints as 16 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SpanId(NonZeroU64);

impl TraceId {
    /// The id with this value, or `None` for zero, which the W3C forbids.
    #[must_use]
    pub const fn from_u128(value: u128) -> Option<Self> {
        match NonZeroU128::new(value) {
            Some(id) => Some(Self(id)),
            None => None,
        }
    }

    /// The id out of its halves, the high one first.
    pub(crate) const fn from_words([high, low]: [u64; 2]) -> Option<Self> {
        Self::from_u128(((high as u128) << 64) | low as u128)
    }

    /// Its halves, the high one first.
    pub(crate) const fn to_words(self) -> [u64; 2] {
        let number = self.to_u128();
        [(number >> 64) as u64, number as u64]
    }

    /// The id as a number.
    #[must_use]
    pub const fn to_u128(self) -> u128 {
        self.0.get()
    }

    /// The id as it goes over OTLP: 16 bytes, big-endian.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.get().to_be_bytes()
    }
}

impl SpanId {
    /// The id with this value, or `None` for zero, which the W3C forbids.
    #[must_use]
    pub const fn from_u64(value: u64) -> Option<Self> {
        match NonZeroU64::new(value) {
            Some(id) => Some(Self(id)),
            None => None,
        }
    }

    /// The id as a number.
    #[must_use]
    pub const fn to_u64(self) -> u64 {
        self.0.get()
    }

    /// The id as it goes over OTLP: 8 bytes, big-endian.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 8] {
        self.0.get().to_be_bytes()
    }
}

/// Makes ids, one for each thread. The generator has 64 bits of state; the salt keeps two threads
/// of the world that come past the same state from making the same trace id.
#[derive(Debug)]
pub(crate) struct IdSource {
    rng: fastrand::Rng,
    salt: u128,
    /// A fork has its parent's generators, and they would make its parent's ids.
    process: u32,
}

impl IdSource {
    /// Seeded by the operating system, through the standard library's hash keys. A fork has the
    /// same keys: hence process and time.
    pub(crate) fn new() -> Self {
        let here = (std::process::id(), SystemTime::now());
        let random = || RandomState::new().hash_one(here);
        Self {
            rng: fastrand::Rng::with_seed(random()),
            salt: (u128::from(random()) << 64) | u128::from(random()),
            process: fork::latest(),
        }
    }

    #[cold]
    fn begin_anew(&mut self) {
        *self = Self::new();
    }

    #[inline]
    pub(crate) fn trace_id(&mut self) -> TraceId {
        if self.process != fork::latest() {
            self.begin_anew();
        }
        // Zero has one chance in 2^128; the loop is there so that "never" means never.
        loop {
            let value = (u128::from(self.rng.u64(..)) << 64) | u128::from(self.rng.u64(..));
            if let Some(id) = TraceId::from_u128(value ^ self.salt) {
                return id;
            }
        }
    }

    #[inline]
    pub(crate) fn span_id(&mut self) -> SpanId {
        loop {
            if let Some(id) = SpanId::from_u64(self.rng.u64(..)) {
                return id;
            }
        }
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_no_id_and_printing_pads() {
        assert_eq!(TraceId::from_u128(0), None);
        assert_eq!(SpanId::from_u64(0), None);
        assert_eq!(
            TraceId::from_u128(0xab).map(|id| id.to_string()).as_deref(),
            Some("000000000000000000000000000000ab")
        );
        assert_eq!(
            SpanId::from_u64(1 << 63).map(|id| id.to_string()).as_deref(),
            Some("8000000000000000")
        );
    }

    #[test]
    fn random_ids_fill_both_halves() {
        let mut ids = IdSource::new();
        let (mut high, mut low) = (0u64, 0u64);
        for _ in 0..64 {
            let id = ids.trace_id().to_u128();
            high |= (id >> 64) as u64;
            low |= id as u64;
        }
        assert_eq!((high, low), (u64::MAX, u64::MAX));
    }
}
