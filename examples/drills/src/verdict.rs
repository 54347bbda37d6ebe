//! What a drill's trace is judged by.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use chain::wire::CUSTOMER;
use tracer_core::{DropReason, FinishedSpan, SpanId, SpanKind, Tracer};

use crate::drill::{Drill, Scene};
use crate::tree::short_name;

/// Services have clocks of one machine and are told of an answer in no order: a server may have its
/// span end a little after its caller's.
const TWO_SERVICES: Duration = Duration::from_millis(250);
const ONE_SERVICE: Duration = Duration::from_millis(1);

/// How the log of a fault begins.
const INJECTED: &str = "fault injected";

/// What is not as it has to be; nothing, where all is well.
#[must_use]
pub fn wrong(
    drill: &Drill,
    caller: &str,
    spans: &[FinishedSpan],
    tracers: &[Tracer],
) -> Vec<String> {
    let mut wrong = Vec::new();
    let expected = &drill.expected;
    if !caller.starts_with(expected.caller) {
        wrong.push(format!("the caller gets {caller:?}, not {:?}", expected.caller));
    }
    if !tracer_core::ENABLED {
        return wrong;
    }
    let mut is = |holds: bool, what: &dyn Fn() -> String| {
        if !holds {
            wrong.push(what());
        }
    };
    let errors = errors(spans);
    is(errors == expected.errors, &|| format!("errors are marked at {errors:?}"));
    let traces: BTreeSet<_> =
        spans.iter().map(|span| span.trace_id.map(|id| id.to_string())).collect();
    is(traces.len() == expected.traces, &|| format!("there are {} traces", traces.len()));
    let services: BTreeSet<_> = spans.iter().map(FinishedSpan::service).collect();
    is(services.iter().eq(expected.services), &|| format!("there are spans of {services:?}"));
    let orphans = orphans(spans);
    is(orphans.is_empty(), &|| format!("nobody is the parent of {orphans:?}"));
    let count = expected.spans.unwrap_or(spans.len());
    is(count == spans.len(), &|| format!("there are {} spans, not {count}", spans.len()));
    for name in expected.shows {
        is(spans.iter().any(|span| short_name(span) == *name), &|| format!("there is no {name:?}"));
    }
    for words in expected.logs {
        // What the fault says of itself does not count, unless it is asked for.
        let is_ours = |event: &String| words.starts_with(INJECTED) || !event.starts_with(INJECTED);
        let says = |span: &FinishedSpan| {
            span.events().iter().any(|event| is_ours(event) && event.contains(words))
        };
        is(spans.iter().any(says), &|| format!("no log says {words:?}"));
    }
    for (child, why) in badly_nested(spans, expected.outlive) {
        is(false, &|| format!("{child} {why}"));
    }
    if expected.has_customer && matches!(drill.scene, Scene::Chain(_)) {
        for span in spans.iter().filter(|span| span.kind == SpanKind::Server) {
            let customer = span.tag(CUSTOMER).map(ToString::to_string);
            is(customer.as_deref() == Some("7"), &|| {
                format!("{} of {} knows no customer", span.name, span.service())
            });
        }
    }
    wrong.extend(books(spans, tracers, drill.setup.has_collector));
    wrong
}

/// In the order of the alphabet.
fn errors(spans: &[FinishedSpan]) -> Vec<String> {
    let failed = spans.iter().filter(|span| span.status.is_error());
    let mut failed: Vec<_> =
        failed.map(|span| format!("{} {}", span.service(), short_name(span))).collect();
    failed.sort_unstable();
    failed
}

/// Those with a parent that is not there.
fn orphans(spans: &[FinishedSpan]) -> Vec<&str> {
    let ids: BTreeSet<_> = spans.iter().filter_map(|span| span.span_id).map(hex).collect();
    let is_orphan = |span: &&FinishedSpan| span.parent_id.is_some_and(|id| !ids.contains(&hex(id)));
    spans.iter().filter(is_orphan).map(|span| &*span.name).collect()
}

fn hex(id: SpanId) -> String {
    id.to_string()
}

/// Who begins before the parent, or ends after it and may not.
fn badly_nested(spans: &[FinishedSpan], outlive: &[&str]) -> Vec<(String, String)> {
    let by_id: BTreeMap<_, _> =
        spans.iter().filter_map(|span| Some((hex(span.span_id?), span))).collect();
    let mut bad = Vec::new();
    for span in spans {
        let Some(parent) = span.parent_id.and_then(|id| by_id.get(&hex(id))) else { continue };
        let slack = if parent.service() == span.service() { ONE_SERVICE } else { TWO_SERVICES };
        if later(parent.start, span.start) > ONE_SERVICE {
            bad.push((span.name.clone(), format!("begins before {}", parent.name)));
        }
        let may = outlive.contains(&short_name(span).as_str());
        if !may && later(span.end, parent.end) > slack {
            bad.push((span.name.clone(), format!("ends after {}", parent.name)));
        }
    }
    bad
}

/// By how much the first is later than the second.
fn later(first: SystemTime, second: SystemTime) -> Duration {
    first.duration_since(second).unwrap_or_default()
}

/// What the books say, against what is there.
fn books(spans: &[FinishedSpan], tracers: &[Tracer], has_collector: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    for tracer in tracers {
        let (books, service) = (tracer.books(), tracer.resource().service_name());
        let there = spans.iter().filter(|span| span.service() == service).count() as u64;
        if !books.balance() || books.open > 0 || books.finished != there {
            wrong.push(format!("{service} has {there} spans, and its books: {books}"));
        }
        let lost = books.dropped_for(DropReason::ExportFailed);
        let told = if has_collector { books.reported } else { lost };
        if told != there {
            wrong.push(format!("{told} of {there} spans are accounted for: {books}"));
        }
    }
    wrong
}
