//! How far callers are believed, and what forced sampling costs them (rows T1 and T2).
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::BTreeMap;
use std::time::Duration;

use tracer_core::propagation::{Extract, Field, Inject};
use tracer_core::propagation::{ExtractError, Hosts, Propagator, W3c, binary};
use tracer_core::{
    AlwaysOff, AlwaysOn, ENABLED, MemoryReporter, ReferenceKind, Sampler, SpanContext, SpanId,
    TraceId, Tracer, TracerBuilder, Trust,
};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const CALLER: [(&str, &str); 3] = [
    ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
    ("tracestate", "v=1"),
    ("baggage", "customer=7"),
];

/// A format with a flag by which callers insist on a trace.
#[derive(Debug)]
struct Insistent;

static INSIST: Field = Field::new("insist");
static ASK: Field = Field::new("jaeger-debug-id");
static FIELDS: [&Field; 2] = [&INSIST, &ASK];

impl Propagator for Insistent {
    fn extract(&self, carrier: &dyn Extract) -> Result<SpanContext, ExtractError> {
        let (mut flag, mut id) = (None, None);
        carrier.values(&INSIST, &mut |value| flag = Some(value == b"sampled"));
        carrier.values(&ASK, &mut |value| id = std::str::from_utf8(value).ok());
        match (flag, id) {
            (Some(sampled), _) => Ok(caller(sampled).with_debug(true)),
            (None, Some(id)) => Ok(SpanContext::default().with_remote().with_debug_id(id)),
            (None, None) => Err(ExtractError::NotFound),
        }
    }

    fn inject(&self, context: &SpanContext, carrier: &mut dyn Inject) {
        if context.is_debug() {
            carrier.set(&INSIST, if context.is_sampled() { "sampled" } else { "only" });
        }
    }

    fn fields(&self) -> &[&'static Field] {
        &FIELDS
    }
}

fn caller(sampled: bool) -> SpanContext {
    let trace_id = TraceId::from_u128(7).unwrap();
    SpanContext::new(trace_id, SpanId::from_u64(8).unwrap(), sampled).with_remote()
}

fn tracer(set: impl FnOnce(TracerBuilder) -> TracerBuilder) -> (Tracer, MemoryReporter) {
    let memory = MemoryReporter::new();
    let builder = Tracer::builder("test").reporter(memory.clone());
    (set(builder).build(), memory)
}

fn spans(tracer: &Tracer, memory: &MemoryReporter) -> Vec<tracer_core::FinishedSpan> {
    tracer.flush(Duration::from_secs(10)).unwrap();
    memory.take()
}

fn serve(tracer: &Tracer, headers: &[(&str, &str)]) -> SpanContext {
    let span = tracer.span("serve").child_of(&tracer.extract(&headers)).start();
    span.context()
}

#[test]
fn trust_modes_and_what_is_left_of_a_caller() {
    if !ENABLED {
        return;
    }
    for (trust, same_trace, links, items) in [
        (Trust::Trust, true, 0, 1),
        (Trust::Limited, true, 0, 1),
        (Trust::Link, false, 1, 0),
        (Trust::Ignore, false, 0, 0),
    ] {
        let (tracer, memory) = tracer(|builder| builder.trust(trust));
        let own = serve(&tracer, &CALLER);
        assert_eq!(own.trace_id().unwrap().to_string() == TRACE, same_trace, "{trust:?}");
        assert_eq!(own.baggage().len(), items, "{trust:?}");
        assert_eq!(own.tracestate().is_empty(), !same_trace, "{trust:?}");
        let spans = spans(&tracer, &memory);
        assert_eq!(spans.len(), 1, "{trust:?}");
        assert_eq!(spans[0].parent_id.is_some(), same_trace, "{trust:?}");
        assert_eq!(spans[0].links.len(), links, "{trust:?}");
        for link in &spans[0].links {
            assert_eq!(link.kind, ReferenceKind::FollowsFrom);
            assert_eq!(link.context.trace_id().unwrap().to_string(), TRACE);
        }
    }
}

