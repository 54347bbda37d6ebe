//! On, off, filtered, unsampled: what is recorded and what is handed on.

use std::sync::Arc;

use tracer_core::Span;

use crate::http::case::{Bench, Ran};
use crate::http::exchange::Plan;
use crate::http::{Adapter, Shape};

pub(super) const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const UNSAMPLED: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

/// The headers of a caller that traces.
pub(super) fn caller() -> Vec<(&'static str, &'static str)> {
    vec![("traceparent", TRACEPARENT), ("tracestate", "vendor=1"), ("baggage", "user=7")]
}

/// Headers that nobody would write like this: only who does not read them hands them on so.
fn odd() -> Vec<(&'static str, &'static str)> {
    vec![("traceparent", "not-one"), ("tracestate", ",, ,"), ("baggage", "a = %zz ; p , b=")]
}

pub(super) async fn propagation<A: Adapter>(adapter: &Arc<A>) -> Vec<String> {
    let cases = [sampled(adapter).await, malformed(adapter).await, unsampled(adapter).await];
    cases.into_iter().flat_map(|ran| ran.complaints).collect()
}

pub(super) async fn disabled<A: Adapter>(adapter: &Arc<A>) -> Vec<String> {
    let cases = [filtered(adapter).await, off(adapter).await, off_meanwhile(adapter).await];
    cases.into_iter().flat_map(|ran| ran.complaints).collect()
}

async fn sampled<A: Adapter>(adapter: &Arc<A>) -> Ran {
    let kind = adapter.kind();
    let (bench, mut plan) = (Bench::new(), Plan::new(kind, Shape::Ok));
    let outer = remote_or_headers(&bench, &mut plan, caller());
    let outer_id = outer.context().span_id();
    let mut ran = bench.run(adapter, "sampled", plan, outer, 1).await;
    let Some(span) = ran.span().cloned() else {
        ran.expect(false, |ran| format!("one span expected, there are\n{}", ran.tree()));
        return ran;
    };
    let parent =
        if kind.is_client() { outer_id.map(|id| id.to_string()) } else { Some(CALLER.into()) };
    let right = span.parent_id.map(|id| id.to_string()) == parent
        && span.trace_id.map(|id| id.to_string()).as_deref() == Some(TRACE);
    ran.expect(right, |_| format!("its parent is {:?} in {:?}", span.parent_id, span.trace_id));
    let expected = span.span_id.map(|id| format!("00-{TRACE}-{id}-01"));
    let right = ran.header("traceparent") == expected.as_deref();
    ran.expect(right, |ran| format!("handed on is {:?}", ran.header("traceparent")));
    let right =
        ran.header("tracestate") == Some("vendor=1") && ran.header("baggage") == Some("user=7");
    ran.expect(right, |ran| format!("handed on are {:?}", ran.handed_on()));
    ran
}

/// A bad header never fails a request: it starts a new trace.
async fn malformed<A: Adapter>(adapter: &Arc<A>) -> Ran {
    let kind = adapter.kind();
    let plan = Plan { headers: odd(), ..Plan::new(kind, Shape::Ok) };
    let mut ran = Bench::new().run(adapter, "malformed", plan, Span::noop(), 1).await;
    let is_root = ran.span().is_some_and(|span| span.parent_id.is_none());
    ran.expect(is_root, |ran| format!("one root expected, there are\n{}", ran.tree()));
    ran
}

async fn unsampled<A: Adapter>(adapter: &Arc<A>) -> Ran {
    let kind = adapter.kind();
    let (bench, mut plan) = (Bench::new(), Plan::new(kind, Shape::Ok));
    let headers = vec![("traceparent", UNSAMPLED), ("baggage", "user=7")];
    let outer = remote_or_headers(&bench, &mut plan, headers);
    let mut ran = bench.run(adapter, "unsampled", plan, outer, 0).await;
    ran.expect_none();
    let right = ran.header("traceparent").is_some_and(|header| {
        header.starts_with(&format!("00-{TRACE}-")) && header.ends_with("-00")
    });
    ran.expect(right, |ran| format!("handed on is {:?}", ran.header("traceparent")));
    let right = ran.header("baggage") == Some("user=7");
    ran.expect(right, |_| "the baggage is lost".into());
    ran
}

async fn filtered<A: Adapter>(adapter: &Arc<A>) -> Ran {
    let kind = adapter.kind();
    let (bench, mut plan) = (Bench::new(), Plan::health(kind));
    if kind.is_client() {
        let outer = remote_or_headers(&bench, &mut plan, caller());
        let expected = outer.context().span_id();
        let mut ran = bench.run(adapter, "filtered", plan, outer, 0).await;
        let own = ran.spans.iter().any(|span| span.kind == tracer_core::SpanKind::Client);
        ran.expect(!own, |ran| format!("no span expected, there are\n{}", ran.tree()));
        let expected = expected.map(|id| format!("00-{TRACE}-{id}-01"));
        let right = ran.header("traceparent") == expected.as_deref();
        ran.expect(right, |ran| format!("handed on is {:?}", ran.header("traceparent")));
        return ran;
    }
    plan.headers = odd();
    let mut ran = bench.run(adapter, "filtered", plan, Span::noop(), 0).await;
    ran.expect_none();
    unread(&mut ran);
    ran
}

async fn off<A: Adapter>(adapter: &Arc<A>) -> Ran {
    let kind = adapter.kind();
    let (bench, mut plan) = (Bench::new(), Plan::new(kind, Shape::Ok));
    bench.tracer.set_enabled(false);
    let outer = if kind.is_client() {
        Span::passive(bench.tracer.capture(&pairs(odd())))
    } else {
        plan.headers = odd();
        Span::noop()
    };
    let mut ran = bench.run(adapter, "off", plan, outer, 0).await;
    ran.expect_none();
    unread(&mut ran);
    ran
}

/// Open spans finish; what was begun is handed on.
async fn off_meanwhile<A: Adapter>(adapter: &Arc<A>) -> Ran {
    let kind = adapter.kind();
    let plan = Plan { turns_off: true, ..Plan::new(kind, Shape::Ok) };
    let mut ran = Bench::new().run(adapter, "off meanwhile", plan, Span::noop(), 1).await;
    let id = ran.span().and_then(|span| span.span_id).map(|id| id.to_string());
    let right =
        id.is_some_and(|id| ran.header("traceparent").is_some_and(|header| header.contains(&id)));
    ran.expect(right, |ran| {
        format!("handed on is {:?} of\n{}", ran.header("traceparent"), ran.tree())
    });
    ran
}

fn unread(ran: &mut Ran) {
    for (name, value) in odd() {
        let same = ran.header(name) == Some(value);
        ran.expect(same, |ran| format!("{name} is not as it came: {:?}", ran.header(name)));
    }
}

/// A server reads its caller's headers; a client has a span around it that stands for them.
fn remote_or_headers(
    bench: &Bench,
    plan: &mut Plan,
    headers: Vec<(&'static str, &'static str)>,
) -> Span {
    if plan.kind.is_client() {
        let context = bench.tracer.extract(&pairs(headers));
        return bench.tracer.span("outer").child_of(&context).start();
    }
    plan.headers = headers;
    Span::noop()
}

fn pairs(headers: Vec<(&'static str, &'static str)>) -> Vec<(String, String)> {
    headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
