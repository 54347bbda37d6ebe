//! Carriers by which several formats share one message.

use super::carrier::{Field, Inject};
use super::raw::RawValue;

/// A carrier to which formats add what they have, one after the other. It has been cleared before:
/// what one of them takes for another context's may be what the one before it has just written.
pub(super) struct Adding<'a>(pub(super) &'a mut dyn Inject);

impl Inject for Adding<'_> {
    fn set(&mut self, field: &Field, value: &str) {
        self.0.set(field, value);
    }

    fn append_raw(&mut self, field: &Field, value: &RawValue) {
        self.0.append_raw(field, value);
    }

    fn remove(&mut self, _: &Field) {}

    fn set_prefixed(&mut self, prefix: &str, key: &str, value: &str) {
        self.0.set_prefixed(prefix, key, value);
    }

    fn append_raw_prefixed(&mut self, prefix: &str, key: &str, value: &RawValue) {
        self.0.append_raw_prefixed(prefix, key, value);
    }

    fn remove_prefixed(&mut self, _: &str) {}
}

/// What a field costs beside its name and its value, where that is counted (RFC 9113, section
/// 6.5.2).
const FIELD_OVERHEAD: usize = 32;

/// A carrier that counts what a member of the baggage takes, in all of its fields.
pub(super) struct Weighing<'a> {
    pub(super) baggage_fields: &'a [&'static Field],
    pub(super) bytes: usize,
}

impl Inject for Weighing<'_> {
    fn set(&mut self, field: &Field, value: &str) {
        if self.baggage_fields.iter().any(|own| own.name() == field.name()) {
            // Lists: the field is there once, and a comma behind each member.
            self.bytes += value.len() + 1;
        }
    }

    fn remove(&mut self, _: &Field) {}

    fn set_prefixed(&mut self, prefix: &str, key: &str, value: &str) {
        self.bytes += prefix.len() + key.len() + value.len() + FIELD_OVERHEAD;
    }
}
