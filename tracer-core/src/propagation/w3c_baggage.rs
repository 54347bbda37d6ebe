//! W3C baggage.

use super::budget::Budget;
use super::carrier::{Extract, Field, Inject};
use super::{ExtractError, Propagator, percent, set_or_remove};
use crate::baggage::{Baggage, MAX_BYTES, Member, OWS, is_octets, kept_properties};
use crate::context::SpanContext;

/// `baggage`: the request's own.
pub static BAGGAGE: Field = Field::new("baggage");

static FIELDS: [&Field; 1] = [&BAGGAGE];

/// `baggage` (W3C Baggage), without ids: next to formats that have none of their own.
///
/// ```
/// use std::collections::HashMap;
///
/// use tracer_core::Tracer;
/// use tracer_core::propagation::{B3, Composite, W3cBaggage};
///
/// let format = Composite::new([Box::new(B3::single()) as _, Box::new(W3cBaggage) as _]);
/// let tracer = Tracer::builder("shop").propagator(format).build();
/// let span = tracer.span("call").start();
/// span.set_baggage_item("customer", "7");
/// let mut headers = HashMap::<String, String>::new();
/// tracer.inject(&span, &mut headers);
/// if tracer_core::ENABLED {
///     assert_eq!(headers["baggage"], "customer=7");
/// }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct W3cBaggage;

impl Propagator for W3cBaggage {
    fn extract(&self, carrier: &dyn Extract) -> Result<SpanContext, ExtractError> {
        let baggage = extract(carrier);
        if baggage.is_empty() {
            return Err(ExtractError::NotFound);
        }
        Ok(SpanContext::default().with_remote().with_baggage(baggage))
    }

    fn inject(&self, context: &SpanContext, carrier: &mut dyn Inject) {
        if !context.is_empty() {
            inject(context, carrier);
        }
    }

    fn fields(&self) -> &[&'static Field] {
        &FIELDS
    }

    fn baggage_fields(&self) -> &[&'static Field] {
        &FIELDS
    }
}

pub(super) fn inject(context: &SpanContext, carrier: &mut dyn Inject) {
    let baggage = context.ext().map(|ext| format_baggage(&ext.baggage));
    set_or_remove(carrier, &BAGGAGE, &baggage.unwrap_or_default());
}

pub(super) fn extract(carrier: &dyn Extract) -> Baggage {
    let mut baggage = Baggage::new();
    let mut budget = Budget::new();
    carrier.values(&BAGGAGE, &mut |line| {
        // Length first: a line over the limit is not looked at, and no line is once the budget
        // of the whole message is spent.
        if line.len() > MAX_BYTES || budget.is_spent() {
            return;
        }
        let Ok(line) = std::str::from_utf8(line) else {
            return;
        };
        for member in line.split(',') {
            if budget.is_spent() || !budget.take(member.len()) {
                return budget.end();
            }
            budget.take_separator();
            let Some(member) = parse_member(member) else {
                continue;
            };
            if !baggage.insert(member) && baggage.is_full() {
                return budget.end();
            }
        }
    });
    baggage
}

fn parse_member(member: &str) -> Option<Member> {
    let (pair, properties) = match member.split_once(';') {
        Some((pair, properties)) => (pair, Some(properties)),
        None => (member, None),
    };
    let (key, value) = pair.split_once('=')?;
    let (key, value) = (key.trim_matches(OWS), value.trim_matches(OWS));
    if !is_octets(value) {
        return None;
    }
    let properties = properties.map(kept_properties).unwrap_or_default();
    Some(Member { key: key.to_owned(), value: percent::decode(value), properties })
}

fn format_baggage(baggage: &Baggage) -> String {
    let mut out = String::new();
    for member in baggage.members() {
        if !out.is_empty() {
            out.push(',');
        }
        out.push_str(&member.key);
        out.push('=');
        percent::encode_into(&mut out, &member.value);
        out.push_str(&member.properties);
    }
    out
}
