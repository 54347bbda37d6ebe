//! Hostile values (rows B5 to B8, H1 to H3), in every format.

use tracer_core::propagation::{Extract, Propagator, W3c};
use tracer_core::{Baggage, SpanContext, Tracer};

use crate::carriers::Table;
use crate::common::{SPAN, TRACE, context};
use crate::{bag, every_format, extract, injected, items, pairs};

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// All that a format reads, with the same value in each.
fn in_every_field(format: &dyn Propagator, value: &[u8]) -> Vec<(String, Vec<u8>)> {
    let fields = format.fields().iter().map(|field| field.name().to_owned());
    let prefixes = format.prefixes().iter().map(|prefix| format!("{prefix}a"));
    fields.chain(prefixes).map(|name| (name, value.to_vec())).collect()
}

#[test]
fn b5_broken_escapes_and_bytes_that_are_no_text_count_as_absent() {
    for value in
        [&b"%"[..], b"%ZZ", b"%E0%40%2E", b"\xff\xfe", b"a=\xff", b"%ff", b"\0", b"\xc0\x80"]
    {
        for format in every_format() {
            let carrier = in_every_field(&*format, value);
            let found = extract(&*format, &carrier);
            assert!(
                !found.is_valid() && found.baggage().is_empty() || is_text(&*format, value),
                "{format:?} {value:?}"
            );
            // What has been read can be sent.
            let mut table = Table::default();
            format.inject(&found, &mut table);
        }
    }
}

/// Where values are as they are, these are none that is broken.
fn is_text(format: &dyn Propagator, value: &[u8]) -> bool {
    format!("{format:?}").contains("Text") && std::str::from_utf8(value).is_ok()
}

#[test]
fn b6_tracestate_is_dropped_alone_and_in_bounded_time() {
    let commas = ", ".repeat(32 << 10);
    let with = |lines: &[&str]| {
        let mut carrier = pairs(&[("traceparent", PARENT), ("baggage", "k=v")]);
        carrier.extend(lines.iter().map(|line| ("tracestate".to_owned(), (*line).to_owned())));
        let found = extract(&W3c, &carrier);
        assert!(found.is_valid() && found.baggage().len() == 1);
        found.tracestate().as_str().to_owned()
    };
    for bad in [&*commas, "ä=1", "a=ü", "a=1,,b", "\u{7f}=1", "a=\t1\t2"] {
        assert_eq!(
            (with(&[bad]), with(&["ok=1", bad])),
            (String::new(), String::new()),
            "{bad:.9}"
        );
    }
    assert_eq!(with(&["a=1", "", " , ,", "b=2 ,c=3"]), "a=1,b=2,c=3");
    assert_eq!(with(&[&"a=1,".repeat(33)]), "", "33 members, if all of them the same");
    // 512 characters go on as they are, and some more.
    let long = (0..9).map(|n| format!("k{n}={}", "v".repeat(250))).collect::<Vec<_>>().join(",");
    assert_eq!(with(&[&long]), long);
}

#[test]
fn b8_traceparents_that_restart_and_those_that_do_not() {
    let rest = &PARENT[2..];
    for (lines, goes_on) in [
        (&[PARENT][..], true),
        (&[PARENT, PARENT], false),
        (&[&format!("ff{rest}")], false),
        (&[&format!("{PARENT}-")], false),
        (&[&format!("{PARENT}-data")], false),
        (&[&format!("01{rest}-more-fields")], true),
        (&[&format!("fe{rest}")], true),
        (&[&PARENT.to_uppercase()], false),
        (&[&PARENT.replace("0af", "0AF")], false),
        (&[&PARENT.replace("0af", "+af")], false),
        (&[&PARENT.replace(TRACE, &TRACE[1..])], false),
        (&[&PARENT.replace(SPAN, &SPAN[1..])], false),
        (&[&PARENT.replace(TRACE, &"0".repeat(32))], false),
        (&[&PARENT.replace(SPAN, &"0".repeat(16))], false),
    ] {
        let carrier: Vec<_> = lines.iter().map(|line| ("traceparent", *line)).collect();
        assert_eq!(extract(&W3c, &carrier).is_valid(), goes_on, "{lines:?}");
        let tracer = Tracer::builder("test").build();
        let span = tracer.span("serve").child_of(&tracer.extract(&carrier)).start().context();
        assert_eq!(span.trace_id().map(|id| id.to_string()).as_deref() == Some(TRACE), goes_on);
    }
}

