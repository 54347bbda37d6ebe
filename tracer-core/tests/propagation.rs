//! W3C trace context and baggage: tables of good and bad, every carrier.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]

mod common;

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use common::{SPAN, TRACE, context};
use tracer_core::baggage::{MAX_BYTES, MAX_MEMBERS};
use tracer_core::propagation::{Extract, ExtractError, Field, Inject, Propagator, W3c};
use tracer_core::{Baggage, SpanContext, TraceState, Tracer};

type Pairs = Vec<(String, String)>;

fn pairs(list: &[(&str, &str)]) -> Pairs {
    list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn extract(carrier: &impl Extract) -> SpanContext {
    W3c.extract(carrier).unwrap_or_else(ExtractError::into_rest)
}

fn injected(context: &SpanContext) -> BTreeMap<String, String> {
    let mut carrier = BTreeMap::new();
    W3c.inject(context, &mut carrier);
    carrier
}

fn parent(sampled: bool) -> String {
    format!("00-{TRACE}-{SPAN}-0{}", u8::from(sampled))
}

fn baggage(lines: &[&str]) -> Vec<(String, String)> {
    let list: Vec<_> = lines.iter().map(|line| ("baggage", *line)).collect();
    let baggage = extract(&pairs(&list)).baggage();
    baggage.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

#[test]
fn a_bad_traceparent_restarts_the_trace() {
    let good = parent(true);
    let cases: [(&[&str], bool); 13] = [
        (&[&good], true),
        (&[&good.replacen("00", "cc", 1)], true),
        (&[&format!("{}-more-fields", good.replacen("00", "cc", 1))], true),
        (&[], false),
        (&[""], false),
        (&[&good, &good], false),
        (&["", &good], false),
        (&[&good.replacen("00", "ff", 1)], false),
        (&[&format!("{good}-x")], false),
        (&[&good.to_uppercase()], false),
        (&[&good.replace(TRACE, &"0".repeat(32))], false),
        (&[&good.replace(SPAN, &SPAN[1..])], false),
        (&[&good.replace("0a", "+a")], false),
    ];
    for (lines, valid) in cases {
        let mut carrier: Pairs =
            lines.iter().map(|line| ("TraceParent".to_owned(), (*line).to_owned())).collect();
        carrier.extend(pairs(&[("tracestate", "a=1"), ("baggage", "k=v")]));
        let context = extract(&carrier);
        assert_eq!(context.is_valid(), valid, "{lines:?}");
        // The state belongs to the parent; baggage stands on its own.
        assert_eq!(context.tracestate().as_str(), if valid { "a=1" } else { "" }, "{lines:?}");
        assert_eq!(context.baggage_item("k").as_deref(), Some("v"));
        assert!(context.is_remote());
    }
    assert!(W3c.extract(&pairs(&[("tracestate", "a=1")])).is_err());
}

#[test]
fn a_bad_tracestate_is_dropped_alone() {
    let members =
        |count: usize| (0..count).map(|nth| format!("k{nth}=v")).collect::<Vec<_>>().join(",");
    let commas = ", ".repeat(32 << 10);
    let (full, over) = (members(32), members(33));
    let with = |lines: &[&str]| {
        let mut carrier = pairs(&[("traceparent", &parent(true))]);
        carrier.extend(lines.iter().map(|line| ("tracestate".to_owned(), (*line).to_owned())));
        let context = extract(&carrier);
        assert!(context.is_valid(), "never the trace's fault");
        context.tracestate().as_str().to_owned()
    };
    assert_eq!(with(&["a=1", " b=2 ,", "", "c=3"]), "a=1,b=2,c=3");
    assert_eq!(with(&[&full]), full);
    let one_each: Vec<_> = full.split(',').collect();
    assert_eq!(with(&one_each), full);
    let mut padded = vec![","; 20];
    padded.extend(one_each);
    assert_eq!(with(&padded), full);
    for bad in [&over[..], &commas, "ä=1", "a=1,b", "A=1", "a=\u{7f}"] {
        assert_eq!(with(&["ok=1", bad]), "");
    }
    let endless = vec![","; 1_000];
    assert_eq!(with(&[&["a=1"], &endless[..]].concat()), "", "never a part of it");
}

#[test]
fn baggage_is_read_to_its_limits_and_no_further() {
    let members = |count: usize| -> Vec<String> { (0..count).map(|n| format!("k{n}=v")).collect() };
    assert_eq!(baggage(&[&members(64).join(",")]).len(), MAX_MEMBERS);
    assert_eq!(baggage(&[&members(65).join(",")]).len(), MAX_MEMBERS);
    let lines = members(1_000);
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    assert_eq!(baggage(&lines).len(), MAX_MEMBERS);
    // Exactly 8,192 bytes with the separator, and one more.
    let sized = |size: usize| format!("a={},b=2", "x".repeat(size - 6));
    assert_eq!((sized(MAX_BYTES).len(), baggage(&[&sized(MAX_BYTES)]).len()), (MAX_BYTES, 2));
    assert!(baggage(&[&sized(MAX_BYTES + 1)]).is_empty(), "never part of a member");
    let half = |key: &str, size: usize| format!("{key}={}", "x".repeat(size - 2));
    assert_eq!(baggage(&[&half("a", 4096), &half("b", 4095)]).len(), 2);
    assert_eq!(baggage(&[&half("a", 4096), &half("b", 4096)]).len(), 1);
}

#[test]
fn hostile_baggage_is_cheap() {
    let huge = "x".repeat(10 << 20);
    let many = "a=1,".repeat(2047);
    let shaped = format!("a={},{}", "x".repeat(4000), "b=1,".repeat(1040));
    let bad = "%ZZ;;;=,".repeat(1023);
    for (line, lines) in [(&huge, 3), (&many, 1_000), (&shaped, 1_000), (&bad, 1_000)] {
        let carrier: Pairs = vec![("baggage".to_owned(), line.clone()); lines];
        let start = Instant::now();
        let context = extract(&carrier);
        assert!(context.baggage().len() <= 2);
        // A thousand lines, and less than a moment, even in a debug build.
        assert!(start.elapsed().as_millis() < 200, "{:?} {}", start.elapsed(), &line[..8]);
    }
}

#[test]
fn members_are_parsed_as_the_specification_says() {
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(baggage(&["a = 1 , b=2;p=1;q"]), [pair("a", "1"), pair("b", "2")]);
    assert_eq!(
        baggage(&["a=%C3%A9%2C%20", "a=again,b=x=y"]),
        [pair("a", "again"), pair("b", "x=y")]
    );
    assert_eq!(baggage(&["a=%C3%A9%2C%20"]), [pair("a", "é, ")]);
    assert_eq!(baggage(&["a=%,b=%ZZ,c=%E0%40%2E"]).len(), 3);
    for bad in ["a", "=v", "a b=c", "é=1", "a=é", "a=\"q\"", "a=b\\c", "a=b c", ",,, ,"] {
        assert_eq!(baggage(&[bad]), [], "{bad}");
    }
    assert_eq!(baggage(&["bad key=1,good=2"]), [pair("good", "2")]);
    assert!(baggage(&["a="]).iter().all(|(_, value)| value.is_empty()));
}

#[test]
fn properties_are_handed_on_and_add_nothing() {
    let hop = |line: &str| injected(&extract(&pairs(&[("baggage", line)]))).remove("baggage");
    assert_eq!(hop("a=1;p;q=2,b=3").as_deref(), Some("a=1;p;q=2,b=3"));
    assert_eq!(hop("a=1; p = 2").as_deref(), Some("a=1;p=2"));
    assert_eq!(hop("a=1;p\t=\tv;\tq\t").as_deref(), Some("a=1;p=v;q"), "no control character");
    assert_eq!(hop("a=1;p=a\r\nX: y;ok").as_deref(), Some("a=1;ok"));
    assert_eq!(hop("a=1;p=\u{1},b=2").as_deref(), Some("a=1,b=2"));
    assert_eq!(hop("a=v%0d%0aX:%20y").as_deref(), Some("a=v%0D%0AX:%20y"));
}

#[test]
fn nothing_empty_and_nothing_stale_is_written() {
    let stale = [("traceparent", "old"), ("TRACESTATE", "old=1"), ("Baggage", "old=1"), ("x", "y")];
    let mut carrier = pairs(&stale);
    W3c.inject(&context(1, 2, false), &mut carrier);
    carrier.sort();
    let parent = format!("00-{:032x}-{:016x}-00", 1, 2);
    assert_eq!(carrier, pairs(&[("traceparent", &parent), ("x", "y")]));
    let mut carrier: HashMap<_, _> = pairs(&stale).into_iter().collect();
    let mut bag = Baggage::new();
    bag.set("new", "1");
    W3c.inject(&context(1, 2, true).with_baggage(bag), &mut carrier);
    assert_eq!((carrier.len(), carrier["baggage"].as_str()), (3, "new=1"));
    let mut carrier = pairs(&[("x", "y")]);
    W3c.inject(&SpanContext::default(), &mut carrier);
    assert_eq!(carrier, pairs(&[("x", "y")]));
    // Baggage alone is a context of its own, and no part of somebody else's trace.
    let mut carrier = pairs(&stale);
    let mut bag = Baggage::new();
    bag.set("new", "1");
    W3c.inject(&SpanContext::default().with_baggage(bag), &mut carrier);
    carrier.sort();
    assert_eq!(carrier, pairs(&[("baggage", "new=1"), ("x", "y")]));
    // Nothing has nothing to say.
    let mut carrier = pairs(&stale);
    W3c.inject(&SpanContext::default(), &mut carrier);
    assert_eq!(carrier, pairs(&stale));
    let cleared = context(1, 2, true).with_baggage(Baggage::new());
    assert_eq!(injected(&cleared).into_keys().collect::<Vec<_>>(), ["traceparent"]);
}

/// The same context through every carrier there is.
fn round_trip<C: Extract + Inject + Default>(context: &SpanContext) {
    let mut carrier = C::default();
    W3c.inject(context, &mut carrier);
    let back = extract(&carrier);
    assert_eq!(&back, context, "{}", std::any::type_name::<C>());
    let mut lines = 0;
    for field in W3c.fields() {
        carrier.values(field, &mut |value| {
            lines += 1;
            assert!(!value.is_empty() && value.iter().all(|byte| (0x20..0x7f).contains(byte)));
        });
    }
    assert_eq!(lines, 3);
    W3c.inject(context, &mut carrier);
    assert_eq!(&extract(&carrier), context, "a second time replaces the first");
}

#[test]
fn every_carrier_brings_back_what_it_was_given() {
    let mut bag = Baggage::new();
    bag.set("user", "Zoë, 7; = \"\\%\r\n");
    bag.set("other", "plain");
    let state = TraceState::parse([&b"vendor=a b,t@v=1"[..]]).unwrap();
    for sampled in [true, false] {
        let context = context(u128::MAX, u64::MAX, sampled).with_random(!sampled);
        let context = context.with_tracestate(state.clone()).with_baggage(bag.clone());
        round_trip::<Pairs>(&context);
        round_trip::<HashMap<String, String>>(&context);
        round_trip::<BTreeMap<String, String>>(&context);
        #[cfg(feature = "http")]
        round_trip::<http::HeaderMap>(&context);
    }
}

#[cfg(feature = "http")]
#[test]
fn a_full_header_map_is_no_reason_to_panic() {
    let mut headers = http::HeaderMap::new();
    let value = http::HeaderValue::from_static("v");
    for nth in 0..40_000 {
        let name = http::HeaderName::try_from(format!("x-{nth}")).unwrap();
        let _ = headers.try_insert(name, value.clone());
    }
    W3c.inject(&context(1, 2, true), &mut headers);
}

#[test]
fn pairs_are_carriers_however_they_are_held() {
    let tracer = Tracer::builder("test").build();
    let parent = parent(true);
    let sampled = |carrier: SpanContext| carrier.is_sampled();
    let (array, bytes) =
        ([("traceparent", &parent)], [("TraceParent".to_owned(), parent.clone().into_bytes())]);
    assert!(sampled(tracer.extract(&array)) && sampled(tracer.extract(&array.as_slice())));
    assert!(sampled(tracer.extract(&array.to_vec())) && sampled(tracer.extract(&bytes)));
    assert!(sampled(extract(&bytes.to_vec())) && !sampled(tracer.extract(&&array[1..])));
}

#[test]
fn a_carrier_of_ones_own() {
    struct Attributes(Vec<(&'static str, Vec<u8>)>);
    impl Extract for Attributes {
        fn values<'a>(&'a self, field: &Field, each: &mut dyn FnMut(&'a [u8])) {
            for (_, value) in self.0.iter().filter(|(name, _)| *name == field.name()) {
                each(value);
            }
        }
    }
    let attributes =
        vec![("traceparent", parent(true).into()), ("baggage", vec![0xff, b'=', b'1'])];
    let context = extract(&Attributes(attributes));
    assert!(context.is_sampled() && context.baggage().is_empty());
}

/// A handful of headers is gone through, many are looked up: both find the same.
#[test]
fn it_does_not_matter_how_many_other_headers_there_are() {
    for others in [0, 3, 11, 12, 13, 40] {
        let mut headers = http::HeaderMap::new();
        for nth in 0..others {
            let name: http::HeaderName = format!("x-other-{nth}").parse().unwrap();
            headers.append(name, "x".parse().unwrap());
        }
        headers.append("traceparent", parent(true).parse().unwrap());
        headers.append("tracestate", "a=1".parse().unwrap());
        headers.append("tracestate", "b=2".parse().unwrap());
        headers.append("baggage", "k=v".parse().unwrap());
        let context = extract(&headers);
        assert_eq!(context.tracestate().as_str(), "a=1,b=2", "{others}");
        assert_eq!(context.baggage_item("k").as_deref(), Some("v"), "{others}");
        // Nothing of it stays with another context.
        let bare = SpanContext::new(context.trace_id().unwrap(), context.span_id().unwrap(), false);
        Tracer::builder("test").build().inject(&bare, &mut headers);
        assert_eq!(headers.len(), others + 1, "{headers:?}");
    }
}