#[test]
fn switched_off_only_those_who_are_trusted_are_handed_on() {
    if !ENABLED {
        return;
    }
    for (trust, fields) in
        [(Trust::Trust, 3), (Trust::Limited, 3), (Trust::Link, 0), (Trust::Ignore, 0)]
    {
        let (tracer, _memory) = tracer(|builder| builder.trust(trust));
        tracer.set_enabled(false);
        let span = tracer.span("serve").child_of(&tracer.extract(&CALLER)).start();
        let mut onward = BTreeMap::<String, String>::new();
        tracer.inject(&span, &mut onward);
        assert_eq!(onward.len(), fields, "{trust:?}");
    }
}

#[test]
fn a_caller_that_is_only_linked_to_is_never_handed_on() {
    if !ENABLED {
        return;
    }
    let (tracer, _memory) = tracer(|builder| builder.trust(Trust::Link));
    let linked = tracer.extract(&CALLER);
    let mut onward = BTreeMap::<String, String>::new();
    tracer.inject(&linked, &mut onward);
    assert!(onward.is_empty());
    // Nor is what somebody else has put there for a host that is not to know.
    let (strict, _memory) =
        self::tracer(|builder| builder.propagate_to(Hosts::none()).baggage_to(Hosts::none()));
    let mut forwarded = BTreeMap::from([("traceparent".to_owned(), CALLER[0].1.to_owned())]);
    strict.inject_to("evil.test", &linked, &mut forwarded);
    assert!(forwarded.is_empty());
    // Switched off between the extraction and the start.
    tracer.set_enabled(false);
    let span = tracer.span("serve").child_of(&linked).start();
    tracer.inject(&span, &mut onward);
    assert!(onward.is_empty());
}

#[test]
fn one_layer_can_trust_less_than_the_tracer() {
    if !ENABLED {
        return;
    }
    let (tracer, _memory) = tracer(|builder| builder);
    assert!(tracer.extract_with(Trust::Ignore, &CALLER).is_empty());
    assert!(tracer.capture_with(Trust::Link, &CALLER).is_empty());
    assert!(!tracer.capture(&CALLER).is_empty());
}

#[test]
fn t1_under_trust_a_thousand_sampled_requests_are_a_thousand_whole_traces() {
    if !ENABLED {
        return;
    }
    let (tracer, memory) = tracer(|builder| builder);
    for n in 1..=1000u64 {
        let parent = format!("00-{n:032x}-{n:016x}-01");
        let span =
            tracer.span("serve").child_of(&tracer.extract(&[("traceparent", &*parent)])).start();
        tracer.span("inside").child_of(&span).start().finish();
    }
    let spans = spans(&tracer, &memory);
    let mut per_trace = BTreeMap::new();
    for span in &spans {
        *per_trace.entry(span.trace_id.unwrap().to_u128()).or_insert(0) += 1;
    }
    assert_eq!(per_trace.len(), 1000);
    assert!(per_trace.values().all(|spans| *spans == 2));
    assert_eq!((tracer.books().forced, tracer.books().forced_refused), (0, 0));
}

#[test]
fn t1_under_limited_sampled_spends_the_budget() {
    if !ENABLED {
        return;
    }
    let (tracer, memory) =
        tracer(|builder| builder.trust(Trust::Limited).forced_sampling(0.0, 10.0));
    for _ in 0..10_000 {
        let own = serve(&tracer, &CALLER);
        assert_eq!(own.trace_id().unwrap().to_string(), TRACE, "the trace goes on all the same");
    }
    assert_eq!(spans(&tracer, &memory).len(), 10);
    let books = tracer.books();
    assert_eq!((books.forced, books.forced_refused, books.balance()), (10, 9_990, true));
    // Who does not ask for it spends nothing.
    serve(&tracer, &[("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")]);
    assert_eq!(tracer.books().forced_refused, 9_990);
}

