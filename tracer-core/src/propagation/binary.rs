//! OpenTracing's binary format, for carriers that are bytes: what Jaeger's clients write.
//!
//! Big-endian: the trace id's high and low half, the span's id and its parent's (8 bytes each),
//! flags (1 byte: 1 sampled, 2 debug), the number of items of the baggage (4), and for each item
//! its key and its value, with their lengths (4 each) before them. At most 180 items are read, of
//! 4,096 bytes each, key and value; of those, as many become [baggage](crate::baggage) as its
//! limits allow.
//!
//! ```
//! use tracer_core::propagation::{ExtractError, binary};
//! use tracer_core::{ENABLED, Tracer};
//!
//! let tracer = Tracer::builder("shop").build();
//! let span = tracer.span("send").start();
//! span.set_baggage_item("customer", "7");
//! let message = binary::inject(&span);
//!
//! let caller = binary::extract(&message);
//! if ENABLED {
//!     assert_eq!(caller, Ok(span.context().with_random(false)));
//! }
//! assert_eq!(binary::extract(b""), Err(ExtractError::NotFound));
//! ```

use super::budget::Budget;
use super::{ExtractError, jaeger};
use crate::ENABLED;
use crate::baggage::Baggage;
use crate::context::SpanContext;
use crate::id::{SpanId, TraceId};
use crate::span::ToContext;

/// Most items that are read, as Jaeger's clients do.
const MAX_ITEMS: u32 = 180;
/// Most bytes of an item, key and value.
const MAX_ITEM_BYTES: usize = 4096;

/// Writes the context of a span, or a [`SpanContext`]; empty where it has neither ids nor baggage.
/// Baggage that is over 8,192 bytes with its lengths, or an item over 4,096, is left out by whole
/// items.
#[must_use]
pub fn inject(span: &(impl ToContext + ?Sized)) -> Vec<u8> {
    let mut out = Vec::new();
    let context = span.to_context();
    // A caller's values that nobody has read are of another format.
    let context = context.raw().map(|raw| raw.parse().unwrap_or_default()).unwrap_or(context);
    let baggage = context.baggage();
    if !ENABLED || context.is_linked() || (!context.is_valid() && baggage.is_empty()) {
        return out;
    }
    let ids = context.ids().map(|(trace, span)| (trace.to_u128(), span.to_u64()));
    let (trace, span) = ids.unwrap_or_default();
    out.extend(trace.to_be_bytes());
    out.extend(span.to_be_bytes());
    out.extend(0u64.to_be_bytes());
    out.push(jaeger::flags(&context));
    let mut budget = Budget::new();
    let items: Vec<_> = baggage
        .iter()
        .filter(|(key, value)| {
            let size = key.len() + value.len();
            !value.is_empty() && size <= MAX_ITEM_BYTES && budget.take(size + 8)
        })
        .collect();
    put_len(&mut out, items.len());
    for (key, value) in items {
        for text in [key, value] {
            put_len(&mut out, text.len());
            out.extend(text.as_bytes());
        }
    }
    out
}

fn put_len(out: &mut Vec<u8>, len: usize) {
    out.extend(u32::try_from(len).unwrap_or(u32::MAX).to_be_bytes());
}

/// Reads a context. The caller is believed: [`Trust`](crate::Trust) is a tracer's, and there is
/// none here. [`Tracer::extract_binary`](crate::Tracer::extract_binary) has one.
///
/// # Errors
/// [`ExtractError::NotFound`] where there are no bytes, [`ExtractError::Corrupted`] where they are
/// too few, too many, or not this format.
pub fn extract(bytes: &[u8]) -> Result<SpanContext, ExtractError> {
    if !ENABLED || bytes.is_empty() {
        return Err(ExtractError::NotFound);
    }
    let corrupted = |rest| ExtractError::Corrupted { field: "binary", rest };
    let Some((ids, flags, baggage)) = parse(bytes) else {
        return Err(corrupted(SpanContext::EMPTY));
    };
    let context = match ids {
        (Some(trace), Some(span)) => jaeger::context(trace, span, flags),
        // No trace, and baggage all the same.
        (None, None) if !baggage.is_empty() => Some(SpanContext::EMPTY.with_remote()),
        _ => None,
    };
    match context {
        Some(context) => Ok(context.with_baggage(baggage)),
        None => Err(corrupted(SpanContext::EMPTY.with_remote().with_baggage(baggage))),
    }
}

type Parsed = ((Option<TraceId>, Option<SpanId>), u8, Baggage);

fn parse(mut bytes: &[u8]) -> Option<Parsed> {
    let rest = &mut bytes;
    let trace = u128::from_be_bytes(*take(rest)?);
    let span = u64::from_be_bytes(*take(rest)?);
    let _parent = take::<8>(rest)?;
    let [flags] = *take(rest)?;
    let count = u32::from_be_bytes(*take(rest)?);
    if count > MAX_ITEMS {
        return None;
    }
    let (mut baggage, mut budget) = (Baggage::new(), Budget::new());
    for _ in 0..count {
        let (key, value) = (take_text(rest)?, take_text(rest)?);
        if key.len() + value.len() > MAX_ITEM_BYTES {
            return None;
        }
        // An item that cannot be one here is left out, as in every other format.
        let size = key.len() + value.len() + 8;
        if let (Ok(key), Ok(value)) = (std::str::from_utf8(key), std::str::from_utf8(value))
            && budget.take(size)
        {
            baggage.set(key, value);
        }
    }
    rest.is_empty().then(|| ((TraceId::from_u128(trace), SpanId::from_u64(span)), flags, baggage))
}

fn take<'a, const N: usize>(bytes: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (taken, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(taken)
}

fn take_text<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let len = usize::try_from(u32::from_be_bytes(*take(bytes)?)).ok()?;
    let (taken, rest) = bytes.split_at_checked(len)?;
    *bytes = rest;
    Some(taken)
}
