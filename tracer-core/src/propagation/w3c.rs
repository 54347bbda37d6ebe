//! W3C Trace Context level 2 and W3C Baggage.

use super::carrier::{Extract, Field, Inject};
use super::{Propagator, percent, traceparent};
use crate::baggage::{Baggage, MAX_BYTES, MAX_MEMBERS, Member, is_token, needs_encoding};
use crate::context::SpanContext;
use crate::tracestate::TraceState;

/// `traceparent`: ids and flags.
pub static TRACEPARENT: Field = Field::new("traceparent");
/// `tracestate`: vendors' own.
pub static TRACESTATE: Field = Field::new("tracestate");
/// `baggage`: the request's own.
pub static BAGGAGE: Field = Field::new("baggage");

static FIELDS: [&Field; 3] = [&TRACEPARENT, &TRACESTATE, &BAGGAGE];

/// `traceparent`, `tracestate` and `baggage`: the default format.
///
/// Two `traceparent` lines are as bad as a malformed one: a new trace begins. A malformed
/// `tracestate` is dropped and the trace goes on. Baggage stands on its own.
#[derive(Clone, Copy, Debug, Default)]
pub struct W3c;

impl Propagator for W3c {
    fn extract(&self, carrier: &dyn Extract) -> Option<SpanContext> {
        let (mut parent, mut lines) = (None, 0);
        carrier.values(&TRACEPARENT, &mut |value| {
            lines += 1;
            parent = Some(value);
        });
        let parsed = match (parent, lines) {
            (Some(value), 1) => traceparent::parse(value),
            _ => None,
        };
        let context = match parsed {
            Some(context) => match extract_tracestate(carrier) {
                Some(state) => context.with_tracestate(state),
                None => context,
            },
            None => SpanContext::default().with_remote(),
        };
        let baggage = extract_baggage(carrier);
        if baggage.is_empty() {
            return context.is_valid().then_some(context);
        }
        Some(context.with_baggage(baggage))
    }

    fn inject(&self, context: &SpanContext, carrier: &mut dyn Inject) {
        if context.is_empty() {
            return;
        }
        // What is left of another context must not ride along with this one.
        let mut state = "";
        match context.ids() {
            Some((trace_id, span_id)) => {
                let header = traceparent::format(trace_id, span_id, context.trace_flags());
                if let Ok(header) = std::str::from_utf8(&header) {
                    carrier.set(&TRACEPARENT, header);
                }
                state = context.tracestate().as_str();
            }
            None => carrier.remove(&TRACEPARENT),
        }
        set_or_remove(carrier, &TRACESTATE, state);
        let baggage = context.ext().map(|ext| format_baggage(&ext.baggage));
        set_or_remove(carrier, &BAGGAGE, &baggage.unwrap_or_default());
    }

    fn fields(&self) -> &'static [&'static Field] {
        &FIELDS
    }
}

/// Most `tracestate` lines that are looked at: twice the members it can have.
const MAX_LINES: usize = 64;

fn set_or_remove(carrier: &mut dyn Inject, field: &Field, value: &str) {
    if value.is_empty() {
        carrier.remove(field);
    } else {
        carrier.set(field, value);
    }
}

fn extract_tracestate(carrier: &dyn Extract) -> Option<TraceState> {
    let mut lines: Vec<&[u8]> = Vec::new();
    let mut count = 0;
    carrier.values(&TRACESTATE, &mut |value| {
        count += 1;
        if count <= MAX_LINES {
            lines.push(value);
        }
    });
    // Never a part of it: what was cut off may be what the rest is about.
    if lines.is_empty() || count > MAX_LINES { None } else { TraceState::parse(lines) }
}

fn extract_baggage(carrier: &dyn Extract) -> Baggage {
    let mut baggage = Baggage::new();
    let mut left = MAX_BYTES;
    let mut full = false;
    carrier.values(&BAGGAGE, &mut |line| {
        // Length first: a line over the limit is not looked at, and no line is once the budget
        // of the whole message is spent.
        if full || line.len() > MAX_BYTES {
            return;
        }
        let Ok(line) = std::str::from_utf8(line) else {
            return;
        };
        for member in line.split(',') {
            if member.len() > left {
                full = true;
                return;
            }
            left = left.saturating_sub(member.len() + 1);
            let Some(member) = parse_member(member) else {
                continue;
            };
            if !baggage.insert(member) && baggage.len() == MAX_MEMBERS {
                full = true;
                return;
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
    let mut kept = String::new();
    for property in properties.into_iter().flat_map(|list| list.split(';')) {
        let property = property.trim_matches(OWS);
        if is_property(property) {
            kept.push(';');
            kept.push_str(property);
        }
    }
    Some(Member { key: key.to_owned(), value: percent::decode(value), properties: kept })
}

const OWS: [char; 2] = [' ', '\t'];

fn is_property(property: &str) -> bool {
    match property.split_once('=') {
        Some((key, value)) => {
            is_token(key.trim_matches(OWS).as_bytes()) && is_octets(value.trim_matches(OWS))
        }
        None => is_token(property.as_bytes()),
    }
}

/// `baggage-octet`s; the percent sign is one of them on the wire.
fn is_octets(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'%' || !needs_encoding(byte))
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
