//! Logins, good and bad, and the trace of each: on stand-ins, which nobody else uses.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::collections::BTreeMap;
use std::time::Duration;

use contrib_metrics::RedMetrics;
use example_parts::traces::Trace;
use sms_login::Backing;
use sms_login::codes::Times;
use sms_login::demo::lacks;
use support::Running;
use testing::{named, tree};
use tracer_core::{ENABLED, FinishedSpan, Status};

const REACHABLE: &str = "+4915117";
const UNREACHABLE: &str = "+4915100";

/// What fails on the way is on the span of what failed, and on those that could not do without it.
fn failed(spans: &[FinishedSpan]) -> Vec<&str> {
    let mut failed: Vec<_> = spans
        .iter()
        .filter(|span| matches!(span.status, Status::Error(_)))
        .map(|span| &*span.name)
        .collect();
    failed.sort_unstable();
    failed
}

#[tokio::test]
async fn a_code_goes_through_the_queue_in_one_trace() {
    let mut running = Running::start(Backing::default()).await;
    let phone = format!("{REACHABLE}1");
    assert_eq!(running.ask_for_a_code(&phone).await, 202);
    let code = running.code(&phone).await;
    assert_eq!(code.len(), 6);
    if ENABLED {
        let spans = running.spans_until("ack sms-login.sms").await;
        let (sent, worked) =
            (named(&spans, "publish sms-login.sms"), named(&spans, "process sms-login.sms"));
        assert_eq!(worked.parent_id, sent.span_id);
        assert_eq!((sent.service(), worked.service()), ("auth", "sms"));
        assert_eq!(worked.events(), ["SMS sent", "ack"]);
        assert!(failed(&spans).is_empty(), "{}", tree(&spans));
        let trace = Trace { id: spans[0].trace_id, spans };
        assert!(lacks(&trace).is_empty());
        let shown = format!("{:?}", trace.spans);
        assert!(!shown.contains(&phone) && !shown.contains(&code), "nobody's business");
    }
    assert_eq!(running.enter(&phone, "no").await, 401);
    assert_eq!(running.enter(&phone, &code).await, 200);
    assert_eq!(running.enter(&phone, &code).await, 401, "used");
    running.login.stop().await;
}

#[tokio::test]
async fn codes_are_few_and_have_an_end() {
    let running = Running::start(Backing::default().with_times(Times { code: 1, pause: 60 })).await;
    let phone = format!("{REACHABLE}2");
    assert_eq!(running.enter(&phone, "123456").await, 401, "never sent");
    assert_eq!(running.ask_for_a_code(&phone).await, 202);
    assert_eq!(running.ask_for_a_code(&phone).await, 429, "too soon");
    let code = running.code(&phone).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(running.enter(&phone, &code).await, 401, "expired");
    running.login.stop().await;
}

#[tokio::test]
async fn a_code_is_not_guessed() {
    let running = Running::start(Backing::default()).await;
    let phone = format!("{REACHABLE}3");
    assert_eq!(running.ask_for_a_code(&phone).await, 202);
    let code = running.code(&phone).await;
    for _ in 0..3 {
        assert_eq!(running.enter(&phone, "no").await, 401);
    }
    assert_eq!(running.enter(&phone, &code).await, 429, "the right one, too late");
    assert_eq!(running.enter(&phone, &code).await, 401, "it is gone");
    running.login.stop().await;
}

#[tokio::test]
async fn what_can_not_be_sent_is_tried_three_times_and_put_aside() {
    let metrics = RedMetrics::new();
    let mut running = Running::start_measured(Backing::default(), &metrics).await;
    assert_eq!(running.ask_for_a_code(UNREACHABLE).await, 202);
    running.given_up(UNREACHABLE).await;
    if !ENABLED {
        return;
    }
    let spans = running.spans_until("publish sms-login.dead").await;
    let sent = named(&spans, "publish sms-login.sms");
    let mut tries: Vec<_> =
        spans.iter().filter(|span| span.name.starts_with("process sms-login.sms")).collect();
    tries.sort_by_key(|span| span.start);
    assert_eq!(tries.len(), 3, "{}", tree(&spans));
    assert!(tries.iter().all(|one| one.parent_id == sent.span_id), "each is the sender's child");
    let settled: Vec<_> = tries.iter().map(|one| one.events()).collect();
    let again = ["not sent: once more, later", "nack"];
    assert_eq!(settled[..2], [again, again]);
    assert_eq!(settled[2], ["not sent, and given up", "ack"]);
    let buried = named(&spans, "publish sms-login.dead");
    assert_eq!(buried.parent_id, tries[2].span_id);
    assert_eq!(
        failed(&spans),
        ["POST", "POST", "POST", "process sms-login.sms", "process sms-login.sms"],
        "{}",
        tree(&spans)
    );
    running.login.stop().await;
    let counted = metrics.series().into_iter().filter_map(|series| series.messages);
    let mut counts = BTreeMap::<_, u64>::new();
    counted.for_each(|(name, count)| *counts.entry(name).or_default() += count);
    // The message and the one that was put aside; and each try is a delivery.
    let expected =
        [("messaging.client.consumed.messages", 3), ("messaging.client.sent.messages", 2)];
    assert_eq!(Vec::from_iter(counts), expected);
}
