//! Whatever is sent: no panic, legal output within the limits, and what a format can carry comes
//! through.

use std::sync::LazyLock;

use proptest::prelude::{Just, ProptestConfig, Strategy, any, proptest};
use proptest::{collection::vec, prop_assert, prop_assert_eq, prop_oneof};
use tracer_core::baggage::{MAX_BYTES, MAX_MEMBERS};
use tracer_core::propagation::{Propagator, binary};
use tracer_core::{Baggage, SpanContext, TraceState, Tracer};

use crate::carriers::{FIELD, Table};
use crate::common::context;
use crate::identity::carried;
use crate::{every_format, extract};

/// A name that some format looks for, now and then in capitals.
fn name() -> impl Strategy<Value = String> {
    let fixed: Vec<_> = every_format()
        .last()
        .map(|all| all.fields().iter().map(|field| field.name()).collect())
        .unwrap_or_default();
    prop_oneof![
        6 => proptest::sample::select(fixed).prop_map(str::to_owned),
        2 => "(uberctx-|ot-baggage-|Uberctx-)[!-~]{0,9}",
        1 => any::<String>(),
    ]
}

/// Bytes of every kind, and bytes that look like what is expected, bent here and there.
fn value() -> impl Strategy<Value = Vec<u8>> {
    let bent =
        vec(proptest::sample::select(&b"0123456789abcdefF-:,;=% \t@kvd+\r\n\xff\0"[..]), 0..90);
    let of = |pattern: &'static str| {
        proptest::string::string_regex(pattern).unwrap().prop_map(String::into_bytes)
    };
    prop_oneof![
        vec(any::<u8>(), 0..200),
        bent,
        of("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}.{0,3}"),
        of("([0-9a-fA-F]{16}|[0-9a-f]{32})-[0-9a-f]{16}(-[01d](-[0-9a-f]{16})?)?"),
        of("[0-9a-f]{1,34}(:|%3A)[0-9a-f]{1,17}:[0-9a-f]{0,3}:[0-9a-f]{1,2}"),
        of("[0-9a-f]{16}"),
        of("[01d]|true|false|0[0-9]"),
        of("([a-z]{1,3}[=;,][ -~]{0,6}[,;=%]?){0,80}"),
        of("([!-~]|%[0-9A-F]{2}|\\+){0,60}"),
    ]
}

