//! What is measured of which span.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::time::{Duration, SystemTime};

use contrib_metrics::{RedMetrics, Series};
use tracer_core::semconv::{
    DB_NAMESPACE, DB_OPERATION_NAME, DB_SYSTEM_NAME, ERROR_TYPE, HTTP_REQUEST_METHOD,
    HTTP_RESPONSE_STATUS_CODE, HTTP_ROUTE, MESSAGING_BATCH_MESSAGE_COUNT,
    MESSAGING_DESTINATION_ANONYMOUS, MESSAGING_DESTINATION_NAME, MESSAGING_DESTINATION_TEMPLATE,
    MESSAGING_OPERATION_TYPE, MESSAGING_SYSTEM, RPC_METHOD, RPC_SYSTEM_NAME, SERVER_ADDRESS,
    SERVER_PORT, URL_FULL,
};
use tracer_core::{AlwaysOff, ENABLED, MemoryReporter, SpanKind, Tag, Tracer, Value};

const LONG: Duration = Duration::from_secs(20);

fn measuring(metrics: &RedMetrics) -> Tracer {
    Tracer::builder("shop").sampler(AlwaysOff).processor(metrics.clone()).build()
}

/// A span of this kind with these tags, which took so many milliseconds.
fn span<const N: usize>(
    tracer: &Tracer,
    kind: SpanKind,
    millis: u64,
    tags: [(&'static str, Value); N],
) {
    let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
    let span = tracer.span("span").root().kind(kind).start_time(start).start();
    span.set_tags(tags.map(|(key, value)| Tag::new(key, value)));
    span.finish_at(start + Duration::from_millis(millis));
}

fn told(series: &Series) -> String {
    let labels: Vec<_> =
        series.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let messages =
        series.messages.map_or_else(String::new, |(name, count)| format!(" {name}={count}"));
    let (name, count, sum) = (series.name, series.count(), series.sum);
    format!("{name}{{{}}} {count} in {sum} s{}", labels.join(","), messages)
}

fn all(metrics: &RedMetrics) -> Vec<String> {
    metrics.series().iter().map(told).collect()
}

fn expect(metrics: &RedMetrics, expected: &[&str]) {
    assert_eq!(all(metrics), if ENABLED { expected } else { &[] });
}

#[test]
fn unsampled_requests_are_measured_by_their_labels() {
    let metrics = RedMetrics::new();
    let tracer = measuring(&metrics);
    for (millis, status) in [(7, 200), (20, 200), (3_000, 500)] {
        let failed = (status == 500).then(|| (ERROR_TYPE, "500".into()));
        let tags = [
            (HTTP_REQUEST_METHOD, "GET".into()),
            (HTTP_ROUTE, "/orders/{id}".into()),
            (HTTP_RESPONSE_STATUS_CODE, status.into()),
        ];
        match failed {
            None => span(&tracer, SpanKind::Server, millis, tags),
            Some(error) => {
                let [a, b, c] = tags;
                span(&tracer, SpanKind::Server, millis, [a, b, c, error]);
            }
        }
    }
    expect(
        &metrics,
        &[
            "http.server.request.duration{http.request.method=GET,http.route=/orders/{id},\
             http.response.status_code=200} 2 in 0.027 s",
            "http.server.request.duration{http.request.method=GET,http.route=/orders/{id},\
             http.response.status_code=500,error.type=500} 1 in 3 s",
        ],
    );
    if ENABLED {
        let series = metrics.series();
        assert_eq!(series[0].buckets[..3], [(0.005, 0), (0.01, 1), (0.025, 2)]);
        assert_eq!(series[1].buckets[10..12], [(2.5, 0), (5.0, 1)]);
        let page = metrics.to_prometheus();
        assert!(
            page.contains(
                "http_server_request_duration_seconds_bucket{http_request_method=\"GET\",\
             http_route=\"/orders/{id}\",http_response_status_code=\"200\",le=\"0.01\"} 1\n"
            ),
            "{page}"
        );
    }
}

#[test]
fn each_library_has_its_histogram() {
    use SpanKind::{Client, Consumer, Internal, Producer, Server};
    let metrics = RedMetrics::new();
    let tracer = measuring(&metrics);
    let server = || [(SERVER_ADDRESS, "b".into()), (SERVER_PORT, 80.into())];
    let [address, port] = server();
    span(
        &tracer,
        Client,
        1,
        [
            (HTTP_REQUEST_METHOD, "GET".into()),
            // No label: it has ids in it.
            (URL_FULL, "http://b/orders/7".into()),
            address,
            port,
        ],
    );
    span(&tracer, Server, 2, [(RPC_SYSTEM_NAME, "grpc".into()), (RPC_METHOD, "a.B/C".into())]);
    span(&tracer, Client, 3, [(RPC_SYSTEM_NAME, "grpc".into()), (RPC_METHOD, "a.B/C".into())]);
    span(
        &tracer,
        Client,
        4,
        [
            (DB_SYSTEM_NAME, "redis".into()),
            (DB_OPERATION_NAME, "GET".into()),
            (DB_NAMESPACE, "0".into()),
        ],
    );
    let queue = |operation: &'static str| {
        [
            (MESSAGING_SYSTEM, "rabbitmq".into()),
            (MESSAGING_OPERATION_TYPE, operation.into()),
            (MESSAGING_DESTINATION_NAME, "sms.7".into()),
        ]
    };
    let [a, b, c] = queue("send");
    span(&tracer, Producer, 5, [a, b, c, (MESSAGING_DESTINATION_TEMPLATE, "sms.{id}".into())]);
    let [a, b, c] = queue("receive");
    span(&tracer, Client, 6, [a, b, c, (MESSAGING_BATCH_MESSAGE_COUNT, 0.into())]);
    let [a, b, c] = queue("receive");
    span(&tracer, Client, 6, [a, b, c, (MESSAGING_BATCH_MESSAGE_COUNT, 3.into())]);
    span(&tracer, Client, 7, queue("settle"));
    span(&tracer, Consumer, 8, queue("process"));
    // The messages of a batch have spans of their own.
    let [a, b, c] = queue("process");
    span(&tracer, Consumer, 8, [a, b, c, (MESSAGING_BATCH_MESSAGE_COUNT, 3.into())]);
    let [a, b, _] = queue("process");
    let name = (MESSAGING_DESTINATION_NAME, "amq.gen-1".into());
    span(&tracer, Consumer, 8, [a, b, name, (MESSAGING_DESTINATION_ANONYMOUS, true.into())]);
    let [a, _, c] = queue("");
    span(&tracer, Consumer, 9, [a, (MESSAGING_OPERATION_TYPE, "receive".into()), c]);
    // None of these.
    span(&tracer, Internal, 9, [(HTTP_REQUEST_METHOD, "GET".into())]);
    span(&tracer, Client, 9, [("k", 1.into())]);
    drop(tracer.scope("scope"));
    expect(
        &metrics,
        &[
            "http.client.request.duration{http.request.method=GET,server.address=b,\
             server.port=80} 1 in 0.001 s",
            "rpc.server.call.duration{rpc.system.name=grpc,rpc.method=a.B/C} 1 in 0.002 s",
            "rpc.client.call.duration{rpc.system.name=grpc,rpc.method=a.B/C} 1 in 0.003 s",
            "db.client.operation.duration{db.system.name=redis,db.namespace=0,\
             db.operation.name=GET} 1 in 0.004 s",
            "messaging.client.operation.duration{messaging.operation.type=receive,\
             messaging.system=rabbitmq,messaging.destination.name=sms.7} 3 in 0.021 s",
            "messaging.client.operation.duration{messaging.operation.type=send,\
             messaging.system=rabbitmq,messaging.destination.template=sms.{id}} 1 in 0.005 s \
             messaging.client.sent.messages=1",
            "messaging.client.operation.duration{messaging.operation.type=settle,\
             messaging.system=rabbitmq,messaging.destination.name=sms.7} 1 in 0.007 s",
            "messaging.process.duration{messaging.operation.type=process,\
             messaging.system=rabbitmq} 1 in 0.008 s messaging.client.consumed.messages=1",
            "messaging.process.duration{messaging.operation.type=process,\
             messaging.system=rabbitmq,messaging.destination.name=sms.7} 2 in 0.016 s \
             messaging.client.consumed.messages=1",
        ],
    );
}

#[test]
fn series_are_bounded_and_what_is_over_is_counted() {
    let metrics = RedMetrics::new().with_max_series(2);
    let tracer = measuring(&metrics);
    let long: &'static str = "x".repeat(257).leak();
    for method in ["A", long, "B", "C", "A", "D"] {
        span(&tracer, SpanKind::Server, 1_000, [(HTTP_REQUEST_METHOD, method.into())]);
    }
    // Of no use as a label.
    let odd = [(HTTP_REQUEST_METHOD, "A".into()), (HTTP_ROUTE, f64::NAN.into())];
    span(&tracer, SpanKind::Server, 1_000, odd);
    expect(
        &metrics,
        &[
            "http.server.request.duration{http.request.method=A} 3 in 3 s",
            "http.server.request.duration{http.request.method=B} 1 in 1 s",
            "http.server.request.duration{otel.metric.overflow=true} 3 in 3 s",
        ],
    );
}

/// Every line of a page has a name and labels of its own, whatever the types of tags.
#[test]
fn what_looks_the_same_is_the_same() {
    let metrics = RedMetrics::new();
    let tracer = measuring(&metrics);
    for status in [Value::from(200), "200".into()] {
        let tags = [
            (HTTP_REQUEST_METHOD, "GET".into()),
            (HTTP_RESPONSE_STATUS_CODE, status),
            (HTTP_ROUTE, "".into()),
        ];
        span(&tracer, SpanKind::Server, 1_000, tags);
    }
    expect(
        &metrics,
        &["http.server.request.duration{http.request.method=GET,\
           http.response.status_code=200} 2 in 2 s"],
    );
}

#[test]
fn many_threads_lose_nothing() {
    const THREADS: u64 = 4;
    const ROUNDS: u64 = 500;
    let metrics = RedMetrics::new();
    let memory = MemoryReporter::new();
    let tracer =
        Tracer::builder("shop").reporter(memory.clone()).processor(metrics.clone()).build();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for nth in 0..ROUNDS {
                    // All of them make the same series at the same time.
                    let port = i64::try_from(nth % 50).unwrap();
                    let tags = [(DB_SYSTEM_NAME, "redis".into()), (SERVER_PORT, port.into())];
                    span(&tracer, SpanKind::Client, 1, tags);
                }
            });
        }
    });
    let series = metrics.series();
    let counts: Vec<_> = series.iter().map(Series::count).collect();
    let each = THREADS * ROUNDS / 50;
    assert_eq!(counts, if ENABLED { vec![each; 50] } else { Vec::new() });
    assert_eq!(tracer.flush(LONG), Ok(()));
    assert_eq!(memory.take().len() as u64, if ENABLED { THREADS * ROUNDS } else { 0 });
}
