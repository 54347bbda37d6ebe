//! The `metrics` facade gets the same.
#![cfg(feature = "facade")]

use contrib_metrics::RedMetrics;
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use tracer_core::semconv::{
    HTTP_REQUEST_METHOD, MESSAGING_OPERATION_TYPE, MESSAGING_SYSTEM, SERVER_PORT,
};
use tracer_core::{ENABLED, SpanKind, Tracer};

#[test]
fn durations_and_messages_go_to_the_recorder() {
    let recorder = DebuggingRecorder::new();
    let seen = recorder.snapshotter();
    metrics::with_local_recorder(&recorder, || {
        let red = RedMetrics::new().with_max_series(100).with_facade();
        let tracer = Tracer::builder("shop").processor(red.clone()).build();
        for _ in 0..2 {
            let request = tracer.span("GET").kind(SpanKind::Client).tag(HTTP_REQUEST_METHOD, "GET");
            drop(request.tag(SERVER_PORT, 80).start());
        }
        let sent = tracer.span("send").kind(SpanKind::Producer).tag(MESSAGING_SYSTEM, "rabbitmq");
        let nothing = sent.tag(MESSAGING_OPERATION_TYPE, "send");
        drop(nothing.tag("messaging.batch.message_count", 0).start());
        let sent = tracer.span("send").kind(SpanKind::Producer).tag(MESSAGING_SYSTEM, "rabbitmq");
        drop(sent.tag(MESSAGING_OPERATION_TYPE, "send").start());
        assert_eq!(red.series().len(), if ENABLED { 2 } else { 0 });
    });
    let mut all: Vec<_> = seen
        .snapshot()
        .into_vec()
        .into_iter()
        .map(|(key, _, _, value)| {
            let key = key.key();
            let labels: Vec<_> =
                key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
            let value = match value {
                DebugValue::Histogram(durations) => {
                    assert!(durations.iter().all(|seconds| (0.0..1.0).contains(&seconds.0)));
                    format!("{} durations", durations.len())
                }
                other => format!("{other:?}"),
            };
            format!("{}{{{}}} {value}", key.name(), labels.join(","))
        })
        .collect();
    all.sort();
    let messages = "{messaging.operation.type=send,messaging.system=rabbitmq}";
    let expected = [
        "http.client.request.duration{http.request.method=GET,server.port=80} 2 durations".into(),
        format!("messaging.client.operation.duration{messages} 2 durations"),
        format!("messaging.client.sent.messages{messages} Counter(1)"),
    ];
    assert_eq!(all, if ENABLED { expected.to_vec() } else { Vec::new() });
}