/// One hop on: what is written is legal (the carrier refuses what is not), and within the limits.
fn hop(
    format: &dyn Propagator,
    context: &SpanContext,
) -> Result<SpanContext, proptest::test_runner::TestCaseError> {
    let mut table = Table::default();
    format.inject(context, &mut table);
    let is_item = |name: &str| format.prefixes().iter().any(|prefix| name.starts_with(prefix));
    let is_list = |name: &str| format.baggage_fields().iter().any(|field| field.name() == name);
    let (mut bytes, mut members) = (0, 0);
    for (name, value) in &table.0 {
        if is_item(name) {
            (bytes, members) = (bytes + name.len() + value.len(), members + 1);
        } else if is_list(name) {
            (bytes, members) = (bytes + value.len(), members + value.split(|b| *b == b',').count());
        }
    }
    let formats = 1 + 2 * usize::from(format!("{format:?}").starts_with("Composite"));
    prop_assert!(bytes <= MAX_BYTES && members <= formats * MAX_MEMBERS, "{bytes} {members}");
    prop_assert!(table.size() + FIELD < 16 << 10, "{}", table.size());
    #[cfg(feature = "http")]
    {
        let mut headers = http::HeaderMap::new();
        format.inject(context, &mut headers);
        prop_assert!(headers.values().all(|value| value.to_str().is_ok()), "{headers:?}");
    }
    Ok(extract(format, &table))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes(lines in vec((name(), value()), 0..8)) {
        for format in every_format() {
            let found = extract(&*format, &lines);
            let after = hop(&*format, &found)?;
            prop_assert_eq!(after.trace_id(), found.trace_id());
            prop_assert_eq!(after.span_id(), found.span_id());
            // Debug implies sampled, in B3 only.
            prop_assert!(after.is_sampled() == found.is_sampled() || found.is_debug());
            // What one hop has left, the next ones leave too.
            prop_assert_eq!(&hop(&*format, &after)?, &after);
        }
    }

    #[test]
    fn any_context(
        ids in (1u128.., 1u64..),
        marks in any::<(bool, bool, bool, bool)>(),
        items in vec(("[a-z0-9_.]{1,8}", "[ -~éß€]{1,90}"), 0..70),
        state in "([a-z0-9][a-z0-9_*/@-]{0,5}=[!-+\\--<>-~]{1,9},){0,4}",
    ) {
        let (sampled, random, debug, deferred) = marks;
        let mut bag = Baggage::new();
        let (mut bytes, mut weight) = (0, 0);
        for (key, value) in &items {
            // Encoded, every byte may be three. A composite of all formats has it three times.
            bytes += 3 * value.len() + key.len() + "ot-baggage-".len();
            weight += 3 * (3 * value.len() + key.len() + "ot-baggage-".len() + 32);
            if weight <= MAX_BYTES {
                bag.set(key, value);
            }
        }
        let state = TraceState::parse([state.as_bytes()]).unwrap_or_default();
        // Debug implies sampled, in B3; an open decision is none.
        let mut sent = context(ids.0, ids.1, sampled || debug).with_random(random);
        sent = sent.with_debug(debug).with_tracestate(state).with_baggage(bag);
        if deferred && !debug {
            sent = sent.with_deferred();
        }
        for format in every_format() {
            prop_assert_eq!(&hop(&*format, &sent)?, &carried(&*format, &sent), "{:?}", format);
        }
        prop_assert!(bytes <= weight);
        let expected = context(ids.0, ids.1, sent.is_sampled()).with_debug(debug);
        let found = binary::extract(&binary::inject(&sent));
        prop_assert_eq!(found, Ok(expected.with_baggage(sent.baggage())));
    }

    /// Whatever baggage there can be: what goes out is legal and bounded, and comes back.
    #[test]
    fn any_baggage(
        items in vec(("[!#-'*+.^_`|~0-9a-zA-Z-]{1,90}", any::<String>()), 0..70),
        big in 0usize..5_000,
    ) {
        let mut bag = Baggage::new();
        for (key, value) in &items {
            bag.set(key, value);
        }
        bag.set("big", &"x".repeat(big));
        let sent = context(1, 2, true).with_baggage(bag.clone());
        for format in every_format() {
            let after = hop(&*format, &sent)?;
            for (key, value) in after.baggage().iter() {
                let same = bag.iter().any(|(own, kept)| own.eq_ignore_ascii_case(key) && kept == value);
                prop_assert!(same, "{format:?} {key}");
            }
            prop_assert_eq!(&hop(&*format, &after)?, &after);
        }
    }

    #[test]
    fn any_bytes_unread(lines in vec((name(), value()), 0..8)) {
        static TRACERS: LazyLock<Vec<Tracer>> = LazyLock::new(|| {
            let tracer = |format| Tracer::builder("test").propagator(format).build();
            every_format().into_iter().map(tracer).collect()
        });
        for (format, tracer) in every_format().into_iter().zip(TRACERS.iter()) {
            let read = extract(&*format, &lines).baggage();
            let unread = tracer.capture(&lines);
            prop_assert_eq!(unread.baggage(), read);
            let mut sent = Vec::<(String, String)>::new();
            tracer.inject(&unread, &mut sent);
            for (name, value) in &sent {
                let there = lines.iter().any(|(own, kept)| {
                    own.eq_ignore_ascii_case(name) && kept == value.as_bytes()
                });
                prop_assert!(there && !value.is_empty(), "{name}");
            }
        }
    }

    #[test]
    fn any_message(bytes in prop_oneof![
        vec(any::<u8>(), 0..200),
        (vec(any::<u8>(), 32), 0u8..12, 0u8..4, vec(any::<u8>(), 0..60)).prop_map(
            |(ids, flags, count, rest)| [&ids[..], &[flags, 0, 0, 0, count], &rest].concat()
        ),
        (vec(("[a-z]{1,4}", "[ -~]{0,9}"), 0..5), Just(())).prop_map(|(items, ())| {
            let mut bag = Baggage::new();
            items.iter().for_each(|(key, value)| { bag.set(key, value); });
            binary::inject(&context(1, 2, true).with_baggage(bag))
        }),
    ]) {
        if let Ok(found) = binary::extract(&bytes) {
            prop_assert_eq!(binary::extract(&binary::inject(&found)), Ok(found));
        }
    }
}
