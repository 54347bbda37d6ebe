//! A collector that works: what arrives, over how many connections, and what the books say.

mod support;

use std::time::Duration;

use contrib_otlp::OtlpReporter;
use support::{WAIT, books, fates, report, reporter, spans, tracer, tracer_for};
use testing::collector::{Collector, Fault};
use tracer_core::{RecorderOptions, Tracer};

#[test]
fn what_is_reported_is_what_arrived() {
    if support::off() {
        return;
    }
    let collector = Collector::start();
    let tracer = tracer_for(reporter(&collector.endpoint()));
    let mut sent = 0;
    for count in [1, 512, 1_300] {
        sent += count as u64;
        let books = report(&tracer, count);
        assert_eq!(fates(&books), [sent, 0, 0, 0]);
        assert_eq!(collector.span_count(), sent);
    }
    assert_eq!(collector.spans().len() as u64, sent);
    assert_eq!(collector.connections(), 1, "the connection is kept");
}

#[test]
fn a_request_looks_as_the_specification_says() {
    if support::off() {
        return;
    }
    let collector = Collector::start();
    let builder = reporter(&collector.endpoint()).header("x-token", "t0k");
    report(&tracer_for(builder), 1);
    let requests = collector.requests();
    let [request] = &requests[..] else { panic!("{requests:?}") };
    assert_eq!(request.path, "/v1/traces");
    assert_eq!(request.header("content-type"), Some("application/x-protobuf"));
    assert_eq!(request.header("x-token"), Some("t0k"));
    assert_eq!(request.header("content-encoding"), None);
    assert_eq!(request.header("accept-encoding"), None);
    assert_eq!(request.header("transfer-encoding"), None);
    assert_eq!(request.header("traceparent"), None);
    let agent = request.header("user-agent").unwrap();
    assert!(agent.starts_with("tracer-otlp/"), "{agent}");
}

#[test]
fn the_endpoint_is_taken_as_it_was_given() {
    if support::off() {
        return;
    }
    let collector = Collector::start();
    let address = collector.address();
    let url = format!("http://u:p@{address}/in?key=s");
    report(&tracer_for(reporter("http://x").traces_endpoint(&url)), 1);
    report(&tracer_for(reporter(&format!("http://{address}/otlp"))), 1);
    let requests = collector.requests();
    assert_eq!(requests[0].path, "/in?key=s");
    assert_eq!(requests[0].header("authorization"), Some("Basic dTpw"));
    assert_eq!(requests[0].header("host"), Some(&*address.to_string()));
    assert_eq!(requests[1].path, "/otlp/v1/traces");
    assert_eq!(requests[1].header("authorization"), None);
}

#[test]
fn the_environment_sets_a_reporter_up() {
    if support::off() {
        return;
    }
    let collector = Collector::start();
    let endpoint = collector.endpoint();
    let reporter = OtlpReporter::from_vars(|name| match name {
        "OTEL_EXPORTER_OTLP_ENDPOINT" => Some(endpoint.clone()),
        "OTEL_EXPORTER_OTLP_HEADERS" => Some("authorization=Bearer%20abc".into()),
        _ => None,
    });
    report(&tracer(reporter.unwrap()), 1);
    let requests = collector.requests();
    assert_eq!(requests[0].header("authorization"), Some("Bearer abc"));
}

#[test]
fn nothing_secret_is_in_debug() {
    let builder = OtlpReporter::builder()
        .traces_endpoint("http://user:pass@collector:99/path?key=query")
        .header("x-name", "token");
    let text = format!("{builder:?} {:?}", builder.clone().build());
    assert!(text.contains("http://collector:99"), "{text}");
    for secret in ["user", "pass", "/path", "query", "x-name", "token", "Basic"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[test]
fn shutdown_sends_what_is_queued() {
    if support::off() {
        return;
    }
    let collector = Collector::start();
    let tracer = tracer_for(reporter(&collector.endpoint()));
    spans(&tracer, 2_000);
    tracer.shutdown(WAIT).unwrap();
    assert_eq!(fates(&books(&tracer)), [2_000, 0, 0, 0]);
    assert_eq!(collector.span_count(), 2_000);
}

#[test]
fn many_threads_and_a_slow_start_lose_nothing() {
    if support::off() {
        return;
    }
    let collector = Collector::start();
    collector.next([Fault::status(503), Fault::None, Fault::status(429)]);
    let recorder = RecorderOptions::default()
        .with_schedule_delay(Duration::from_millis(5))
        .with_max_bytes(64 << 20);
    let reporter = reporter(&collector.endpoint()).build().unwrap();
    let tracer = Tracer::builder("shop").recorder(recorder).reporter(reporter).build();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| spans(&tracer, 2_500));
        }
    });
    // A shutdown would not wait for a second attempt.
    tracer.flush(WAIT).unwrap();
    assert_eq!(fates(&books(&tracer)), [10_000, 0, 0, 0]);
    assert_eq!(collector.span_count(), 10_000);
}

#[cfg(feature = "gzip")]
#[test]
fn gzip_is_smaller_and_says_so() {
    if support::off() {
        return;
    }
    let collector = Collector::start();
    let builder = reporter(&collector.endpoint()).compression(contrib_otlp::Compression::Gzip);
    let tracer = tracer_for(builder);
    report(&tracer, 500);
    report(&tracer, 1);
    let requests = collector.requests();
    assert_eq!(requests[0].header("content-encoding"), Some("gzip"));
    let len: usize = requests[0].header("content-length").unwrap().parse().unwrap();
    assert!(len < 500 * 60, "{len}: plain ones have 110 bytes a span");
    assert_eq!(collector.span_count(), 501);
}

#[cfg(not(feature = "gzip"))]
#[test]
fn gzip_needs_its_feature() {
    let builder = OtlpReporter::builder().compression(contrib_otlp::Compression::Gzip);
    let error = builder.build().err();
    assert_eq!(error, Some(contrib_otlp::ConfigError::GzipNotCompiledIn));
}

#[cfg(feature = "tls")]
#[test]
fn https_is_spoken_and_a_plain_server_is_a_failure() {
    if support::off() {
        return;
    }
    let collector = Collector::start();
    let builder = reporter(&format!("https://{}", collector.address()))
        .timeout(Duration::from_millis(200))
        .max_elapsed(Duration::from_millis(500));
    assert_eq!(fates(&report(&tracer_for(builder), 3)), [0, 0, 3, 0]);
    assert!(collector.requests().is_empty());
}
