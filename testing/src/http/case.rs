//! Running one case, and looking at what came of it.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use tokio::time::{sleep, timeout};
use tracer_core::{InSpanExt, Span, SpanKind};

use super::exchange::Plan;
use super::{Adapter, Exchange, Kind, Shape};
pub(super) use crate::bench::Bench;
use crate::bench::{self, PATIENCE};

/// When a request that is never answered is given up.
const GIVE_UP: Duration = Duration::from_millis(60);

/// What came of a case: spans, and the headers that were handed on, if any.
pub(super) type Ran = bench::Ran<Option<HeaderMap>>;

impl Bench {
    /// Runs a case below `outer`, if that is a span. `spans` is how many of the integration's own
    /// there will be.
    pub(super) async fn run<A: Adapter>(
        self,
        adapter: &Arc<A>,
        name: &str,
        plan: Plan,
        outer: Span,
        spans: usize,
    ) -> Ran {
        let (kind, shape) = (span_kind(plan.kind), plan.shape);
        let name = format!("{name} ({shape:?}, {:?})", plan.caller);
        let exchange = Exchange::new(plan, self.tracer.clone());
        let (adapter, tracer, mine) = (Arc::clone(adapter), self.tracer.clone(), exchange.clone());
        let outer_handle = outer.handle();
        let work = async move { adapter.exchange(tracer, mine).await };
        let mut complaints = Vec::new();
        let mut task = tokio::spawn(work.attach(outer_handle));
        if shape == Shape::Hangs {
            sleep(GIVE_UP).await;
            task.abort();
        }
        match timeout(PATIENCE, &mut task).await {
            Err(_) => complaints.push(format!("{name}: the exchange does not come to an end")),
            Ok(Err(error))
                if error.is_panic() != (shape == Shape::Panics) && !error.is_cancelled() =>
            {
                complaints.push(format!("{name}: the exchange ended in {error}"));
            }
            Ok(_) => {}
        }
        task.abort();
        drop(outer);
        let spans = self.collect(kind, spans).await;
        Ran { name, kind, spans, complaints, got: exchange.handed_on() }
    }
}

impl Ran {
    /// What was handed on; `None` if nobody was called.
    pub(super) const fn handed_on(&self) -> Option<&HeaderMap> {
        self.got.as_ref()
    }

    /// A header of what was handed on.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.handed_on()?.get(name)?.to_str().ok()
    }
}

const fn span_kind(kind: Kind) -> SpanKind {
    if kind.is_client() { SpanKind::Client } else { SpanKind::Server }
}
