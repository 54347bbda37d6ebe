//! The 41 cases of the W3C's own validation service for trace context (level 2, strict), each named
//! as it is there, against a service in this process: it is sent a request, and asked for what it
//! sends on.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use tracer_core::propagation::{Extract, Inject};
use tracer_core::{SpanKind, Tracer};

const TRACE: &str = "12345678901234567890123456789012";
const SPAN: &str = "1234567890123456";

type Headers<'a> = &'a [(&'a str, &'a str)];

/// What the service sends on: a well-formed `traceparent`, and `tracestate` if there is any.
struct Sent {
    trace: String,
    span: String,
    flags: String,
    state: Option<String>,
}

/// A service that calls another one so many times.
fn serve(calls: usize, headers: Headers<'_>) -> Vec<Sent> {
    let request: Vec<_> = headers.to_vec();
    let sent = handle::<_, Vec<(String, String)>>(calls, &request, |sent, name| {
        sent.iter().filter(|(own, _)| own == name).map(|(_, value)| value.clone()).collect()
    });
    #[cfg(feature = "http")]
    {
        let mut map = http::HeaderMap::new();
        for (name, value) in headers {
            let name = http::HeaderName::from_bytes(name.as_bytes()).unwrap();
            map.append(name, http::HeaderValue::from_str(value).unwrap());
        }
        let mapped = handle::<_, http::HeaderMap>(calls, &map, |sent, name| {
            sent.get_all(name).iter().map(|value| value.to_str().unwrap().to_owned()).collect()
        });
        for (one, other) in sent.iter().zip(&mapped) {
            assert_eq!(one.state, other.state, "{headers:?}");
            assert_eq!(one.trace == TRACE, other.trace == TRACE, "{headers:?}");
        }
    }
    sent
}

fn handle<C: Extract, S: Inject + Default>(
    calls: usize,
    request: &C,
    lines: impl Fn(&S, &str) -> Vec<String>,
) -> Vec<Sent> {
    let tracer = Tracer::builder("service").build();
    let caller = tracer.extract(request);
    let server = tracer.span("serve").kind(SpanKind::Server).child_of(&caller).start();
    let call = |_| {
        let client = tracer.span("call").kind(SpanKind::Client).child_of(&server).start();
        let mut sent = S::default();
        tracer.inject(&client, &mut sent);
        let (parents, states) = (lines(&sent, "traceparent"), lines(&sent, "tracestate"));
        assert!(parents.len() == 1 && states.len() < 2, "{parents:?} {states:?}");
        let parts: Vec<&str> = parents[0].split('-').collect();
        let [version, trace, span, flags] = parts[..] else { panic!("{parents:?}") };
        assert_eq!((version, trace.len(), span.len(), flags.len()), ("00", 32, 16, 2));
        let lower_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        assert!([trace, span, flags].into_iter().flat_map(str::bytes).all(lower_hex));
        assert!(trace.contains(|digit| digit != '0') && span.contains(|digit| digit != '0'));
        let [trace, span, flags] = [trace, span, flags].map(str::to_owned);
        Sent { trace, span, flags, state: states.into_iter().next() }
    };
    (0..calls).map(call).collect()
}

fn once(headers: Headers<'_>) -> Sent {
    serve(1, headers).remove(0)
}

fn parent(version: &str, rest: &str) -> String {
    format!("{version}-{TRACE}-{SPAN}-{rest}")
}

fn continues(name: &str, parent: &str) {
    let sent = once(&[(name, parent)]);
    assert_eq!(sent.trace, TRACE, "{name}: {parent:?}");
    assert_ne!(sent.span, SPAN, "{name}: {parent:?}");
}

fn restarts(name: &str, parent: &str) {
    assert_ne!(once(&[(name, parent)]).trace, TRACE, "{name}: {parent:?}");
}

/// What becomes of these lines of `tracestate`, in a trace that goes on.
fn state(lines: &[&str]) -> String {
    named_state("tracestate", lines)
}

fn named_state(name: &str, lines: &[&str]) -> String {
    let parent = parent("00", "00");
    let mut headers = vec![("traceparent", &*parent)];
    headers.extend(lines.iter().map(|line| (name, *line)));
    let sent = once(&headers);
    assert_eq!(sent.trace, TRACE, "no state is the trace's fault: {lines:?}");
    sent.state.unwrap_or_default()
}

#[test]
fn both_traceparent_and_tracestate_missing() {
    assert_eq!(once(&[]).state, None);
}

#[test]
fn traceparent_included_tracestate_missing() {
    continues("traceparent", &parent("00", "01"));
    assert_eq!(state(&[]), "");
}

#[test]
fn traceparent_duplicated() {
    let (one, other) = (parent("00", "01"), parent("00", "01").replacen("012-", "011-", 1));
    for (first, second) in [(&one, &other), (&other, &one), (&one, &one)] {
        let sent = once(&[("traceparent", first), ("traceparent", second)]);
        assert!(sent.trace != TRACE && !sent.trace.starts_with(&TRACE[..31]));
    }
}

