//! The cases.

mod outcomes;
mod privacy;
mod states;

use std::sync::Arc;

use tracer_core::Span;

use super::case::Bench;
use super::exchange::Plan;
use super::{Adapter, Part, Shape};

pub(super) async fn check<A: Adapter>(adapter: &Arc<A>, part: Part) -> Vec<String> {
    let mut complaints = outcomes::check(adapter, part).await;
    match part {
        Part::Attributes => complaints.extend(privacy::check(adapter).await),
        Part::Propagation => complaints.extend(states::propagation(adapter).await),
        Part::Disabled => complaints.extend(states::disabled(adapter).await),
        Part::Errors | Part::Cancellation => {}
    }
    complaints
}

/// The exchange goes well and nothing else happens.
pub(super) async fn compiled_out<A: Adapter>(adapter: &Arc<A>) -> Vec<String> {
    let bench = Bench::new();
    let plan = Plan { headers: states::caller(), ..Plan::new(adapter.kind(), Shape::Ok) };
    let is_client = adapter.kind().is_client();
    let mut ran = bench.run(adapter, "compiled out", plan, Span::noop(), 0).await;
    ran.expect_none();
    let expected = is_client.then_some(states::TRACEPARENT);
    let right = ran.handed_on().is_some() && ran.header("traceparent") == expected;
    ran.expect(right, |ran| format!("headers are changed: {:?}", ran.handed_on()));
    ran.complaints
}
