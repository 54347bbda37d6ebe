//! Baggage that has a field for each of its items, whose name ends in the item's key.

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::budget::Budget;
use super::carrier::{Extract, Inject};
use super::percent;
use crate::baggage::{Baggage, MAX_BYTES};
use crate::context::SpanContext;

/// How such a format writes its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Values {
    /// Percent-encoded, and keys in lower case: for HTTP, where names have no case.
    Http,
    /// As they are.
    Text,
}

impl Values {
    /// A value as it is on the wire; `None` where that is malformed.
    pub(super) fn read(self, wire: &[u8]) -> Option<String> {
        let wire = std::str::from_utf8(wire).ok()?;
        match self {
            // A header has no control characters.
            Self::Http if wire.contains(|char: char| char.is_ascii_control() && char != '\t') => {
                None
            }
            Self::Http => percent::decode_query(wire.trim_matches([' ', '\t'])),
            Self::Text => Some(wire.to_owned()),
        }
    }

    /// What goes onto the wire; `None` for what must not: nothing empty, nor a raw control
    /// character.
    pub(super) fn write(self, value: &str) -> Option<Cow<'_, str>> {
        match self {
            _ if value.is_empty() => None,
            Self::Http => Some(percent::encode_query(value)),
            Self::Text => (!value.contains(char::is_control)).then_some(Cow::Borrowed(value)),
        }
    }

    fn key(self, key: &str) -> Cow<'_, str> {
        match self {
            Self::Http if key.bytes().any(|byte| byte.is_ascii_uppercase()) => {
                Cow::Owned(key.to_ascii_lowercase())
            }
            Self::Http | Self::Text => Cow::Borrowed(key),
        }
    }
}

/// Reads the items of one prefix, as far as the budget goes.
pub(super) fn extract(
    carrier: &dyn Extract,
    prefix: &str,
    values: Values,
    budget: &mut Budget,
    baggage: &mut Baggage,
) {
    carrier.prefixed(prefix, &mut |key, wire| {
        // Length first: what is over the limit is not looked at.
        if wire.len() > MAX_BYTES {
            return ControlFlow::Continue(());
        }
        if baggage.is_full() || budget.is_spent() {
            return ControlFlow::Break(());
        }
        if !budget.take(prefix.len() + key.len() + wire.len()) {
            budget.end();
            return ControlFlow::Break(());
        }
        if let Some(value) = values.read(wire) {
            baggage.set(&values.key(key), &value);
        }
        ControlFlow::Continue(())
    });
}

/// Writes the items, whole ones only, as far as the budget goes.
pub(super) fn inject(
    context: &SpanContext,
    prefix: &str,
    values: Values,
    carrier: &mut dyn Inject,
) {
    carrier.remove_prefixed(prefix);
    let Some(ext) = context.ext() else { return };
    let mut budget = Budget::new();
    let mut written: Vec<Cow<'_, str>> = Vec::new();
    for (key, value) in ext.baggage.iter() {
        let key = values.key(key);
        // Keys that differ in case only are one over HTTP: the first one holds.
        if !is_name(prefix, &key) || written.contains(&key) {
            continue;
        }
        let Some(value) = values.write(value) else { continue };
        if budget.take(prefix.len() + key.len() + value.len()) {
            carrier.set_prefixed(prefix, &key, &value);
            written.push(key);
        }
    }
}

/// Whether every carrier can have a field of this name: AMQP's tables end at 255 bytes, and gRPC's
/// metadata has fewer characters than HTTP's headers and takes what ends in `-bin` for base64.
fn is_name(prefix: &str, key: &str) -> bool {
    let is_binary = match key.len().checked_sub(3).and_then(|at| key.split_at_checked(at)) {
        Some((before, end)) => {
            let before = if before.is_empty() { prefix } else { before };
            end.eq_ignore_ascii_case("bin") && before.ends_with('-')
        }
        None => false,
    };
    prefix.len() + key.len() <= 255
        && !is_binary
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_every_carrier_takes() {
        let long = "k".repeat(248);
        for (key, good) in [
            ("user", true),
            ("User_1.x-y", true),
            ("bin", false),
            ("Bin", false),
            ("cabin", true),
            ("in", true),
            ("-bin", false),
            ("card-BIN", false),
            ("a+b", false),
            ("a!", false),
            (&long[1..], true),
            (&long, false),
        ] {
            assert_eq!(is_name("uberctx-", key), good, "{key}");
        }
    }
}