#[test]
fn t1_who_insists_spends_the_budget_in_every_mode() {
    if !ENABLED {
        return;
    }
    for trust in [Trust::Trust, Trust::Limited, Trust::Link] {
        for insisting in [("insist", "sampled"), ("jaeger-debug-id", "why-so-slow")] {
            let (tracer, memory) = tracer(|builder| {
                let builder = builder.propagator(Insistent).sampler(AlwaysOff);
                builder.trust(trust).forced_sampling(0.0, 10.0)
            });
            for _ in 0..1_000 {
                serve(&tracer, &[insisting]);
            }
            let context = format!("{trust:?} {insisting:?}");
            let spans = spans(&tracer, &memory);
            assert_eq!(spans.len(), 10, "{context}");
            let books = tracer.books();
            assert_eq!(books.forced, 10, "{context}");
            assert_eq!(books.forced_refused, 990, "one trace asks once: {context}");
            for span in &spans {
                let tag = span.tag("jaeger-debug-id").map(ToString::to_string);
                assert_eq!(tag.as_deref(), (insisting.1 == "why-so-slow").then_some(insisting.1));
            }
        }
    }
    let (tracer, memory) =
        tracer(|builder| builder.propagator(Insistent).sampler(AlwaysOff).trust(Trust::Ignore));
    serve(&tracer, &[("insist", "sampled")]);
    assert!(spans(&tracer, &memory).is_empty(), "nobody is listened to");
}

#[test]
fn t1_the_budget_fills_again() {
    if !ENABLED {
        return;
    }
    let (tracer, _memory) = tracer(|builder| {
        builder.propagator(Insistent).sampler(AlwaysOff).forced_sampling(1_000.0, 1.0)
    });
    serve(&tracer, &[("insist", "sampled")]);
    std::thread::sleep(Duration::from_millis(20));
    serve(&tracer, &[("insist", "sampled")]);
    assert_eq!((tracer.books().forced, tracer.books().forced_refused), (2, 0));
}

#[test]
fn who_is_refused_is_treated_as_anybody_else() {
    if !ENABLED {
        return;
    }
    for (flag, sampler, sampled) in [
        // Recorded by the caller, and believed: the trace stays whole.
        ("sampled", Box::new(tracer_core::ParentBased::new(AlwaysOff)) as Box<dyn Sampler>, true),
        ("only", Box::new(tracer_core::ParentBased::new(AlwaysOn)), false),
        ("sampled", Box::new(AlwaysOff), false),
    ] {
        let (tracer, _memory) = tracer(|builder| {
            builder.propagator(Insistent).sampler(sampler).forced_sampling(0.0, 0.0)
        });
        let own = serve(&tracer, &[("insist", flag)]);
        assert_eq!((own.is_sampled(), own.is_debug()), (sampled, false), "{flag}");
    }
}

#[test]
fn who_insists_is_handed_on_to_children_and_services_below() {
    if !ENABLED {
        return;
    }
    let (tracer, _memory) = tracer(|builder| builder.propagator(Insistent).sampler(AlwaysOff));
    let span = tracer.span("serve").child_of(&tracer.extract(&[("insist", "sampled")])).start();
    let entered = span.enter();
    let child = tracer.span("child").start();
    drop(entered);
    assert!(child.context().is_sampled() && child.context().is_debug());
    let mut onward = BTreeMap::<String, String>::new();
    tracer.inject(&child, &mut onward);
    assert_eq!(onward["insist"], "sampled");
    assert_eq!(tracer.books().forced, 1, "once for the process");
}

#[test]
fn a_flag_alone_asks_for_nothing() {
    if !ENABLED {
        return;
    }
    let (tracer, _memory) = tracer(|builder| builder.propagator(Insistent));
    let own = serve(&tracer, &[("insist", "only")]);
    assert!(!own.is_sampled(), "the caller does not record");
    assert_eq!((tracer.books().forced, tracer.books().forced_refused), (0, 0));
}

#[test]
fn who_goes_on_as_a_callers_span_pays_for_it_too() {
    if !ENABLED {
        return;
    }
    for (trust, same_trace, sampled) in
        [(Trust::Trust, true, true), (Trust::Limited, true, false), (Trust::Link, false, true)]
    {
        let (tracer, _memory) = tracer(|builder| builder.trust(trust).forced_sampling(0.0, 0.0));
        let caller = tracer.extract(&CALLER);
        let own = tracer.span("again").continue_as(&caller).start().context();
        assert_eq!(own.trace_id().unwrap().to_string() == TRACE, same_trace, "{trust:?}");
        assert_eq!(own.is_sampled(), sampled, "{trust:?}");
    }
}

