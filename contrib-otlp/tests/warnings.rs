//! Failures are said once: one line for what came of the attempts, one for each reason for which
//! spans were lost, and then nothing for half a minute, in whatever way it fails.

mod support;

use std::time::Duration;

use contrib_otlp::{OtlpReporterBuilder, Protocol};
use support::{child, report, reporter, tracer_for};
use testing::collector::{Collector, Fault, Refusing};

/// Reports a number of batches that fail.
fn fail(builder: OtlpReporterBuilder) {
    let builder =
        builder.timeout(Duration::from_millis(100)).max_elapsed(Duration::from_millis(150));
    let tracer = tracer_for(builder);
    for _ in 0..10 {
        report(&tracer, 3);
    }
}

/// Every way of failing that a peer has over HTTP, with lines between them.
fn ways(mut with: impl FnMut(&str, OtlpReporterBuilder), protocol: Protocol) {
    let http = [
        ("rejected", Fault::status(400)),
        ("too large", Fault::status(413)),
        ("failed", Fault::status(500)),
        ("again", Fault::retry_after(503, "0")),
        ("partly", Fault::PartialSuccess { rejected: 1, message: "old\nlines\n".into() }),
        ("hung", Fault::Hang),
        ("unread", Fault::HangUnread),
        ("closed", Fault::CloseUnanswered),
        ("no http", Fault::NoHttp),
        ("headers", Fault::ManyHeaders(1_000)),
        ("endless", Fault::EndlessBody { code: 200 }),
    ];
    for (name, fault) in http {
        let collector = Collector::start();
        collector.always(fault);
        with(name, reporter(&collector.endpoint()).protocol(protocol));
    }
    let nobody = Refusing::start();
    with("refused", reporter(&nobody.endpoint()).protocol(protocol));
    with("own limit", reporter(&nobody.endpoint()).protocol(protocol).max_request_bytes(1));
    #[cfg(feature = "tls")]
    {
        let collector = Collector::start();
        let https = collector.endpoint().replace("http:", "https:");
        with("no tls", reporter(&https).protocol(protocol));
    }
}

/// The lines that our kit prints in the child, way by way.
fn judge(test: &str) {
    let (_, error) = child::run(test);
    let ways: Vec<&str> = error.split("way: ").skip(1).collect();
    assert!(ways.len() >= 13, "{error}");
    for way in ways {
        let lines: Vec<&str> = way.lines().filter(|line| line.starts_with("tracer: ")).collect();
        let attempts = lines.iter().filter(|line| line.contains("could not be exported")).count();
        assert_eq!(attempts, 1, "{way}");
        let mut reasons: Vec<&str> = lines
            .iter()
            .filter_map(|line| Some(line.split_once('(')?.1.split_once(')')?.0))
            .collect();
        reasons.retain(|reason| !reason.contains("before it"));
        let all = reasons.len();
        reasons.sort_unstable();
        reasons.dedup();
        assert_eq!(reasons.len(), all, "each reason once: {way}");
        assert_eq!(lines.len(), attempts + all, "and no other line: {way}");
    }
}

fn say(way: &str, builder: OtlpReporterBuilder) {
    eprintln!("way: {way}");
    fail(builder);
}

#[test]
fn over_http_each_reason_is_said_once() {
    if support::off() {
        return;
    }
    if child::is_child() {
        return ways(say, Protocol::HttpProtobuf);
    }
    judge("over_http_each_reason_is_said_once");
}

#[cfg(feature = "grpc")]
#[test]
fn over_grpc_each_reason_is_said_once() {
    use support::grpc::{Fault, Receiver};

    if support::off() {
        return;
    }
    if !child::is_child() {
        return judge("over_grpc_each_reason_is_said_once");
    }
    ways(say, Protocol::Grpc);
    let status = |code: i32| Fault::Status(tonic::Status::new(code.into(), "words\nof theirs"));
    for fault in (1..=16).map(status).chain([Fault::Partial(1), Fault::Hang]) {
        let receiver = Receiver::start();
        receiver.always(fault);
        say("status", reporter(&receiver.endpoint()).protocol(Protocol::Grpc));
    }
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_no_unicode_is_complained_of_and_not_taken_for_unset() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    if child::is_child() {
        let built = contrib_otlp::OtlpReporter::from_env();
        return assert_eq!(built.err(), Some(contrib_otlp::ConfigError::InvalidEndpoint));
    }
    let test = "a_variable_that_is_no_unicode_is_complained_of_and_not_taken_for_unset";
    let vars = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TIMEOUT"];
    let (_, error) = child::run_with(test, &vars.map(|name| (name, OsStr::from_bytes(b"\xff"))));
    for name in vars {
        assert_eq!(error.matches(name).count(), 1, "{error}");
    }
}
