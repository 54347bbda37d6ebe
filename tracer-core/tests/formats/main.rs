//! Every format of the context: what it reads, what it writes, and what hostile input does to it.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../common/mod.rs"]
mod common;

mod any;
mod b3;
mod baggage_by_item;
mod binary;
mod carriers;
mod composite;
mod hostile;
mod identity;
mod jaeger;
mod limits;
mod ottrace;
mod unread;

use std::collections::BTreeMap;

use tracer_core::propagation::{
    B3, Composite, Extract, ExtractError, Jaeger, OtTrace, Propagator, TraceContext, W3c,
    W3cBaggage,
};
use tracer_core::{Baggage, SpanContext};

type Pairs = Vec<(String, String)>;

fn pairs(list: &[(&str, &str)]) -> Pairs {
    list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Every format there is, and all of them together.
fn every_format() -> Vec<Box<dyn Propagator>> {
    let mut formats = single_formats();
    formats.push(Box::new(all_of_them()));
    formats
}

fn single_formats() -> Vec<Box<dyn Propagator>> {
    vec![
        Box::new(W3c),
        Box::new(TraceContext),
        Box::new(W3cBaggage),
        Box::new(B3::single()),
        Box::new(B3::multi()),
        Box::new(Jaeger::http()),
        Box::new(Jaeger::text_map()),
        Box::new(OtTrace::http()),
        Box::new(OtTrace::text_map()),
    ]
}

fn all_of_them() -> Composite {
    Composite::new([
        Box::new(W3c) as _,
        Box::new(B3::single()) as _,
        Box::new(B3::multi()) as _,
        Box::new(Jaeger::http()) as _,
        Box::new(OtTrace::http()) as _,
    ])
}

/// What a request makes of it.
fn extract(format: &dyn Propagator, carrier: &dyn Extract) -> SpanContext {
    format.extract(carrier).unwrap_or_else(ExtractError::into_rest)
}

fn injected(format: &dyn Propagator, context: &SpanContext) -> BTreeMap<String, String> {
    let mut carrier = BTreeMap::new();
    format.inject(context, &mut carrier);
    carrier
}

/// The field that was malformed.
fn corrupted(found: Result<SpanContext, ExtractError>) -> Option<&'static str> {
    let Err(ExtractError::Corrupted { field, rest }) = found else { return None };
    assert!(!rest.is_valid());
    Some(field)
}

fn bag(items: &[(&str, &str)]) -> Baggage {
    let mut baggage = Baggage::new();
    for (key, value) in items {
        assert!(baggage.set(key, value), "{key}");
    }
    baggage
}

fn items(context: &SpanContext) -> Pairs {
    context.baggage().iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}
