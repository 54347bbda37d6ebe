//! How an exchange ends, and what its span says of that.

use std::sync::Arc;

use tracer_core::FinishedSpan;

use crate::http::case::{Bench, Ran};
use crate::http::exchange::{GAP, PARKED, Plan};
use crate::http::{Adapter, Caller, Kind, Part, Shape};

/// What a span is to say.
struct Expected {
    failed: bool,
    /// `error.type`: none, any, or this one.
    error: Word,
    /// The status code, as a text.
    code: Word,
    /// The one log there is.
    event: Option<&'static str>,
}

#[derive(Clone, Copy)]
enum Word {
    None,
    Any,
    Is(&'static str),
}

/// Which outcomes belong to which part.
const SHAPES: [(Part, Shape, Caller); 10] = [
    (Part::Attributes, Shape::Ok, Caller::Reads),
    (Part::Attributes, Shape::Empty, Caller::Reads),
    (Part::Attributes, Shape::Streams, Caller::Reads),
    (Part::Errors, Shape::NotFound, Caller::Reads),
    (Part::Errors, Shape::Broken, Caller::Reads),
    (Part::Errors, Shape::BreaksOff, Caller::Reads),
    (Part::Errors, Shape::Panics, Caller::Reads),
    (Part::Errors, Shape::Fails, Caller::Reads),
    (Part::Cancellation, Shape::Stalls, Caller::LeavesEarly),
    (Part::Cancellation, Shape::Hangs, Caller::Reads),
];

pub(super) async fn check<A: Adapter>(adapter: &Arc<A>, part: Part) -> Vec<String> {
    let mut complaints = Vec::new();
    for (_, shape, caller) in SHAPES.into_iter().filter(|(of, ..)| *of == part) {
        let kind = adapter.kind();
        // A client does not see the other side's panics.
        if !adapter.supports(shape) || (shape == Shape::Panics && kind.is_client()) {
            continue;
        }
        let bench = Bench::new();
        let outer = match kind.is_client() {
            true => bench.tracer.span("outer").start(),
            false => tracer_core::Span::noop(),
        };
        let plan = Plan { caller, ..Plan::new(kind, shape) };
        let mut ran = bench.run(adapter, "outcome", plan, outer, 1).await;
        outcome(&mut ran, &expected(kind, shape), kind);
        children(&mut ran, shape, kind);
        times(&mut ran, shape, kind);
        complaints.append(&mut ran.complaints);
    }
    complaints
}

fn outcome(ran: &mut Ran, expected: &Expected, kind: Kind) {
    let Some(span) = ran.span().cloned() else {
        return ran.expect(false, |ran| format!("one span expected, there are\n{}", ran.tree()));
    };
    let status = span.status.is_error();
    ran.expect(status == expected.failed, |_| format!("the status is {:?}", span.status));
    word(ran, &span, "error.type", expected.error);
    let code =
        if kind.is_grpc() { "rpc.response.status_code" } else { "http.response.status_code" };
    word(ran, &span, code, expected.code);
    let events = span.events();
    ran.expect(events.iter().map(String::as_str).eq(expected.event), |_| {
        format!("the logs are {events:?}, {:?} expected", expected.event)
    });
}

fn word(ran: &mut Ran, span: &FinishedSpan, key: &str, expected: Word) {
    let value = span.tag(key).map(ToString::to_string);
    let right = match (expected, value.as_deref()) {
        (Word::None, value) => value.is_none(),
        (Word::Any, value) => value.is_some_and(|value| !value.is_empty()),
        (Word::Is(expected), value) => value == Some(expected),
    };
    ran.expect(right, |_| format!("{key} is {value:?}"));
}

/// What happens inside is below the span; on a client, the span is below what is around it.
fn children(ran: &mut Ran, shape: Shape, kind: Kind) {
    let Some(span) = ran.span().cloned() else {
        return;
    };
    if kind.is_client() {
        let outer = ran.named("outer").next().and_then(|outer| outer.span_id);
        let right = outer.is_some() && span.parent_id == outer;
        return ran.expect(right, |ran| format!("not below the span around it:\n{}", ran.tree()));
    }
    let frames = if shape == Shape::Streams { 3 } else { 0 };
    for (name, count) in [("inside", 1), ("frame", frames)] {
        let below = ran.named(name).filter(|child| child.parent_id == span.span_id).count();
        ran.expect(below == count, |ran| {
            format!("{count} of {name:?} expected below the span:\n{}", ran.tree())
        });
    }
}

fn times(ran: &mut Ran, shape: Shape, kind: Kind) {
    let Some(span) = ran.span() else { return };
    let time = span.end.duration_since(span.start).unwrap_or_default();
    if shape == Shape::Streams {
        ran.expect(time >= GAP * 5 / 2, |_| format!("it ends after {time:?}, before its body"));
    }
    if shape == Shape::Stalls && kind.is_client() {
        ran.expect(time < PARKED, |_| {
            format!("it ends after {time:?}, with the drop and not with what came last")
        });
    }
}

/// The table of outcomes.
fn expected(kind: Kind, shape: Shape) -> Expected {
    let fine =
        |code| Expected { failed: false, error: Word::None, code: Word::Is(code), event: None };
    let failed = |error, code| Expected { failed: true, error, code, event: None };
    let known = |code| failed(Word::Is(code), Word::Is(code));
    let left = |code| Expected {
        failed: true,
        error: Word::Is("cancelled"),
        code,
        event: Some("cancelled"),
    };
    let quiet =
        |code, event| Expected { failed: false, error: Word::None, code, event: Some(event) };
    match (kind, shape) {
        (_, Shape::Panics) => Expected {
            failed: true,
            error: Word::Is("panic"),
            code: if kind.is_grpc() { Word::Any } else { Word::None },
            event: Some("error"),
        },
        (Kind::HttpServer | Kind::HttpClient, Shape::Ok | Shape::Streams) => fine("200"),
        (Kind::HttpServer | Kind::HttpClient, Shape::Empty) => fine("204"),
        (Kind::HttpServer, Shape::NotFound) => fine("404"),
        (Kind::HttpClient, Shape::NotFound) => known("404"),
        (Kind::HttpServer | Kind::HttpClient, Shape::Broken) => known("500"),
        (Kind::HttpServer | Kind::HttpClient, Shape::BreaksOff) => {
            failed(Word::Any, Word::Is("200"))
        }
        (Kind::HttpServer | Kind::HttpClient, Shape::Fails) => failed(Word::Any, Word::None),
        (Kind::HttpServer, Shape::Stalls) => left(Word::Is("200")),
        (Kind::HttpServer, Shape::Hangs) => left(Word::None),
        (Kind::HttpClient, Shape::Stalls) => quiet(Word::Is("200"), "incomplete"),
        (Kind::HttpClient, Shape::Hangs) => quiet(Word::None, "cancelled"),
        (_, Shape::Ok | Shape::Streams | Shape::Empty) => fine("OK"),
        (Kind::GrpcServer, Shape::NotFound) => fine("NOT_FOUND"),
        (_, Shape::NotFound) => known("NOT_FOUND"),
        (_, Shape::Broken) => known("INTERNAL"),
        (_, Shape::BreaksOff | Shape::Fails) => failed(Word::Any, Word::Any),
        (_, Shape::Stalls | Shape::Hangs) => {
            Expected { event: Some("cancelled"), ..known("CANCELLED") }
        }
    }
}
