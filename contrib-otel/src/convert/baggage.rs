//! Baggage, with its properties.

use opentelemetry::baggage::Baggage as OtelBaggage;
use tracer_core::Baggage;

/// Baggage of the kit as opentelemetry has it, properties (there: metadata) included.
///
/// ```
/// use contrib_otel::{baggage_from_otel, baggage_to_otel};
///
/// let mut baggage = tracer_core::Baggage::new();
/// baggage.set_with_properties("customer", "7", "ttl=30");
/// let there = baggage_to_otel(&baggage);
/// assert_eq!(there.to_string(), "customer=7;ttl=30");
/// assert_eq!(baggage_from_otel(&there), baggage);
/// ```
#[must_use]
pub fn baggage_to_otel(baggage: &Baggage) -> OtelBaggage {
    let mut out = OtelBaggage::new();
    for (key, value) in baggage.iter() {
        let properties = baggage.properties(key).unwrap_or_default();
        out.insert_with_metadata(key.to_owned(), value.to_owned(), properties);
    }
    out
}

/// Baggage of opentelemetry's as the kit has it, in the order of its keys. What does not fit is left
/// out: opentelemetry counts the 8,192 bytes before encoding, the W3C and the kit after it.
#[must_use]
pub fn baggage_from_otel(baggage: &OtelBaggage) -> Baggage {
    let mut items: Vec<_> = baggage.iter().collect();
    items.sort_unstable_by_key(|(key, _)| *key);
    let mut out = Baggage::new();
    for (key, (value, metadata)) in items {
        out.set_with_properties(key.as_str(), value.as_str(), metadata.as_str());
    }
    out
}
