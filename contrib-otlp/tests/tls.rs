//! https, with certificates of a private authority: made here, given by the environment.
#![cfg(feature = "tls")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use contrib_otlp::{ConfigError, OtlpReporter, OtlpReporterBuilder};
use support::tls::{Authority, Front};
use support::{WAIT, fates, report, reporter, tracer};
use testing::collector::Collector;

/// A file that goes with the test.
struct Pem(PathBuf);

impl Pem {
    fn of(authority: &Authority, name: &str) -> Self {
        let file = format!("tracer-otlp-{name}-{}.pem", std::process::id());
        let path = std::env::temp_dir().join(file);
        std::fs::write(&path, authority.pem()).unwrap();
        Self(path)
    }
}

impl Drop for Pem {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A reporter as the environment describes it.
fn from_env(protocol: &str, endpoint: &str, certificate: Option<&Pem>) -> OtlpReporter {
    let reporter = OtlpReporter::from_vars(|name| match name {
        "OTEL_EXPORTER_OTLP_ENDPOINT" => Some(endpoint.to_owned()),
        "OTEL_EXPORTER_OTLP_PROTOCOL" => Some(protocol.to_owned()),
        "OTEL_EXPORTER_OTLP_CERTIFICATE" => certificate.map(|pem| pem.0.display().to_string()),
        _ => None,
    });
    reporter.unwrap()
}

/// Who is believed with these certificates, in these many attempts: seven spans' fates.
fn judged(builder: OtlpReporterBuilder) -> [u64; 4] {
    let began = Instant::now();
    let fates = fates(&report(&tracer(builder.timeout(WAIT).build().unwrap()), 7));
    assert!(began.elapsed() < WAIT / 2, "{:?}", began.elapsed());
    fates
}

#[test]
fn http_believes_whom_the_environment_names() {
    if support::off() {
        return;
    }
    let authority = Authority::new("ours");
    let pem = Pem::of(&authority, "http");
    let collector = Collector::start();
    let front = Front::start(collector.address(), &authority);
    let tracer = tracer(from_env("http/protobuf", &front.endpoint(), Some(&pem)));
    assert_eq!(fates(&report(&tracer, 7)), [7, 0, 0, 0]);
    assert_eq!(fates(&report(&tracer, 3)), [10, 0, 0, 0]);
    assert_eq!((collector.span_count(), collector.connections()), (10, 1));
}

#[test]
fn http_believes_nobody_else() {
    if support::off() {
        return;
    }
    let (authority, other) = (Authority::new("ours"), Authority::new("others"));
    let collector = Collector::start();
    let front = Front::start(collector.address(), &authority);
    // Mozilla's list, and somebody else's certificate.
    assert_eq!(judged(reporter(&front.endpoint())), [0, 0, 7, 0]);
    let wrong = reporter(&front.endpoint()).root_certificates(other.pem().as_bytes());
    assert_eq!(judged(wrong), [0, 0, 7, 0]);
    // The right one for another name.
    let elsewhere = front.endpoint().replace("localhost", "127.0.0.1");
    let other_name = reporter(&elsewhere).root_certificates(authority.pem().as_bytes());
    assert_eq!(judged(other_name), [0, 0, 7, 0]);
    assert_eq!(collector.requests().len(), 0);
    // Several certificates in one file.
    let both = format!("{}{}", other.pem(), authority.pem());
    let both = reporter(&front.endpoint()).root_certificates(both.as_bytes());
    assert_eq!(judged(both), [7, 0, 0, 0]);
}

#[test]
fn what_is_no_certificate_is_an_error() {
    let builder = OtlpReporter::builder().root_certificates(b"a secret");
    assert_eq!(builder.build().err(), Some(ConfigError::InvalidCertificate));
}

#[cfg(feature = "grpc")]
#[test]
fn grpc_believes_whom_the_environment_names() {
    if support::off() {
        return;
    }
    let authority = Authority::new("ours");
    let pem = Pem::of(&authority, "grpc");
    let receiver = support::grpc::Receiver::start();
    let front = Front::start(receiver.address(), &authority);
    let tracer = tracer(from_env("grpc", &front.endpoint(), Some(&pem)));
    assert_eq!(fates(&report(&tracer, 7)), [7, 0, 0, 0]);
    assert_eq!(fates(&report(&tracer, 3)), [10, 0, 0, 0]);
    assert_eq!((receiver.span_count(), receiver.connections()), (10, 1));
}

#[cfg(feature = "grpc")]
#[test]
fn grpc_believes_nobody_else() {
    use support::grpc_reporter;

    if support::off() {
        return;
    }
    let (authority, other) = (Authority::new("ours"), Authority::new("others"));
    let receiver = support::grpc::Receiver::start();
    let front = Front::start(receiver.address(), &authority);
    assert_eq!(judged(grpc_reporter(&front.endpoint())), [0, 0, 7, 0]);
    let wrong = grpc_reporter(&front.endpoint()).root_certificates(other.pem().as_bytes());
    assert_eq!(judged(wrong), [0, 0, 7, 0]);
    let elsewhere = front.endpoint().replace("localhost", "127.0.0.1");
    let other_name = grpc_reporter(&elsewhere).root_certificates(authority.pem().as_bytes());
    assert_eq!(judged(other_name), [0, 0, 7, 0]);
    assert_eq!(receiver.calls(), 0);
    // One that speaks no TLS at all.
    let plain = receiver.endpoint().replace("http:", "https:");
    let plain = grpc_reporter(&plain).max_elapsed(Duration::from_millis(500));
    assert_eq!(judged(plain), [0, 0, 7, 0]);
    let right = grpc_reporter(&front.endpoint()).root_certificates(authority.pem().as_bytes());
    assert_eq!(judged(right), [7, 0, 0, 0]);
}
