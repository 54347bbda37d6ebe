//! The cases.

mod calls;
mod expected;
mod parents;
mod privacy;
mod states;
mod tags;

use std::sync::Arc;

use super::case::{Bench, Case, reference};
use super::{Adapter, Call, Part};

pub(super) async fn check<A: Adapter>(adapter: &Arc<A>, part: Part) -> Vec<String> {
    let mut complaints = calls::check(adapter, part).await;
    match part {
        Part::Attributes => complaints.extend(privacy::check(adapter).await),
        Part::Cancellation => complaints.extend(states::unpolled(adapter).await),
        Part::Parents => complaints.extend(parents::check(adapter).await),
        Part::Disabled => complaints.extend(states::disabled(adapter).await),
        Part::Errors => {}
    }
    complaints
}

/// Every call goes as it would go anyway, and nothing else happens.
pub(super) async fn compiled_out<A: Adapter>(adapter: &Arc<A>) -> Vec<String> {
    let mut complaints = Vec::new();
    for call in supported(adapter) {
        let case = Case { spans: 0, ..Case::new(adapter, "compiled out", call) };
        let mut ran = Bench::new().make(case).await;
        ran.expect_none();
        let expected = reference(adapter, call, false).await;
        ran.expect_outcome(expected.as_ref());
        ran.expect_fitting();
        complaints.append(&mut ran.complaints);
    }
    complaints
}

fn supported<A: Adapter>(adapter: &Arc<A>) -> impl Iterator<Item = Call> {
    let calls = Call::ALL.into_iter().filter(|call| adapter.supports(*call));
    calls.collect::<Vec<_>>().into_iter()
}
