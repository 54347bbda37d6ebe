//! Filtered, unsampled, off, switched off meanwhile, never polled: when nothing is recorded, and
//! what is recorded nevertheless.

use std::sync::Arc;

use tracer_core::{Span, SpanContext, SpanId, Status, TraceId};

use super::expected::expected;
use super::{supported, tags};
use crate::store::case::{Bench, Case, Ran, reference};
use crate::store::{Adapter, Call, Outcome};

/// Why nothing is recorded.
#[derive(Clone, Copy, Debug)]
enum State {
    /// The tracer's switch.
    Off,
    /// The request around it is filtered.
    Filtered,
    /// The trace around it is not recorded.
    Unsampled,
    /// It would begin a trace, and that is not sampled.
    UnsampledRoot,
}

const STATES: [State; 4] = [State::Off, State::Filtered, State::Unsampled, State::UnsampledRoot];

pub(super) async fn disabled<A: Adapter>(adapter: &Arc<A>) -> Vec<String> {
    let mut complaints = Vec::new();
    for call in supported(adapter) {
        let outcome = reference(adapter, call, true).await;
        for state in STATES {
            let mut ran = silent(adapter, call, state, outcome.as_ref()).await;
            complaints.append(&mut ran.complaints);
        }
    }
    for call in [Call::Streams, Call::Hangs] {
        if adapter.supports(call) {
            complaints.append(&mut off_meanwhile(adapter, call).await.complaints);
        }
    }
    complaints
}

/// No span, and the caller gets what he always gets.
async fn silent<A: Adapter>(
    adapter: &Arc<A>,
    call: Call,
    state: State,
    outcome: Option<&Outcome>,
) -> Ran {
    let (name, bench) = match state {
        State::Off => ("off", Bench::new()),
        State::Filtered => ("filtered", Bench::new()),
        State::Unsampled => ("unsampled", Bench::new()),
        State::UnsampledRoot => ("unsampled root", Bench::unsampled()),
    };
    let outer = match state {
        State::Off => {
            let outer = bench.tracer.span("outer").start();
            bench.tracer.set_enabled(false);
            outer
        }
        State::Filtered => Span::passive(SpanContext::default().suppressed()),
        State::Unsampled => bench.tracer.span("outer").child_of(&unsampled()).start(),
        State::UnsampledRoot => Span::noop(),
    };
    let mut ran = bench.make(Case { outer, spans: 0, ..Case::new(adapter, name, call) }).await;
    ran.spans.retain(|span| span.name != "outer");
    ran.expect_none();
    ran.expect_rest();
    ran.expect_outcome(outcome);
    ran
}

/// A caller in another process that does not record.
fn unsampled() -> SpanContext {
    let (trace, span) = (TraceId::from_u128(7), SpanId::from_u64(7));
    let context = trace.zip(span).map(|(trace, span)| SpanContext::new(trace, span, false));
    context.unwrap_or_default().with_remote()
}

/// An open span finishes as if nothing had happened.
async fn off_meanwhile<A: Adapter>(adapter: &Arc<A>, call: Call) -> Ran {
    let bench = Bench::new();
    let outer = bench.tracer.span("outer").start();
    let case = Case { outer, turns_off: true, ..Case::new(adapter, "off meanwhile", call) };
    let mut ran = bench.make(case).await;
    ran.expect_rest();
    if ran.expect_spans(&**adapter) {
        tags::check(&mut ran, &**adapter, &expected(&**adapter, call));
    }
    let outcome = reference(adapter, call, true).await;
    ran.expect_outcome(outcome.as_ref());
    ran
}

/// A future that nobody polls: no span, or one that has ended and is no failure.
pub(super) async fn unpolled<A: Adapter>(adapter: &Arc<A>) -> Vec<String> {
    if !adapter.supports(Call::Unpolled) {
        return Vec::new();
    }
    let bench = Bench::new();
    let outer = bench.tracer.span("outer").start();
    let mut ran = bench.make(Case { outer, ..Case::new(adapter, "dropped", Call::Unpolled) }).await;
    ran.expect_rest();
    ran.expect_fitting();
    let own = ran.own().count();
    ran.expect(own <= 1, |ran| format!("one span expected at most:\n{}", ran.tree()));
    let fine = ran.own().all(|span| span.status == Status::Unset);
    ran.expect(fine, |ran| format!("it is called a failure:\n{}", ran.tree()));
    ran.complaints
}
