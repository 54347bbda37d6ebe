//! Whose child a span is, and what is current meanwhile and afterwards.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use tokio::time::timeout;
use tracer_core::{InSpanExt, SpanKind};

use super::supported;
use crate::bench;
use crate::store::case::{Bench, Case, PATIENCE, Ran};
use crate::store::{Adapter, Call};

pub(super) async fn check<A: Adapter>(adapter: &Arc<A>) -> Vec<String> {
    let mut complaints = Vec::new();
    for call in supported(adapter) {
        complaints.append(&mut below(adapter, call).await.complaints);
    }
    complaints.append(&mut root(adapter).await.complaints);
    complaints.extend(side_by_side(adapter, Tasks::TwoTasks).await);
    complaints.extend(side_by_side(adapter, Tasks::OneTask).await);
    complaints.extend(one_client(adapter).await);
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

/// In how many tasks the two callers run.
#[derive(Clone, Copy, Debug)]
enum Tasks {
    /// Each in a task of its own, with its span by `in_span`.
    TwoTasks,
    /// By turns, in the same one.
    OneTask,
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
    let name = format!("two callers, {tasks:?}");
    let done = match tasks {
        Tasks::TwoTasks => {
            let (left, right) = (tokio::spawn(left), tokio::spawn(right));
            let both = both(async { drop(left.await) }, async { drop(right.await) });
            timeout(PATIENCE, both).await
        }
        Tasks::OneTask => timeout(PATIENCE, both(left, right)).await,
    };
    if done.is_err() {
        return vec![format!("{name}: the calls do not come to an end")];
    }
    callers(&bench, name, [("left", LEFT), ("right", RIGHT)]).await
}

/// The same over one client, where the adapter can do that.
async fn one_client<A: Adapter>(adapter: &Arc<A>) -> Vec<String> {
    let bench = Bench::new();
    let (left, right) = (bench.tracer.span("left").start(), bench.tracer.span("right").start());
    let (mine, tracer) = (Arc::clone(adapter), bench.tracer.clone());
    let handles = (left.handle(), right.handle());
    let pair = tokio::spawn(async move { mine.pair(tracer, handles.0, handles.1).await });
    let name = "two callers, one client";
    match timeout(PATIENCE, pair).await {
        Ok(Ok(false)) => return Vec::new(),
        Ok(Ok(true)) => {}
        Ok(Err(error)) => return vec![format!("{name}: the calls ended in {error}")],
        Err(_) => return vec![format!("{name}: the calls do not come to an end")],
    }
    drop((left, right));
    callers(&bench, name.to_owned(), [("left", 1), ("right", 1)]).await
}

/// Each caller has his own spans.
async fn callers(bench: &Bench, name: String, callers: [(&str, usize); 2]) -> Vec<String> {
    let (kind, complaints) = (SpanKind::Client, Vec::new());
    let spans = bench.collect(kind, callers.iter().map(|(_, calls)| calls).sum()).await;
    let mut ran = bench::Ran { name, kind, spans, complaints, got: () };
    for (name, calls) in callers {
        let caller = ran.named(name).next().and_then(|span| span.span_id);
        let below = ran.own().filter(|span| span.parent_id == caller && caller.is_some()).count();
        ran.expect(below == calls, |ran| {
            format!("spans expected below {name:?}: {calls}, there are\n{}", ran.tree())
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
