//! OpenTracing's binary format.

use tracer_core::propagation::{ExtractError, Propagator, binary};
use tracer_core::{Baggage, SpanContext, Tracer};

use crate::common::context;
use crate::{bag, corrupted, items, pairs};

/// A message in parts, as it is on the wire.
fn message(ids: (u128, u64, u64), flags: u8, count: u32, texts: &[(u32, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend(ids.0.to_be_bytes());
    bytes.extend(ids.1.to_be_bytes());
    bytes.extend(ids.2.to_be_bytes());
    bytes.push(flags);
    bytes.extend(count.to_be_bytes());
    for (len, text) in texts {
        bytes.extend(len.to_be_bytes());
        bytes.extend(*text);
    }
    bytes
}

fn well_formed(items: &[(&[u8], &[u8])]) -> Vec<u8> {
    let texts = items.iter().flat_map(|(key, value)| [*key, *value]);
    let texts: Vec<_> = texts.map(|text| (text.len() as u32, text)).collect();
    message((7, 8, 9), 1, items.len() as u32, &texts)
}

#[test]
fn what_is_written_and_read() {
    let sent = context(7, 8, true).with_baggage(bag(&[("k", "ünï\r\n"), ("K", "2")]));
    let bytes = binary::inject(&sent);
    let texts: [(u32, &[u8]); 4] = [(1, b"k"), (7, "ünï\r\n".as_bytes()), (1, b"K"), (1, b"2")];
    assert_eq!(bytes, message((7, 8, 0), 1, 2, &texts));
    assert_eq!(binary::extract(&bytes), Ok(sent));
    for flags in 0..=u8::MAX {
        let found = binary::extract(&message((u128::MAX, u64::MAX, 1), flags, 0, &[]));
        if matches!(flags, 0..=3 | 8..=11) {
            let expected = context(u128::MAX, u64::MAX, flags & 1 != 0).with_debug(flags & 2 != 0);
            assert_eq!(found, Ok(expected));
        } else {
            assert_eq!(corrupted(found), Some("binary"), "{flags}");
        }
    }
}

#[test]
fn a_caller_without_a_trace_can_have_baggage() {
    let only = SpanContext::default().with_baggage(bag(&[("k", "v")]));
    let bytes = binary::inject(&only);
    assert_eq!(bytes[..32], [0; 32]);
    let found = binary::extract(&bytes).unwrap();
    assert!(found == only && found.is_remote());
    for nothing in [SpanContext::default(), SpanContext::decision(true)] {
        assert!(binary::inject(&nothing).is_empty());
    }
    assert_eq!(binary::extract(&[]), Err(ExtractError::NotFound));
    for (ids, baggage) in [((0, 8, 0), 1), ((7, 0, 0), 1), ((0, 0, 0), 0)] {
        let texts: [(u32, &[u8]); 2] = [(1, b"k"), (1, b"v")];
        let bytes = message(ids, 0, baggage as u32, &texts[..2 * baggage]);
        let Err(ExtractError::Corrupted { rest, .. }) = binary::extract(&bytes) else {
            panic!("{ids:?}")
        };
        assert_eq!((rest.is_valid(), rest.baggage().len()), (false, baggage));
    }
}

#[test]
fn every_cut_and_every_surplus_is_corrupted() {
    let whole = well_formed(&[(b"key", b"value"), (b"k2", b"")]);
    assert_eq!(items(&binary::extract(&whole).unwrap()), pairs(&[("key", "value")]));
    for cut in 1..whole.len() {
        assert_eq!(corrupted(binary::extract(&whole[..cut])), Some("binary"), "{cut}");
    }
    assert!(corrupted(binary::extract(&[&whole[..], b"\0"].concat())).is_some());
    // Garbage, text, and base64 of what would be good.
    let base64 = "AAAAAAAAAAAAAAAAAAAABwAAAAAAAAAIAAAAAAAAAAABAAAAAA==";
    for bytes in [&b"x"[..], &[0; 37], &[0xff; 4096], &[b'1'; 37], base64.as_bytes()] {
        assert_eq!(corrupted(binary::extract(bytes)), Some("binary"), "{bytes:?}");
    }
}

#[test]
fn limits_are_180_items_of_4096_bytes() {
    let of = |count: u32, each: &[u8]| {
        let keys: Vec<_> = (0..count).map(|nth| format!("{nth:03}").into_bytes()).collect();
        let items: Vec<(&[u8], &[u8])> = keys.iter().map(|key| (&**key, each)).collect();
        binary::extract(&well_formed(&items))
    };
    assert_eq!(of(180, b"v").unwrap().baggage().len(), 64);
    assert!(corrupted(of(181, b"v")).is_some());
    assert_eq!(of(3, &[b'v'; 4093]).unwrap().baggage().len(), 1, "two of them do not fit");
    assert!(corrupted(of(1, &[b'v'; 4094])).is_some());
    // Counts and lengths that are not true cost nothing.
    for count in [1, 180, 181, i32::MAX as u32, u32::MAX] {
        assert!(corrupted(binary::extract(&message((7, 8, 0), 1, count, &[]))).is_some());
    }
    for len in [2, 4096, i32::MAX as u32, u32::MAX] {
        let bytes = message((7, 8, 0), 1, 1, &[(len, b"k"), (1, b"v")]);
        assert!(corrupted(binary::extract(&bytes)).is_some(), "{len}");
    }
}

#[test]
fn items_that_cannot_be_baggage_are_left_out() {
    let found = binary::extract(&well_formed(&[
        (b"two words", b"x"),
        (b"", b"x"),
        (b"\xff", b"x"),
        (b"k", b"\xff"),
        (b"empty", b""),
        (b"good", b"1"),
    ]));
    assert_eq!(items(&found.unwrap()), pairs(&[("good", "1")]));
}

#[test]
fn what_does_not_fit_is_left_out_whole() {
    let mut baggage = Baggage::new();
    assert!(baggage.set("big", &"x".repeat(4094)));
    assert!(baggage.set("fits", &"x".repeat(4000)));
    assert!(baggage.set("small", "1"));
    let found = binary::extract(&binary::inject(&context(1, 2, true).with_baggage(baggage)));
    let keys: Vec<_> = items(&found.unwrap()).into_iter().map(|(key, _)| key).collect();
    assert_eq!(keys, ["fits", "small"]);
}

/// A span, a handle, and what was taken unread.
#[test]
fn whatever_has_a_context() {
    let tracer = Tracer::builder("test").build();
    let span = tracer.span("send").start();
    assert_eq!(binary::inject(&span), binary::inject(&span.context()));
    assert_eq!(binary::inject(&span.handle()).len(), 37);
    let mut headers = pairs(&[]);
    tracer.inject(&span, &mut headers);
    let unread = tracer.capture(&headers);
    assert!(unread.raw().is_some());
    assert_eq!(binary::inject(&unread), binary::inject(&span));
    let format: &dyn Propagator = &tracer_core::propagation::W3c;
    assert_eq!(
        format.extract(&headers).map(|context| binary::inject(&context)),
        Ok(binary::inject(&span))
    );
}
