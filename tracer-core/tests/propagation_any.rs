//! Whatever bytes arrive: no panic, legal output, and identity over what the format can carry.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]

mod common;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use common::context;
use proptest::prelude::{Strategy, any, proptest};
use proptest::{collection::vec, prop_assert, prop_assert_eq};
use tracer_core::baggage::{MAX_BYTES, MAX_MEMBERS};
use tracer_core::propagation::{Extract, ExtractError, Field, Propagator, RawContext, W3c};
use tracer_core::{Baggage, SpanContext, TraceState, Tracer};

/// Lines of bytes under the three names.
#[derive(Debug)]
struct Lines(Vec<(usize, Vec<u8>)>);

impl Extract for Lines {
    fn values<'a>(&'a self, field: &Field, each: &mut dyn FnMut(&'a [u8])) {
        for (nth, line) in &self.0 {
            if W3c.fields()[*nth].name() == field.name() {
                each(line);
            }
        }
    }
}

/// Bytes of every kind, and bytes that look like what is expected, bent here and there.
fn line() -> impl Strategy<Value = Vec<u8>> {
    let bent = vec(proptest::sample::select(&b"0123456789abcdef-,;=% \t@kv\r\n\xff\0"[..]), 0..120);
    let parent = ("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}.{0,3}").prop_map(Vec::from);
    let list = "([a-z]{1,3}[=;,][ -~]{0,6}[,;=%]?){0,80}".prop_map(Vec::from);
    proptest::strategy::Union::new([
        vec(any::<u8>(), 0..200).boxed(),
        bent.boxed(),
        parent.boxed(),
        list.boxed(),
    ])
}

fn legal(context: &SpanContext) -> Result<SpanContext, proptest::test_runner::TestCaseError> {
    let mut carrier = BTreeMap::<String, String>::new();
    W3c.inject(context, &mut carrier);
    for (name, value) in &carrier {
        prop_assert!(!value.is_empty(), "{name}");
        prop_assert!(value.bytes().all(|byte| (0x20..0x7f).contains(&byte)), "{name}: {value:?}");
        prop_assert!(value.len() <= MAX_BYTES);
    }
    let members = carrier.get("baggage").map_or(0, |line| line.split(',').count());
    prop_assert!(members <= MAX_MEMBERS);
    Ok(W3c.extract(&carrier).unwrap_or_else(ExtractError::into_rest))
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes(lines in vec((0usize..3, line()), 0..6)) {
        let carrier = Lines(lines);
        let context = W3c.extract(&carrier).unwrap_or_else(ExtractError::into_rest);
        // Empty values cannot be told from deleted ones; everything else comes through a hop.
        let back = legal(&context)?;
        prop_assert_eq!(&back, &context);
        prop_assert_eq!(&legal(&back)?, &context);
    }

    #[test]
    fn any_context(
        ids in (1u128.., 1u64..),
        flags in any::<(bool, bool)>(),
        items in vec(("[!#-'*+.^_`|~0-9a-zA-Z-]{1,8}", any::<String>()), 0..70),
        state in "([a-z0-9][a-z0-9_*/@-]{0,5}=[!-+\\--<>-~]{1,9},){0,4}",
    ) {
        let mut bag = Baggage::new();
        for (key, value) in &items {
            bag.set(key, value);
        }
        let state = TraceState::parse([state.as_bytes()]).unwrap_or_default();
        let context = context(ids.0, ids.1, flags.0)
            .with_random(flags.1)
            .with_tracestate(state)
            .with_baggage(bag);
        prop_assert_eq!(&legal(&context)?, &context);
    }

    #[test]
    fn any_bytes_unread(lines in vec((0usize..3, line()), 0..6)) {
        static TRACER: LazyLock<Tracer> = LazyLock::new(|| Tracer::builder("test").build());
        let carrier = Lines(lines);
        let context = TRACER.capture(&carrier);
        let kept = context.raw().map_or(0, |raw| {
            let mut kept = 0;
            W3c.fields().iter().for_each(|field| raw.values(field, &mut |_| kept += 1));
            kept
        });
        // An empty line next to a `traceparent` spoils it, here as there.
        let spoilt = carrier.0.iter().any(|(field, line)| *field == 0 && line.is_empty());
        let counts = |(field, line): &&(usize, Vec<u8>)| {
            !line.is_empty() && (*field != 0 || !spoilt)
        };
        prop_assert_eq!(kept, carrier.0.iter().filter(counts).count());
        let read = W3c.extract(&carrier).unwrap_or_else(ExtractError::into_rest);
        prop_assert_eq!(context.baggage(), read.baggage());
        let unread = context.raw().and_then(RawContext::parse).unwrap_or_default();
        prop_assert_eq!(unread, read, "what was not read means what it would have meant");
    }
}
