//! OpenTracing's text map (section 5.3 of what its mock tracer checks of itself: propagation).

use std::collections::HashMap;

use tracer_core::propagation::{ExtractError, OtTrace, Propagator};
use tracer_core::{SpanContext, Tracer};

use crate::common::{SPAN, TRACE, context};
use crate::{bag, corrupted, injected, items, pairs};

/// Sampled and not, as text and for HTTP: four keys for one item of the baggage.
#[test]
fn four_keys_and_the_value_comes_back() {
    for sampled in [true, false] {
        for (format, value) in
            [(OtTrace::http(), "98%3A765%20%2B"), (OtTrace::text_map(), "98:765 +")]
        {
            let sent = context(7, 8, sampled).with_baggage(bag(&[("customer", "98:765 +")]));
            let written = injected(&format, &sent);
            let expected = [
                ("ot-baggage-customer", value),
                ("ot-tracer-sampled", if sampled { "true" } else { "false" }),
                ("ot-tracer-spanid", "0000000000000008"),
                ("ot-tracer-traceid", "0000000000000007"),
            ];
            let list: Vec<_> = written.clone().into_iter().collect();
            assert_eq!(list, pairs(&expected));
            assert_eq!(format.extract(&written), Ok(sent), "{format:?}");
            // Names have no case.
            let shouted: HashMap<String, String> =
                written.into_iter().map(|(name, value)| (name.to_uppercase(), value)).collect();
            let found = format.extract(&shouted).unwrap();
            assert_eq!((found.is_sampled(), found.baggage().len()), (sampled, 1));
        }
    }
}

#[test]
fn ids_of_64_and_of_128_bits() {
    for (trace, digits) in [
        (1, "0000000000000001"),
        (u128::from(u64::MAX), "ffffffffffffffff"),
        (1 << 64, "00000000000000010000000000000000"),
        (u128::MAX, "ffffffffffffffffffffffffffffffff"),
    ] {
        assert_eq!(
            injected(&OtTrace::http(), &context(trace, 1, true))["ot-tracer-traceid"],
            digits
        );
    }
    // Basic tracers do not pad.
    for (trace, span) in [("1", "a"), (TRACE, SPAN), ("ABC", "DEF"), (&TRACE[15..], " 1\t")] {
        let fields = [("ot-tracer-traceid", trace), ("ot-tracer-spanid", span)];
        let found = OtTrace::http().extract(&fields).unwrap();
        assert!(found.is_valid() && found.is_deferred() && found.is_remote(), "{trace} {span}");
        let written = injected(&OtTrace::http(), &found);
        assert_eq!(written.len(), 2, "the decision is still open: {written:?}");
    }
}

#[test]
fn words_for_the_decision() {
    for (word, expected) in [
        ("true", Some(true)),
        ("1", Some(true)),
        ("TRUE", Some(true)),
        ("false", Some(false)),
        (" 0", Some(false)),
        ("False", Some(false)),
        ("", None),
        ("2", None),
        ("yes", None),
    ] {
        let fields =
            [("ot-tracer-traceid", "1"), ("ot-tracer-spanid", "2"), ("ot-tracer-sampled", word)];
        let found = OtTrace::text_map().extract(&fields);
        match expected {
            Some(sampled) => assert_eq!(found, Ok(context(1, 2, sampled)), "{word}"),
            None => assert_eq!(corrupted(found), Some("ot-tracer-sampled"), "{word}"),
        }
    }
}

/// An id that is missing is one that was not found; one that is no number is an error.
#[test]
fn missing_and_malformed_ids() {
    let (trace, span) = (("ot-tracer-traceid", TRACE), ("ot-tracer-spanid", SPAN));
    let sampled = ("ot-tracer-sampled", "true");
    for missing in [&[][..], &[trace, sampled], &[span, sampled], &[sampled]] {
        assert_eq!(OtTrace::http().extract(&pairs(missing)), Err(ExtractError::NotFound));
        // Baggage stands on its own.
        let with_baggage = [missing, &[("ot-baggage-k", "v")]].concat();
        let found = OtTrace::http().extract(&pairs(&with_baggage)).unwrap();
        assert_eq!((found.is_valid(), items(&found)), (false, pairs(&[("k", "v")])));
    }
    let long = format!("{TRACE}0");
    for bad in ["", "x", "0", "-1", "+1", "1_0", "0x1", &long] {
        let found = OtTrace::http().extract(&[("ot-tracer-traceid", bad), span, sampled]);
        assert_eq!(corrupted(found), Some("ot-tracer-traceid"), "{bad}");
        let found = OtTrace::http().extract(&[trace, ("ot-tracer-spanid", bad), sampled]);
        assert_eq!(corrupted(found), Some("ot-tracer-spanid"), "{bad}");
    }
    let found = OtTrace::http().extract(&[trace, trace, span, sampled]);
    assert_eq!(corrupted(found), Some("ot-tracer-traceid"), "two of them");
    let tracer = Tracer::builder("test").propagator(OtTrace::http()).build();
    let caller = tracer.extract(&[("ot-tracer-traceid", "x"), span, ("ot-baggage-k", "v")]);
    assert_eq!((caller.is_valid(), caller.baggage().len()), (false, 1));
}

#[test]
fn a_decision_alone_is_nothing_it_can_carry() {
    let mut carrier = pairs(&[("ot-tracer-sampled", "old"), ("x", "y")]);
    OtTrace::http().inject(&SpanContext::decision(true), &mut carrier);
    assert_eq!(carrier, pairs(&[("x", "y")]));
}
