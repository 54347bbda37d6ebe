//! One budget: 64 members and 8,192 bytes, in every format, coming in and going out (rows B1 to B4).

use std::time::{Duration, Instant};

use tracer_core::Baggage;
use tracer_core::baggage::{MAX_BYTES, MAX_MEMBERS};
use tracer_core::propagation::{Extract, Jaeger, OtTrace, Propagator};

use crate::carriers::Table;
use crate::common::context;
use crate::{Pairs, bag, every_format, extract, injected, single_formats};

/// Less than a moment, even in a debug build on a busy machine.
const MOMENT: Duration = Duration::from_secs(10);

fn quick(format: &dyn Propagator, carrier: &impl Extract, what: &str) -> usize {
    let start = Instant::now();
    let found = extract(format, carrier).baggage().len();
    let took = start.elapsed();
    assert!(took < MOMENT, "{format:?} {what}: {took:?}");
    assert!(found <= MAX_MEMBERS, "{format:?} {what}: {found}");
    found
}

/// The same lines through every carrier.
fn everywhere(carrier: &Pairs, what: &str) {
    let table = Table(
        carrier.iter().map(|(name, value)| (name.clone(), value.clone().into_bytes())).collect(),
    );
    #[cfg(feature = "http")]
    let headers = headers(carrier);
    for format in every_format() {
        quick(&*format, carrier, what);
        quick(&*format, &table, what);
        #[cfg(feature = "http")]
        quick(&*format, &headers, what);
    }
}

