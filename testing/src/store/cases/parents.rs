//! Whose child a span is, and what is current meanwhile and afterwards.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use tracer_core::{InSpanExt, SpanKind};

use super::supported;
use crate::bench;
use crate::store::case::{Bench, Case, Ran};
use crate::store::{Adapter, Call};

pub(super) async fn check<A: Adapter>(adapter: &Arc<A>) -> Vec<String> {
    let mut complaints = Vec::new();
    for call in supported(adapter) {
        complaints.append(&mut below(adapter, call).await.complaints);
    }
    complaints.append(&mut root(adapter).await.complaints);
    complaints.extend(side_by_side(adapter, Tasks::Two).await);
    complaints.extend(side_by_side(adapter, Tasks::One).await);
    complaints
}

/// Below the caller's span, which is current again whenever the call lets go of the thread.
async fn below<A: Adapter>(adapter: &Arc<A>, call: Call) -> Ran {
    let bench = Bench::new();
    let outer = bench.tracer.span("outer").start();
    let mut ran = bench.make(Case { outer, ..Case::new(adapter, "below", call) }).await;
    let outer = ran.named("outer").next().cloned();
    let right = outer.is_some_and(|outer| ran.own().all(|span| ran.is_below(span, &outer)));
    ran.expect(right, |ran| format!("not below the span around it:\n{}", ran.tree()));
    ran.expect_moved();
    ran
}

/// Without a span around it.
async fn root<A: Adapter>(adapter: &Arc<A>) -> Ran {
    let mut ran = Bench::new().make(Case::new(adapter, "root", Call::Ok)).await;
    let right = ran.span().is_some_and(|span| span.parent_id.is_none());
    ran.expect(right, |ran| format!("one root expected, there are\n{}", ran.tree()));
    ran.expect_moved();
    ran
}

impl Ran {
    fn expect_moved(&mut self) {
        let moved = self.got.moved;
        self.expect(!moved, |_| "another span is current than before the call".into());
    }
}

/// How the two callers run.
#[derive(Clone, Copy, Debug)]
enum Tasks {
    /// Each in a task of its own, with its span by `in_span`.
    Two,
    /// By turns, in the same one.
    One,
}

/// How many calls the two callers make: so that one is not taken for the other.
const LEFT: usize = 3;
const RIGHT: usize = 5;

/// Two callers with a span each use the same client.
async fn side_by_side<A: Adapter>(adapter: &Arc<A>, tasks: Tasks) -> Vec<String> {
    let bench = Bench::new();
    let slow = if adapter.supports(Call::Streams) { Call::Streams } else { Call::Ok };
    let caller = |name, calls| {
        let (adapter, tracer) = (Arc::clone(adapter), bench.tracer.clone());
        let span = tracer.span(name).start();
        let work = async move {
            // The first one takes so long that the other caller's is under way meanwhile.
            for nth in 0..calls {
                let call = if nth == 0 { slow } else { Call::Ok };
                adapter.call(tracer.clone(), call).await;
            }
        };
        work.in_span(span)
    };
    let (left, right) = (caller("left", LEFT), caller("right", RIGHT));
    match tasks {
        Tasks::Two => {
            let (left, right) = (tokio::spawn(left), tokio::spawn(right));
            both(async { drop(left.await) }, async { drop(right.await) }).await;
        }
        Tasks::One => both(left, right).await,
    }
    let spans = bench.collect(SpanKind::Client, LEFT + RIGHT).await;
    let name = format!("two callers ({tasks:?} tasks)");
    let mut ran =
        bench::Ran { name, kind: SpanKind::Client, spans, complaints: Vec::new(), got: () };
    for (name, calls) in [("left", LEFT), ("right", RIGHT)] {
        let caller = ran.named(name).next().and_then(|span| span.span_id);
        let below = ran.own().filter(|span| span.parent_id == caller && caller.is_some()).count();
        ran.expect(below == calls, |ran| {
            format!("{calls} spans expected below {name:?}:\n{}", ran.tree())
        });
    }
    ran.complaints
}

/// Waits for two futures by turns.
async fn both(one: impl Future<Output = ()>, other: impl Future<Output = ()>) {
    let (mut one, mut other) = (pin!(one), pin!(other));
    let mut done = (false, false);
    poll_fn(|cx| {
        done.0 = done.0 || one.as_mut().poll(cx).is_ready();
        done.1 = done.1 || other.as_mut().poll(cx).is_ready();
        if done == (true, true) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}