#[test]
fn binary_messages_are_believed_no_further() {
    if !ENABLED {
        return;
    }
    let message = binary::inject(&caller(true));
    for (trust, same_trace) in [(Trust::Trust, true), (Trust::Link, false), (Trust::Ignore, false)]
    {
        let (tracer, _memory) = tracer(|builder| builder.trust(trust).propagate_to(Hosts::none()));
        let span = tracer.span("serve").child_of(&tracer.extract_binary(&message)).start();
        assert_eq!(span.context().trace_id() == caller(true).trace_id(), same_trace, "{trust:?}");
        assert!(tracer.inject_binary_to("a.test", &span).is_empty(), "nobody is told");
        assert!(tracer.extract_binary(&message[1..]).is_empty());
        let counted = u64::from(trust != Trust::Ignore);
        assert_eq!(tracer.books().malformed_contexts, counted, "who is ignored is not read");
    }
}

#[test]
fn t2_nothing_is_sent_that_a_list_forbids() {
    if !ENABLED {
        return;
    }
    let ours = || Hosts::only(["a.test", "*.b.test"]);
    let (tracer, _memory) = tracer(|builder| builder.propagate_to(ours()).baggage_to(ours()));
    let span = tracer.span("call").child_of(&tracer.extract(&CALLER)).start();
    for (host, fields) in [("a.test:80", 3), ("x.b.test", 3), ("c.test", 0), ("", 0)] {
        // What somebody else has put there goes, too.
        let mut onward = BTreeMap::from([("Baggage".to_owned(), "left=over".to_owned())]);
        tracer.inject_to(host, &span, &mut onward);
        assert_eq!(onward.len(), fields, "{host}");
        let mut empty = BTreeMap::from([("TraceParent".to_owned(), "left over".to_owned())]);
        tracer.inject_to(host, &SpanContext::default(), &mut empty);
        assert_eq!(empty.len(), usize::from(fields > 0), "{host}");
    }
}

#[test]
fn t2_context_and_baggage_have_lists_of_their_own_on_and_off() {
    if !ENABLED {
        return;
    }
    for on in [true, false] {
        for (context, baggage, expected) in [
            (true, true, vec!["baggage", "traceparent", "tracestate"]),
            (true, false, vec!["traceparent", "tracestate"]),
            (false, true, vec!["baggage"]),
            (false, false, vec![]),
        ] {
            let list = |allowed| if allowed { Hosts::only(["a.test"]) } else { Hosts::none() };
            let (tracer, _memory) = tracer(|builder| {
                builder.propagate_to(list(context)).baggage_to(list(baggage)).propagator(W3c)
            });
            tracer.set_enabled(on);
            let span = tracer.span("call").child_of(&tracer.extract(&CALLER)).start();
            let mut onward = BTreeMap::<String, String>::new();
            tracer.inject_to("a.test", &span, &mut onward);
            assert_eq!(onward.keys().collect::<Vec<_>>(), expected, "{on}");
            // Without baggage of its own it replaces what somebody else has put there.
            let plain = tracer.span("call").child_of(&tracer.extract(&[CALLER[0]])).start();
            tracer.inject_to("a.test", &plain, &mut onward);
            assert_eq!(onward.contains_key("traceparent"), context, "{on}");
            assert!(!onward.contains_key("baggage"), "{on} {context} {baggage}");
            if context && !on {
                assert_eq!(onward["traceparent"], CALLER[0].1, "byte for byte");
            }
        }
    }
}

#[test]
fn malformed_contexts_are_counted() {
    if !ENABLED {
        return;
    }
    let (tracer, _memory) = tracer(|builder| builder);
    for bad in ["", "00-", "zz", "00-0-0-0"] {
        let context = tracer.extract(&[("traceparent", bad), ("baggage", "a=b")]);
        assert_eq!(context.baggage_item("a").as_deref(), Some("b"), "{bad}");
    }
    let _none = tracer.extract(&[("accept", "*/*")]);
    assert_eq!(tracer.books().malformed_contexts, 4);
    // Taken unread: once a span is to be its child, it is read, and counted.
    let unread = tracer.capture(&[("traceparent", "00-"), ("baggage", "a=b")]);
    assert_eq!(tracer.books().malformed_contexts, 4);
    let span = tracer.span("serve").child_of(&unread).start();
    assert_eq!(span.baggage_item("a").as_deref(), Some("b"));
    assert_eq!(tracer.books().malformed_contexts, 5);
}