#[cfg(feature = "http")]
pub(crate) fn headers(carrier: &Pairs) -> http::HeaderMap {
    let mut map = http::HeaderMap::new();
    for (name, value) in carrier {
        let name = http::HeaderName::try_from(name).unwrap();
        let _ = map.try_append(name, http::HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    map
}

#[test]
fn b1_a_thousand_lines_of_8192_bytes() {
    for line in
        ["a=1,".repeat(2048), ",".repeat(MAX_BYTES), "%ZZ;;;=,".repeat(1024), "x".repeat(MAX_BYTES)]
    {
        for name in ["baggage", "jaeger-baggage", "uberctx-a", "ot-baggage-a", "tracestate", "b3"] {
            everywhere(&vec![(name.to_owned(), line.clone()); 1_000], name);
        }
    }
}

#[test]
fn b2_one_line_of_ten_megabytes() {
    let line = "a=1,".repeat(10 << 18);
    for name in [
        "baggage",
        "jaeger-baggage",
        "uberctx-a",
        "ot-baggage-a",
        "tracestate",
        "traceparent",
        "b3",
        "x-b3-traceid",
        "x-b3-sampled",
        "uber-trace-id",
        "jaeger-debug-id",
        "ot-tracer-traceid",
    ] {
        let carrier =
            vec![(name.to_owned(), line.clone()), ("baggage".to_owned(), "k=v".to_owned())];
        everywhere(&carrier, name);
        for format in every_format() {
            let found = extract(&*format, &carrier);
            assert!(!found.is_valid() && found.baggage().len() <= 1, "{format:?} {name}");
        }
    }
}

#[test]
fn b2_malformed_lines_in_their_thousands() {
    let carrier: Pairs = (0..10_000)
        .map(|nth| {
            (["baggage", "uber-trace-id", "traceparent"][nth % 3].to_owned(), "?,=;%".to_owned())
        })
        .collect();
    everywhere(&carrier, "malformed");
}

#[test]
fn b3_ten_thousand_fields_and_a_million_tokens() {
    for prefix in ["uberctx-", "ot-baggage-"] {
        let fields = |value: &str| -> Pairs {
            (0..10_000).map(|nth| (format!("{prefix}k{nth}"), value.to_owned())).collect()
        };
        for value in ["v", "%ZZ", "%", ""] {
            everywhere(&fields(value), prefix);
        }
        for format in single_formats() {
            let found = extract(&*format, &fields("v")).baggage().len();
            let own = format.prefixes().contains(&prefix);
            assert_eq!(found, if own { MAX_MEMBERS } else { 0 }, "{format:?}");
        }
    }
    let tokens = vec![("jaeger-baggage".to_owned(), "a=1,".repeat(1_000_000))];
    everywhere(&tokens, "tokens");
}

/// Lines of baggage whose wire size is known, and how many members of them are read.
fn read(format: &dyn Propagator, lines: &[(String, String)]) -> usize {
    extract(format, &lines.to_vec()).baggage().len()
}

#[test]
fn b4_the_boundary_is_exact() {
    // Two members and their separator, of that many bytes together.
    let listed = |name: &str, size: usize| {
        vec![(name.to_owned(), format!("a={},b=2", "x".repeat(size - 6)))]
    };
    // Two fields, names and values counted.
    let fields = |prefix: &str, size: usize| {
        let first = size - 2 * (prefix.len() + 1) - 1;
        vec![(format!("{prefix}a"), "x".repeat(first)), (format!("{prefix}b"), "2".to_owned())]
    };
    for format in single_formats() {
        for field in format.baggage_fields() {
            assert_eq!(read(&*format, &listed(field.name(), MAX_BYTES)), 2, "{format:?}");
            assert_eq!(read(&*format, &listed(field.name(), MAX_BYTES + 1)), 0, "{format:?}");
            let half = |key: &str, size: usize| {
                (field.name().to_owned(), format!("{key}={}", "x".repeat(size - 2)))
            };
            assert_eq!(read(&*format, &[half("a", 4096), half("b", 4095)]), 2, "{format:?}");
            assert_eq!(read(&*format, &[half("a", 4096), half("b", 4096)]), 1, "{format:?}");
        }
        for prefix in format.prefixes() {
            assert_eq!(read(&*format, &fields(prefix, MAX_BYTES)), 2, "{format:?}");
            assert_eq!(read(&*format, &fields(prefix, MAX_BYTES + 1)), 1, "never a part of one");
            for (count, expected) in [(64, 64), (65, 64)] {
                let lines: Vec<_> =
                    (0..count).map(|nth| (format!("{prefix}k{nth}"), "v".to_owned())).collect();
                assert_eq!(read(&*format, &lines), expected);
            }
        }
    }
}

#[test]
fn b4_what_goes_out_has_the_same_limits() {
    for format in single_formats() {
        let Some(prefix) = format.prefixes().first() else { continue };
        let sent = |sizes: &[usize]| {
            let mut baggage = Baggage::new();
            for (nth, size) in sizes.iter().enumerate() {
                assert!(baggage.set(&format!("k{nth}"), &"v".repeat(*size)));
            }
            let mut table = Table::default();
            format.inject(&context(1, 2, true).with_baggage(baggage), &mut table);
            let size = |(name, value): &(String, Vec<u8>)| {
                name.starts_with(prefix).then(|| name.len() + value.len())
            };
            table.0.iter().filter_map(size).collect::<Vec<_>>()
        };
        let name = prefix.len() + 2;
        let half = MAX_BYTES / 2 - name;
        assert_eq!(sent(&[half, half - 3]), [MAX_BYTES / 2, MAX_BYTES / 2 - 3]);
        assert_eq!(sent(&[half, half - 3, 1]), [MAX_BYTES / 2, MAX_BYTES / 2 - 3]);
        // Ten short names, and long ones as far as they go.
        let written = sent(&[120; MAX_MEMBERS]);
        let room = 10 + (MAX_BYTES - 10 * (120 + name)) / (121 + name);
        assert_eq!(written.len(), room, "{prefix}");
        assert_eq!(sent(&[1; MAX_MEMBERS]).len(), MAX_MEMBERS);
    }
}

/// What does not fit leaves its room to what comes behind it.
#[test]
fn b4_a_member_that_does_not_fit_is_passed_over() {
    let colons = |count| ":".repeat(count);
    let sent = bag(&[("a", &colons(2000)), ("b", &colons(1000)), ("c", "1")]);
    for format in [&Jaeger::http() as &dyn Propagator, &OtTrace::http()] {
        let found =
            extract(format, &injected(format, &context(1, 2, true).with_baggage(sent.clone())));
        assert_eq!(found.baggage(), bag(&[("a", &colons(2000)), ("c", "1")]), "{format:?}");
    }
}
