//! What the targets share: a message out of bytes, and what has to hold for it whatever they are.

#[path = "../../tracer-core/tests/formats/carriers.rs"]
mod carriers;

use std::sync::LazyLock;

use tracer_core::baggage::{MAX_BYTES, MAX_MEMBERS};
use tracer_core::propagation::{
    B3, Composite, Extract, ExtractError, Jaeger, OtTrace, Propagator, W3c,
};
use tracer_core::{SpanContext, Tracer};

use carriers::Table;

/// What HTTP/2 servers take by default.
const MOST: usize = 16 << 10;

/// Lines of `name: value`. Limits are far for bytes that grow one by one, so that `name*` has its
/// value many times over, and `name#` stands for many fields, each with its number.
pub fn lines(data: &[u8]) -> Vec<(String, Vec<u8>)> {
    const MANY: usize = 128;
    let mut lines = Vec::new();
    for line in data.split(|byte| *byte == b'\n') {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let Ok(name) = std::str::from_utf8(&line[..colon]) else { continue };
        let value = &line[colon + 1..];
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match (name.strip_suffix('*'), name.strip_suffix('#')) {
            (Some(name), _) => lines.push((name.to_owned(), value.repeat(MANY))),
            (_, Some(name)) => {
                lines.extend((0..MANY).map(|nth| (format!("{name}{nth}"), value.to_vec())));
            }
            _ => lines.push((name.to_owned(), value.to_vec())),
        }
    }
    lines
}

/// The same as headers, as far as they can be that.
pub fn headers(lines: &[(String, Vec<u8>)]) -> http::HeaderMap {
    let mut map = http::HeaderMap::new();
    for (name, value) in lines {
        let name = http::HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, http::HeaderValue::from_bytes(value)) {
            let _ = map.try_append(name, value);
        }
    }
    map
}

/// Reads a message and sends it on, in one format: no panic, nothing illegal or over the limits goes
/// out, the ids come through, and what one hop has left the next ones leave too.
pub fn check(format: &dyn Propagator, data: &[u8]) {
    let lines = lines(data);
    check_carrier(format, &lines);
    check_carrier(format, &headers(&lines));
}

fn check_carrier(format: &dyn Propagator, carrier: &dyn Extract) {
    let found = read(format, carrier);
    assert!(found.baggage().len() <= MAX_MEMBERS);
    let after = hop(format, &found);
    assert_eq!((after.trace_id(), after.span_id()), (found.trace_id(), found.span_id()));
    assert!(after.is_sampled() == found.is_sampled() || found.is_debug());
    assert_eq!(hop(format, &after), after);
}

fn read(format: &dyn Propagator, carrier: &dyn Extract) -> SpanContext {
    format.extract(carrier).unwrap_or_else(ExtractError::into_rest)
}

fn hop(format: &dyn Propagator, context: &SpanContext) -> SpanContext {
    // It refuses what is not legal in every carrier.
    let mut table = Table::default();
    format.inject(context, &mut table);
    let is_list = |name: &str| format.baggage_fields().iter().any(|own| own.name() == name);
    let is_item = |name: &str| format.prefixes().iter().any(|own| name.starts_with(own));
    let size = |(name, value): &(String, Vec<u8>)| match () {
        () if is_list(name) => value.len(),
        () if is_item(name) => name.len() + value.len(),
        () => 0,
    };
    assert!(table.0.iter().map(size).sum::<usize>() <= MAX_BYTES);
    assert!(table.size() < MOST);
    read(format, &table)
}

/// Every format at once.
pub fn composite() -> Composite {
    Composite::new([
        Box::new(W3c) as _,
        Box::new(B3::single()) as _,
        Box::new(B3::multi()) as _,
        Box::new(Jaeger::http()) as _,
        Box::new(OtTrace::http()) as _,
    ])
}

/// The same message switched off: handed on as it came, and bounded.
pub fn check_unread(data: &[u8]) {
    static TRACER: LazyLock<Tracer> =
        LazyLock::new(|| Tracer::builder("fuzz").propagator(composite()).build());
    let headers = headers(&lines(data));
    let unread = TRACER.capture(&headers);
    let mut sent = http::HeaderMap::new();
    TRACER.inject(&unread, &mut sent);
    let size = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        name.as_str().len() + value.len() + carriers::FIELD
    };
    assert!(sent.iter().map(size).sum::<usize>() < MOST);
    for (name, value) in &sent {
        assert!(headers.get_all(name).iter().any(|own| own == value), "{name}");
    }
}
