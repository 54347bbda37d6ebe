//! How a call ends, and what its spans say of that.

use std::sync::Arc;
use std::time::Duration;

use super::expected::{CALLS, expected};
use super::tags;
use crate::store::case::{Bench, Case, GIVE_UP, Ran, reference};
use crate::store::{Adapter, Call, GAP, PARKED, Part};

/// A span's clock and the suite's are not the same.
const SLACK: Duration = Duration::from_millis(10);

pub(super) async fn check<A: Adapter>(adapter: &Arc<A>, part: Part) -> Vec<String> {
    let mut complaints = Vec::new();
    for (_, call) in CALLS.into_iter().filter(|(of, _)| *of == part) {
        if !adapter.supports(call) {
            continue;
        }
        let bench = Bench::new();
        let outer = bench.tracer.span("outer").start();
        let mut ran = bench.make(Case { outer, ..Case::new(adapter, "call", call) }).await;
        ran.expect_rest();
        let plain = reference(adapter, call, false).await;
        ran.expect_outcome(plain.as_ref());
        ran.expect_fitting();
        if ran.expect_spans(&**adapter) {
            tags::check(&mut ran, &**adapter, &expected(&**adapter, call));
            times(&mut ran);
        }
        complaints.append(&mut ran.complaints);
    }
    complaints
}

impl Ran {
    /// The call has ended as such a call ends.
    pub(super) fn expect_fitting(&mut self) {
        let call = self.got.call;
        let fits = match &self.got.outcome {
            Some(outcome) => outcome.fits(call),
            None => !call.comes_back(),
        };
        self.expect(fits, |ran| format!("such a call does not give {:?}", ran.got.outcome));
    }

    /// The spans are the ones that the adapter tells of, with the right names, and no more. Says
    /// whether it is worth looking closer.
    pub(super) fn expect_spans<A: Adapter>(&mut self, adapter: &A) -> bool {
        let call = self.got.call;
        let names = adapter.spans(call);
        let right = !names.is_empty() && self.own().map(|span| &span.name).eq(&names);
        self.expect(right, |ran| format!("{names:?} expected, there are\n{}", ran.tree()));
        let others = self.spans.iter().filter(|span| span.kind != self.kind);
        let others = others.filter(|span| span.name != "outer").count();
        let alone = others == 0 || !call.is_one();
        self.expect(alone, |ran| format!("a span too many:\n{}", ran.tree()));
        right
    }
}

/// A span ends with what the store does, not with what its caller does with that.
fn times(ran: &mut Ran) {
    let Some(span) = ran.span() else { return };
    let time = span.end.duration_since(span.start).unwrap_or_default();
    let left = ran.got.over.duration_since(span.end).unwrap_or_default();
    match ran.got.call {
        // The rows come two gaps apart at least, however slow the machine is.
        Call::Streams => {
            ran.expect(time + SLACK >= GAP * 2, |_| {
                format!("it ends after {time:?}, before its last row")
            });
            ran.expect(left + SLACK >= PARKED, |_| {
                format!("it ends {left:?} before the call, with the drop and not with the last row")
            });
        }
        Call::LeavesEarly => ran.expect(left + SLACK >= PARKED, |_| {
            format!("it ends {left:?} before the call, with the drop and not with what came last")
        }),
        Call::Hangs => ran.expect(time + SLACK >= GIVE_UP, |_| {
            format!("it ends after {time:?}, before it is dropped")
        }),
        _ => {}
    }
}
