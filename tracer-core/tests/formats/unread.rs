//! Switched off: what a caller sent is handed on byte for byte, in every format, and not looked at.

use tracer_core::Tracer;
use tracer_core::propagation::{Jaeger, W3c};

use crate::{Pairs, every_format, extract, pairs};

/// Fields of every format, good and bad.
const FIELDS: [(&str, &str); 16] = [
    ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
    ("tracestate", "a=1, b=2"),
    ("tracestate", "?"),
    ("baggage", "k=v;p , bad key=%ZZ"),
    ("baggage", "again=1"),
    ("b3", "0"),
    ("x-b3-traceid", "zz"),
    ("x-b3-parentspanid", " 05e3ac9a4f6e3b90"),
    ("uber-trace-id", "1%3A2:0:1"),
    ("uberctx-some_key", "%ZZ+"),
    ("uberctx-some_key", "twice"),
    ("jaeger-baggage", "a=1,,b"),
    ("jaeger-debug-id", "why"),
    ("ot-tracer-sampled", "TRUE"),
    ("ot-baggage-x", "y"),
    ("x-other", "not of any format"),
];

fn off(format: impl tracer_core::propagation::Propagator + 'static) -> Tracer {
    let tracer = Tracer::builder("test").propagator(format).build();
    tracer.set_enabled(false);
    tracer
}

#[test]
fn byte_for_byte_in_every_format() {
    for format in every_format() {
        let own = |name: &str| {
            format.fields().iter().any(|field| field.name() == name)
                || format.prefixes().iter().any(|prefix| name.starts_with(prefix))
        };
        let mut expected: Pairs =
            pairs(&FIELDS).into_iter().filter(|(name, _)| own(name)).collect();
        #[cfg(feature = "http")]
        let headers = crate::limits::headers(&expected);
        expected.push(("x".to_owned(), "y".to_owned()));
        expected.sort();
        let name = format!("{format:?}");
        let tracer = off(format);
        let caller = tracer.extract(&FIELDS);
        assert!(caller.raw().is_some(), "{name}");
        // What the message has under these names goes.
        let mut sent = pairs(&FIELDS[..15]);
        sent.push(("x".to_owned(), "y".to_owned()));
        sent.retain(|(name, _)| name == "x" || expected.iter().any(|(own, _)| own == name));
        tracer.inject(&caller, &mut sent);
        sent.sort();
        assert_eq!(sent, expected, "{name}");
        #[cfg(feature = "http")]
        {
            let caller = tracer.extract(&crate::limits::headers(&pairs(&FIELDS)));
            let mut sent = http::HeaderMap::new();
            tracer.inject(&caller, &mut sent);
            assert_eq!(sent, headers, "{name}");
        }
    }
}

/// Bytes that are no text stay in carriers of bytes.
#[cfg(feature = "http")]
#[test]
fn bytes_that_are_no_text() {
    let mut request = http::HeaderMap::new();
    let value = http::HeaderValue::from_bytes(b"k=\xff").unwrap();
    for name in ["jaeger-baggage", "uberctx-a", "uberctx-a", "uber-trace-id"] {
        request.append(name, value.clone());
    }
    let tracer = off(Jaeger::http());
    let caller = tracer.extract(&request);
    let mut sent = http::HeaderMap::new();
    tracer.inject(&caller, &mut sent);
    assert_eq!(sent, request);
    let mut sent = Pairs::new();
    tracer.inject(&caller, &mut sent);
    assert_eq!(sent, [], "text has no place for them");
    assert!(caller.baggage().is_empty());
}

/// Baggage is read when someone asks, and the trace goes on when tracing is on again.
#[test]
fn read_on_demand() {
    for format in every_format() {
        let (name, read) = (format!("{format:?}"), extract(&*format, &FIELDS));
        let tracer = off(format);
        let caller = tracer.extract(&FIELDS);
        assert_eq!(caller.baggage(), read.baggage(), "{name}");
        tracer.set_enabled(true);
        let span = tracer.span("serve").child_of(&caller).start();
        if read.is_valid() {
            assert_eq!(span.context().trace_id(), read.trace_id(), "{name}");
        }
        assert_eq!(span.baggage(), read.baggage(), "{name}");
    }
}

/// However much baggage there is, ids have room, and what is handed on is bounded.
#[test]
fn b1_ids_are_not_pushed_out() {
    let both = || {
        tracer_core::propagation::Composite::new([
            Box::new(W3c) as _,
            Box::new(Jaeger::http()) as _,
        ])
    };
    for line in ["a=1".to_owned(), "x".repeat(8192)] {
        let mut carrier: Pairs = vec![("baggage".to_owned(), line.clone()); 1_000];
        carrier.extend((0..1_000).map(|nth| (format!("uberctx-k{nth}"), line.clone())));
        carrier.extend(pairs(&FIELDS[..2]));
        carrier.extend(pairs(&FIELDS[8..9]));
        let tracer = off(both());
        let mut sent = Pairs::new();
        tracer.inject(&tracer.extract(&carrier), &mut sent);
        for name in ["traceparent", "tracestate", "uber-trace-id"] {
            assert!(sent.iter().any(|(own, _)| own == name), "{name}");
        }
        let size: usize = sent.iter().map(|(name, value)| name.len() + value.len() + 32).sum();
        assert!(size < 16 << 10 && sent.len() > 3, "{size}");
    }
}
