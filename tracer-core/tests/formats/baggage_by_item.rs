//! Baggage with a field for each item: Jaeger's and OpenTracing's.

use tracer_core::propagation::{Jaeger, OtTrace, Propagator};

use crate::common::context;
use crate::{bag, extract, injected, items, pairs};

/// Prefix, format for HTTP, and for text.
type Format = (&'static str, Box<dyn Propagator>, Box<dyn Propagator>);

fn formats() -> [Format; 2] {
    [
        ("uberctx-", Box::new(Jaeger::http()), Box::new(Jaeger::text_map())),
        ("ot-baggage-", Box::new(OtTrace::http()), Box::new(OtTrace::text_map())),
    ]
}

/// A key that some carrier cannot have in a name is left out, and so is a value that it cannot have.
#[test]
fn what_not_every_carrier_takes_is_left_out() {
    for (prefix, http, text) in formats() {
        let longest = "k".repeat(255 - prefix.len());
        let sent = context(1, 2, true).with_baggage(bag(&[
            ("good", "1"),
            ("card-bin", "1"),
            ("a+b", "1"),
            ("a|b", "1"),
            (&longest, "1"),
            (&format!("{longest}k"), "1"),
            ("control", "a\r\nX: y"),
            ("c1", "a\u{85}b"),
            ("letters", "Zoë"),
        ]));
        let names = |format: &dyn Propagator| {
            let written = injected(format, &sent).into_keys();
            let written: Vec<_> =
                written.filter_map(|name| name.strip_prefix(prefix).map(str::to_owned)).collect();
            written
        };
        assert_eq!(names(&*http), ["c1", "control", "good", &*longest, "letters"]);
        assert_eq!(names(&*text), ["good", &*longest, "letters"]);
        let back = extract(&*http, &injected(&*http, &sent));
        assert_eq!(back.baggage_item("control").as_deref(), Some("a\r\nX: y"));
    }
}

/// Over HTTP two keys that differ in case are one: the first one holds, whatever the carrier.
#[test]
fn keys_that_differ_in_case_only() {
    for (prefix, http, text) in formats() {
        let sent =
            context(1, 2, true).with_baggage(bag(&[("User", "1"), ("user", "2"), ("USER", "3")]));
        let written: Vec<_> = injected(&*http, &sent)
            .into_iter()
            .filter(|(name, _)| name.starts_with(prefix))
            .collect();
        assert_eq!(written, pairs(&[(&format!("{prefix}user"), "1")]));
        assert_eq!(items(&extract(&*http, &written)), pairs(&[("user", "1")]));
        let written = injected(&*text, &sent);
        let mut back = items(&extract(&*text, &written));
        back.sort();
        assert_eq!(back, pairs(&[("USER", "3"), ("User", "1"), ("user", "2")]));
    }
}

/// An empty value is a deleted item, and no header.
#[test]
fn empty_values_are_none() {
    for (prefix, http, text) in formats() {
        for format in [http, text] {
            let carrier = pairs(&[(&format!("{prefix}a"), ""), (&format!("{prefix}b"), "1")]);
            let found = extract(&*format, &carrier);
            assert_eq!(items(&found), pairs(&[("b", "1")]));
        }
    }
}