#[test]
fn traceparent_header_name() {
    restarts("trace-parent", &parent("00", "01"));
    restarts("trace.parent", &parent("00", "01"));
}

#[test]
fn traceparent_header_name_valid_casing() {
    for name in ["TraceParent", "TrAcEpArEnT", "TRACEPARENT"] {
        continues(name, &parent("00", "01"));
    }
}

#[test]
fn traceparent_version_0x00() {
    restarts("traceparent", &parent("00", "01."));
    restarts("traceparent", &parent("00", "01-what-the-future-will-be-like"));
}

#[test]
fn traceparent_version_0xcc() {
    continues("traceparent", &parent("cc", "01"));
    continues("traceparent", &parent("cc", "01-what-the-future-will-be-like"));
    restarts("traceparent", &parent("cc", "01.what-the-future-will-be-like"));
}

#[test]
fn traceparent_version_0xff() {
    restarts("traceparent", &parent("ff", "01"));
}

#[test]
fn traceparent_version_illegal_characters() {
    restarts("traceparent", &parent(".0", "01"));
    restarts("traceparent", &parent("0.", "01"));
}

#[test]
fn traceparent_version_too_long() {
    restarts("traceparent", &parent("000", "01"));
    restarts("traceparent", &parent("0000", "01"));
}

#[test]
fn traceparent_version_too_short() {
    restarts("traceparent", &parent("0", "01"));
}

/// A trace id that is not as it should be, which must not come out again in any part.
fn bad_trace_id(id: &str) {
    let sent = once(&[("traceparent", &format!("00-{id}-{SPAN}-01"))]);
    assert!(!id.contains(&sent.trace) && !sent.trace.contains(&id[1..]), "{id}");
}

#[test]
fn traceparent_trace_id_all_zero() {
    bad_trace_id(&"0".repeat(32));
}

#[test]
fn traceparent_trace_id_illegal_characters() {
    bad_trace_id(&format!(".{}", &TRACE[1..]));
    bad_trace_id(&format!("{}.", &TRACE[..31]));
}

#[test]
fn traceparent_trace_id_too_long() {
    bad_trace_id(&format!("{TRACE}3"));
}

#[test]
fn traceparent_trace_id_too_short() {
    bad_trace_id(&TRACE[..31]);
}

fn bad_parent_id(id: &str) {
    restarts("traceparent", &format!("00-{TRACE}-{id}-01"));
}

#[test]
fn traceparent_parent_id_all_zero() {
    bad_parent_id(&"0".repeat(16));
}

#[test]
fn traceparent_parent_id_illegal_characters() {
    bad_parent_id(&format!(".{}", &SPAN[1..]));
    bad_parent_id(&format!("{}.", &SPAN[..15]));
}

#[test]
fn traceparent_parent_id_too_long() {
    bad_parent_id(&format!("{SPAN}7"));
}

#[test]
fn traceparent_parent_id_too_short() {
    bad_parent_id(&SPAN[..15]);
}

#[test]
fn traceparent_trace_flags_illegal_characters() {
    restarts("traceparent", &parent("00", ".0"));
    restarts("traceparent", &parent("00", "0."));
}

#[test]
fn traceparent_trace_flags_too_long() {
    restarts("traceparent", &parent("00", "001"));
}

#[test]
fn traceparent_trace_flags_too_short() {
    restarts("traceparent", &parent("00", "1"));
}

#[test]
fn traceparent_ows_handling() {
    let parent = parent("00", "01");
    for (before, after) in [(" ", ""), ("\t", ""), ("", " "), ("", "\t"), ("\t ", " \t")] {
        continues("traceparent", &format!("{before}{parent}{after}"));
    }
}

#[test]
fn tracestate_included_traceparent_missing() {
    assert_eq!(once(&[("tracestate", "foo=1")]).state, None);
    assert_eq!(once(&[("tracestate", "foo=1,bar=2")]).state, None);
}

#[test]
fn tracestate_included_traceparent_included() {
    assert_eq!(state(&["foo=1,bar=2"]), "foo=1,bar=2");
}

#[test]
fn tracestate_header_name() {
    assert_eq!(named_state("trace-state", &["foo=1"]), "");
    assert_eq!(named_state("trace.state", &["foo=1"]), "");
}

#[test]
fn tracestate_header_name_valid_casing() {
    for name in ["TraceState", "TrAcEsTaTe", "TRACESTATE"] {
        assert_eq!(named_state(name, &["foo=1"]), "foo=1");
    }
}

#[test]
fn tracestate_empty_header() {
    assert_eq!(state(&[""]), "");
    assert_eq!(state(&["foo=1", ""]), "foo=1");
    assert_eq!(state(&["", "foo=1"]), "foo=1");
}