#[test]
fn h1_no_control_character_goes_out_again() {
    let caller = extract(&W3c, &[("baggage", "a=v%0d%0aX:%20y,b=%00%1b%7f,c=%C2%85")]);
    assert_eq!(caller.baggage_item("a").as_deref(), Some("v\r\nX: y"));
    for format in every_format() {
        // The carrier refuses them: see there.
        let mut table = Table::default();
        format.inject(&caller, &mut table);
        let back = extract(&*format, &table);
        assert!(back.baggage().is_empty() || back.baggage() == caller.baggage(), "{format:?}");
        #[cfg(feature = "http")]
        {
            let mut headers = http::HeaderMap::new();
            format.inject(&caller, &mut headers);
            assert!(headers.values().all(|value| value.to_str().is_ok()), "{headers:?}");
        }
        // Switched off it goes on as it came, which is encoded.
        let tracer = Tracer::builder("test").propagator(format).build();
        let unread = tracer.capture(&[("baggage", "a=v%0d%0aX:%20y"), ("uberctx-a", "%0d%0a")]);
        let mut sent = Vec::<(String, String)>::new();
        tracer.inject(&unread, &mut sent);
        assert!(sent.iter().all(|(_, value)| !value.contains(char::is_control)));
    }
    // Nor into a log line.
    assert!(!format!("{caller:?} {:?}", caller.baggage()).contains("X:"));
}

/// A raw line break in a field that is no header: a table of a queue has room for it.
#[test]
fn h1_raw_control_characters_are_dropped_or_encoded() {
    for format in every_format() {
        for value in ["a\r\nX: y", "k=v\r\nX: y", "\u{0}", "\u{85}"] {
            let carrier = in_every_field(&*format, value.as_bytes());
            let mut table = Table::default();
            format.inject(&extract(&*format, &carrier), &mut table);
            let tracer = Tracer::builder("test").build();
            let mut sent = Vec::<(String, String)>::new();
            tracer.inject(&tracer.capture(&carrier), &mut sent);
            assert!(sent.iter().all(|(_, value)| !value.contains(char::is_control)), "{sent:?}");
        }
    }
}

#[test]
fn h2_properties_add_neither_members_nor_headers() {
    for (line, expected) in [
        ("a=1;p=a\r\nX: y", Some("a=1")),
        ("a=1;p=v,evil=1", Some("a=1;p=v,evil=1")),
        ("a=1;p=\"v,evil=1\"", None),
        ("a=1;p=%2Cevil%3D1;q=%0d%0a", Some("a=1;p=%2Cevil%3D1;q=%0d%0a")),
        ("a=1;;p;=x;q q=1;r=é", Some("a=1;p")),
    ] {
        let caller = extract(&W3c, &[("baggage", line)]);
        let written = injected(&W3c, &caller);
        if let Some(expected) = expected {
            assert_eq!(written.get("baggage").map(String::as_str), Some(expected), "{line}");
        }
        let again = extract(&W3c, &written);
        assert_eq!(items(&again), items(&caller), "{line}");
        assert!(written.keys().all(|name| name == "baggage"));
        // Other formats have no properties: the value alone goes on.
        for format in every_format() {
            let keys = items(&extract(&*format, &injected(&*format, &caller))).len();
            assert!(keys <= caller.baggage().len(), "{format:?} {line}");
        }
    }
}

#[test]
fn h3_nothing_empty_is_ever_written() {
    let empty_value = extract(&W3c, &[("baggage", "a=,b=1;p")]);
    assert_eq!(empty_value.baggage().len(), 2);
    for sent in [
        context(1, 2, true),
        context(1, 2, false).with_deferred(),
        context(1, 2, true).with_baggage(Baggage::new()),
        context(1, 2, true).with_baggage(empty_value.baggage()),
        context(1, 2, true).with_debug_id(""),
        SpanContext::default(),
        SpanContext::default().with_baggage(bag(&[("k", "v")])),
        SpanContext::decision(false),
    ] {
        for format in every_format() {
            // The carrier refuses what is empty: see there.
            let mut table = Table::default();
            format.inject(&sent, &mut table);
            let tracer = Tracer::builder("test").propagator(format).build();
            let fields = [
                ("traceparent", ""),
                ("tracestate", ""),
                ("baggage", ""),
                ("uberctx-a", ""),
                ("b3", ""),
            ];
            assert!(tracer.capture(&fields).is_empty());
        }
    }
}

/// A carrier that knows nothing, and one that says the same thing under every name.
#[test]
fn odd_carriers() {
    struct Echo(&'static [u8]);
    impl Extract for Echo {
        fn values<'a>(
            &'a self,
            _: &tracer_core::propagation::Field,
            each: &mut dyn FnMut(&'a [u8]),
        ) {
            each(self.0);
        }
    }
    for format in every_format() {
        for bytes in [&b""[..], b"0", b"1", b"d", b"true", b"1:1:0:1", PARENT.as_bytes()] {
            let mut table = Table::default();
            format.inject(&extract(&*format, &Echo(bytes)), &mut table);
        }
    }
}
