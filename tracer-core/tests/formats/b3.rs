//! B3, single and multi.

use tracer_core::propagation::{B3, ExtractError, Propagator};
use tracer_core::{AlwaysOff, SpanContext, Tracer};

use crate::common::{SPAN, TRACE, context};
use crate::{bag, corrupted, injected, pairs};

/// What is known of a decision: letters as they are in the header, `-` for an open one.
fn state(context: &SpanContext) -> &'static str {
    match (context.is_debug(), context.is_sampled(), context.is_deferred()) {
        (true, true, false) => "d",
        (false, true, false) => "1",
        (false, false, false) => "0",
        (false, false, true) => "-",
        _ => "?",
    }
}

fn caller(high: &str, sampling: &str) -> SpanContext {
    let trace = u128::from_str_radix(&format!("{high}{}", &TRACE[16..]), 16).unwrap();
    let context = context(trace, u64::from_str_radix(SPAN, 16).unwrap(), false);
    match sampling {
        "-" => context.with_deferred(),
        _ => context,
    }
}

#[test]
fn single_field() {
    let (high, low) = TRACE.split_at(16);
    let shouted = format!("{TRACE}-{SPAN}-1").to_uppercase();
    for (value, expected) in [
        (format!("{TRACE}-{SPAN}-1"), Some((high, "1"))),
        (format!("{TRACE}-{SPAN}-0"), Some((high, "0"))),
        (format!("{TRACE}-{SPAN}-d"), Some((high, "d"))),
        (format!("{TRACE}-{SPAN}"), Some((high, "-"))),
        (format!("{TRACE}-{SPAN}-1-05e3ac9a4f6e3b90"), Some((high, "1"))),
        (format!("{TRACE}-{SPAN}-1-0000000000000000"), Some((high, "1"))),
        (format!("{low}-{SPAN}-1"), Some(("", "1"))),
        (format!("\t{low}-{SPAN} "), Some(("", "-"))),
        (shouted, Some((high, "1"))),
        (format!("{TRACE}-{SPAN}-2"), None),
        (format!("{TRACE}-{SPAN}-D"), None),
        (format!("{TRACE}-{SPAN}-"), None),
        (format!("{TRACE}-{SPAN}-true"), None),
        (format!("{TRACE}-{SPAN}-1-5"), None),
        (format!("{TRACE}-{SPAN}-1-x5e3ac9a4f6e3b90"), None),
        (format!("{TRACE}-{SPAN}-1-05e3ac9a4f6e3b90-1"), None),
        (format!("{TRACE}-{SPAN}-1-"), None),
        (format!("{}-{SPAN}-1", &TRACE[1..]), None),
        (format!("{TRACE}-{}-1", &SPAN[1..]), None),
        (format!("{}-{SPAN}-1", "0".repeat(32)), None),
        (format!("{TRACE}-{}-1", "0".repeat(16)), None),
        (format!("+{}-{SPAN}-1", &TRACE[1..]), None),
        (format!("{TRACE}_{SPAN}_1"), None),
        (TRACE.to_owned(), None),
        ("x".to_owned(), None),
        (String::new(), None),
    ] {
        let found = B3::single().extract(&[("B3", &value)]);
        let Some((high, sampling)) = expected else {
            assert_eq!(corrupted(found), Some("b3"), "{value}");
            continue;
        };
        let found = found.unwrap_or_else(|error| panic!("{value}: {error}"));
        assert_eq!(state(&found), sampling, "{value}");
        assert_eq!(found.trace_id(), caller(high, sampling).trace_id(), "{value}");
        assert_eq!(found.span_id(), caller(high, sampling).span_id(), "{value}");
        assert!(found.is_remote() && !found.is_decision_only());
    }
}

#[test]
fn several_fields() {
    let ids = [("X-B3-TraceId", TRACE), ("X-B3-SpanId", SPAN)];
    for (sampled, flags, expected) in [
        (None, None, "-"),
        (Some("1"), None, "1"),
        (Some("0"), None, "0"),
        (Some("true"), None, "1"),
        (Some("false"), None, "0"),
        (Some(" 1 "), Some("0"), "1"),
        (None, Some("1"), "d"),
        (Some("0"), Some("1"), "d"),
        // What means nothing counts as absent.
        (Some("maybe"), None, "-"),
        (Some(""), Some("2"), "-"),
    ] {
        let mut carrier = pairs(&ids);
        carrier.extend(sampled.map(|value| ("x-b3-sampled".to_owned(), value.to_owned())));
        carrier.extend(flags.map(|value| ("x-b3-flags".to_owned(), value.to_owned())));
        let found = B3::multi().extract(&carrier).unwrap();
        assert_eq!(state(&found), expected, "{sampled:?} {flags:?}");
        assert_eq!(found.trace_id(), caller(&TRACE[..16], "").trace_id());
    }
    // What the parent's id is matters to nobody here.
    let with_parent = [ids[0], ids[1], ("x-b3-parentspanid", "0")];
    assert!(B3::multi().extract(&with_parent).is_ok());
    for bad in [
        [("x-b3-traceid", TRACE), ("x-b3-sampled", "0")],
        [("x-b3-spanid", SPAN), ("x-b3-sampled", "0")],
    ] {
        let Err(ExtractError::Corrupted { field, rest }) = B3::multi().extract(&bad) else {
            panic!("{bad:?}")
        };
        assert_eq!(field == "x-b3-spanid", bad[0].0 == "x-b3-traceid", "the one that is missing");
        assert!(rest.is_decision_only() && !rest.is_sampled(), "the decision stands on its own");
    }
    for bad in ["", "0", "zz", &TRACE[..31], "00000000000000000000000000000000"] {
        let found = B3::multi().extract(&[("x-b3-traceid", bad), ids[1]]);
        assert_eq!(corrupted(found), Some("x-b3-traceid"), "{bad}");
    }
    assert_eq!(B3::multi().extract(&[("x-b3-parentspanid", SPAN)]), Err(ExtractError::NotFound));
}

