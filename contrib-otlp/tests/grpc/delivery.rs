//! A receiver that works: what arrives, over how many connections, and what the books say.

use contrib_otlp::OtlpReporter;

use crate::support::grpc::Receiver;
use crate::support::{self, WAIT, books, fates, grpc_reporter, report, spans, tracer, tracer_for};

#[test]
fn what_is_reported_is_what_arrived() {
    if support::off() {
        return;
    }
    let receiver = Receiver::start();
    let tracer = tracer_for(grpc_reporter(&receiver.endpoint()));
    let mut sent = 0;
    for count in [1, 512, 1_300] {
        sent += count as u64;
        let books = report(&tracer, count);
        assert_eq!(fates(&books), [sent, 0, 0, 0]);
        assert_eq!(receiver.span_count(), sent);
    }
    assert_eq!(receiver.connections(), 1, "the connection is kept");
}

#[test]
fn a_call_looks_as_the_specification_says() {
    if support::off() {
        return;
    }
    let receiver = Receiver::start();
    let url = format!("http://u:p@{}/path?key=s", receiver.address());
    report(&tracer_for(grpc_reporter(&url).header("X-Token", "t0k")), 1);
    let seen = receiver.seen();
    let [seen] = &seen[..] else { panic!("{}", seen.len()) };
    assert_eq!(seen.header("x-token"), Some("t0k"));
    assert_eq!(seen.header("authorization"), Some("Basic dTpw"));
    for name in ["traceparent", "grpc-timeout", "grpc-encoding", "grpc-accept-encoding"] {
        assert_eq!(seen.header(name), None, "{name}");
    }
    let agent = seen.header("user-agent").unwrap();
    assert!(agent.starts_with("tracer-otlp/"), "{agent}");
}

#[test]
fn the_environment_sets_a_reporter_up() {
    if support::off() {
        return;
    }
    let receiver = Receiver::start();
    let endpoint = receiver.endpoint();
    for protocol in ["OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] {
        let reporter = OtlpReporter::from_vars(|name| match name {
            "OTEL_EXPORTER_OTLP_ENDPOINT" => Some(endpoint.clone()),
            "OTEL_EXPORTER_OTLP_HEADERS" => Some("authorization=Bearer%20abc".into()),
            name => (name == protocol).then(|| "grpc".into()),
        });
        assert_eq!(fates(&report(&tracer(reporter.unwrap()), 1)), [1, 0, 0, 0]);
    }
    let seen = receiver.seen();
    assert_eq!(seen.len(), 2);
    assert!(seen.iter().all(|seen| seen.header("authorization") == Some("Bearer abc")));
}

#[test]
fn shutdown_sends_what_is_queued() {
    if support::off() {
        return;
    }
    let receiver = Receiver::start();
    let tracer = tracer_for(grpc_reporter(&receiver.endpoint()));
    spans(&tracer, 2_000);
    tracer.shutdown(WAIT).unwrap();
    assert_eq!(fates(&books(&tracer)), [2_000, 0, 0, 0]);
    assert_eq!(receiver.span_count(), 2_000);
}

#[test]
fn off_nobody_is_connected_to() {
    let receiver = Receiver::start();
    let tracer = tracer_for(grpc_reporter(&receiver.endpoint()));
    tracer.set_enabled(false);
    assert_eq!(fates(&report(&tracer, 100)), [0, 0, 0, 0]);
    tracer.shutdown(WAIT).unwrap();
    assert_eq!((receiver.calls(), receiver.connections()), (0, 0));
}

#[test]
fn a_reporter_may_be_made_and_dropped_on_a_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        drop(grpc_reporter("http://localhost:1").build().unwrap());
        let receiver = std::thread::spawn(Receiver::start).join().unwrap();
        let tracer = tracer_for(grpc_reporter(&receiver.endpoint()));
        let made = if support::off() { 0 } else { 3 };
        assert_eq!(report(&tracer, 3).reported, made);
        drop(tracer);
        assert_eq!(receiver.span_count(), made);
    });
}

#[cfg(feature = "gzip")]
#[test]
fn gzip_says_so_and_is_understood() {
    if support::off() {
        return;
    }
    let receiver = Receiver::start();
    let builder = grpc_reporter(&receiver.endpoint());
    let tracer = tracer_for(builder.compression(contrib_otlp::Compression::Gzip));
    report(&tracer, 500);
    assert_eq!(fates(&report(&tracer, 1)), [501, 0, 0, 0]);
    assert_eq!(receiver.span_count(), 501);
    assert!(receiver.seen().iter().all(|seen| seen.header("grpc-encoding") == Some("gzip")));
}