#[test]
fn tracestate_multiple_headers_different_keys() {
    let lines = ["foo=1,bar=2", "rojo=1,congo=2", "baz=3"];
    assert_eq!(state(&lines), "foo=1,bar=2,rojo=1,congo=2,baz=3");
}

#[test]
fn tracestate_duplicated_keys() {
    for lines in [&["foo=1,foo=1"][..], &["foo=1,foo=2"], &["foo=1", "foo=1"], &["foo=1", "foo=2"]]
    {
        assert_eq!(state(lines), "foo=1", "{lines:?}");
    }
}

#[test]
fn tracestate_all_allowed_characters() {
    let key: String = ('a'..='z').chain('0'..='9').chain("_-*/".chars()).collect();
    let value: String = (' '..='~').filter(|char| !matches!(char, ',' | '=')).collect();
    for key in [key.clone(), format!("{key}@a-z0-9_-*/")] {
        let member = format!("{key}={value}");
        assert_eq!(state(&[&member]), member);
    }
}

#[test]
fn tracestate_ows_handling() {
    for line in ["foo=1 \t , \t bar=2, \t baz=3", "foo=1\t \t,\t \tbar=2,\t \tbaz=3"] {
        assert_eq!(state(&[line]), "foo=1,bar=2,baz=3");
    }
    for line in [" foo=1", "\tfoo=1", "foo=1 ", "foo=1\t", "\t foo=1 \t"] {
        assert_eq!(state(&[line]), "foo=1");
    }
}

#[test]
fn tracestate_key_illegal_characters() {
    for line in ["foo =1", "FOO=1", "foo.bar=1"] {
        assert_eq!(state(&[line]), "", "{line}");
    }
}

/// Level 2 has no vendors in its grammar any more: `@` is a letter like others, but not the first.
#[test]
fn tracestate_key_illegal_vendor_format() {
    for line in ["foo@=1,bar=2", "foo@@bar=1,bar=2", "foo@bar@baz=1,bar=2"] {
        assert_eq!(state(&[line]), line);
    }
    assert_eq!(state(&["@foo=1,bar=2"]), "");
}

#[test]
fn tracestate_member_count_limit() {
    let members: Vec<_> = (1..=33).map(|n| format!("bar{n:02}={n:02}")).collect();
    let lines = [0..10, 10..20, 20..30, 30..32].map(|part| members[part].join(","));
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    assert_eq!(state(&lines), members[..32].join(","));
    assert_eq!(state(&[&lines[..], &[&*members[32]]].concat()), "");
}

#[test]
fn tracestate_key_length_limit() {
    let tenants = [(241, "@", 14), (242, "@", 1), (1, "@", 15)];
    let tenants = tenants.map(|(t, at, v)| format!("{}{at}{}=1", "t".repeat(t), "v".repeat(v)));
    let longest = format!("{}=1", "z".repeat(256));
    for key in tenants.iter().chain([&longest]) {
        assert_eq!(state(&["foo=1", key]), format!("foo=1,{key}"));
    }
    assert_eq!(state(&["foo=1", &format!("z{longest}")]), "");
}

#[test]
fn tracestate_value_illegal_characters() {
    assert_eq!(state(&["foo=bar=baz"]), "");
    assert_eq!(state(&["foo=,bar=3"]), "");
}

/// Three calls of one request: their traces and their spans.
fn three_calls(headers: Headers<'_>) -> (BTreeSet<String>, BTreeSet<String>) {
    serve(3, headers).into_iter().map(|sent| (sent.trace, sent.span)).unzip()
}

#[test]
fn multiple_requests_with_valid_traceparent() {
    let (traces, spans) = three_calls(&[("traceparent", &parent("00", "01"))]);
    assert_eq!((traces.into_iter().collect::<Vec<_>>(), spans.len()), (vec![TRACE.to_owned()], 3));
}

#[test]
fn multiple_requests_without_traceparent() {
    let (traces, spans) = three_calls(&[]);
    assert_eq!((traces.len(), spans.len()), (1, 3));
}

#[test]
fn multiple_requests_with_illegal_traceparent() {
    let zero = parent("00", "01").replace(TRACE, &"0".repeat(32));
    let (traces, spans) = three_calls(&[("traceparent", &zero)]);
    assert_eq!((traces.len(), spans.len()), (1, 3));
    assert!(!traces.contains(&"0".repeat(32)));
}

#[test]
fn propagates_random_flag() {
    for (flags, sent) in [("02", "02"), ("03", "03"), ("00", "00"), ("01", "01"), ("ff", "03")] {
        let answer = once(&[("traceparent", &parent("00", flags))]);
        assert_eq!((&*answer.trace, &*answer.flags), (TRACE, sent), "{flags}");
    }
    assert_eq!(once(&[]).flags, "03", "all bits of a trace id that is made here are random");
}