#[test]
fn decisions_without_ids() {
    for (letter, sampled, debug) in [("0", false, false), ("1", true, false), ("d", true, true)] {
        let one = B3::multi().extract(&[("b3", letter)]).unwrap();
        let field = if debug { ("x-b3-flags", "1") } else { ("x-b3-sampled", letter) };
        assert_eq!(B3::single().extract(&[field]).as_ref(), Ok(&one));
        assert!(one.is_decision_only() && !one.is_valid() && !one.is_empty());
        assert_eq!((one.is_sampled(), one.is_debug()), (sampled, debug));
        // It goes on as it came, where no trace has begun.
        assert_eq!(
            injected(&B3::single(), &one).into_iter().collect::<Vec<_>>(),
            pairs(&[("b3", letter)])
        );
        assert_eq!(injected(&B3::multi(), &one).into_iter().collect::<Vec<_>>(), pairs(&[field]));
    }
}

/// One field goes before several, and the first line before those that follow it.
#[test]
fn which_one_counts() {
    let other = "1".repeat(16);
    let single = format!("{TRACE}-{SPAN}-1");
    let multi = [("x-b3-traceid", &*other), ("x-b3-spanid", &*other)];
    let trace = |list: &[(&str, &str)]| {
        B3::single().extract(&pairs(list)).unwrap().trace_id().map(|id| id.to_string())
    };
    let padded = format!("{}{other}", "0".repeat(16));
    assert_eq!(trace(&[multi[0], multi[1], ("b3", &single)]).as_deref(), Some(TRACE));
    assert_eq!(trace(&[("b3", "?"), multi[0], multi[1]]), Some(padded.clone()));
    assert_eq!(trace(&[multi[0], multi[1], ("x-b3-traceid", TRACE)]), Some(padded));
    assert_eq!(trace(&[("b3", &single), ("b3", "0")]).as_deref(), Some(TRACE));
}

#[test]
fn what_is_written() {
    let ids = "00000000000000000000000000000001-0000000000000002";
    let plain = context(1, 2, true);
    for (context, single, multi) in [
        (plain.clone(), "-1", &[("x-b3-sampled", "1")][..]),
        (context(1, 2, false), "-0", &[("x-b3-sampled", "0")]),
        (context(1, 2, false).with_deferred(), "", &[]),
        (plain.clone().with_debug(true), "-d", &[("x-b3-flags", "1")]),
        // The flag alone asks for nothing.
        (context(1, 2, false).with_debug(true), "-0", &[("x-b3-sampled", "0")]),
    ] {
        let context = context.with_baggage(bag(&[("k", "v")])).with_random(true);
        assert_eq!(injected(&B3::single(), &context)["b3"], format!("{ids}{single}"));
        let mut written = injected(&B3::multi(), &context);
        assert_eq!(written.remove("x-b3-traceid").as_deref(), Some(&ids[..32]));
        assert_eq!(written.remove("x-b3-spanid").as_deref(), Some(&ids[33..]));
        assert_eq!(written.into_iter().collect::<Vec<_>>(), pairs(multi));
    }
    // Either form takes out what is left of the other one.
    let stale = [("X-B3-TraceId", "1"), ("B3", "1"), ("x-b3-flags", "1"), ("x", "y")];
    let mut carrier = pairs(&stale);
    B3::single().inject(&plain, &mut carrier);
    assert_eq!(carrier, pairs(&[("x", "y"), ("b3", &format!("{ids}-1"))]));
    B3::multi().inject(&plain, &mut carrier);
    assert_eq!(carrier.len(), 4);
    B3::multi().inject(&SpanContext::default().with_baggage(bag(&[("k", "v")])), &mut carrier);
    assert_eq!(carrier, pairs(&[("x", "y")]), "there is nothing to say of baggage alone");
}

/// A caller's decision without a trace is the root's.
#[test]
fn deny_begins_a_trace_that_is_not_recorded() {
    let tracer = Tracer::builder("test").propagator(B3::single()).build();
    let span = |header: &str| {
        tracer.span("serve").child_of(&tracer.extract(&[("b3", header)])).start().context()
    };
    let (deny, accept) = (span("0"), span("1"));
    assert!(deny.is_valid() && !deny.is_sampled() && accept.is_sampled());
    let never = Tracer::builder("test").propagator(B3::single()).sampler(AlwaysOff).build();
    let debug = never.span("serve").child_of(&never.extract(&[("b3", "d")])).start().context();
    assert!(debug.is_sampled() && debug.is_debug());
}
