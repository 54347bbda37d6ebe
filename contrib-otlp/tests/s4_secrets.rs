//! What is secret in a reporter's settings is never printed: not by its warnings, not by an error,
//! not by `Debug`, and not in the lines that the libraries below write for themselves.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::time::Duration;

use contrib_otlp::OtlpReporter;
use support::{WAIT, child, spans, tracer};
use testing::collector::{Collector, Fault, Refusing};

/// Every part of the settings that can hold one.
const SECRETS: [&str; 8] =
    ["us3r", "p4ssword", "s3cretpath", "qu3ry", "k3y", "t0ken", "x-n4me", "dXMzcjpwNHNzd29yZA"];

/// A reporter whose settings are full of secrets, its batches sent, and all of it printed.
fn show(protocol: &str, scheme: &str, address: &str) {
    let endpoint = format!("{scheme}://us3r:p4ssword@{address}/s3cretpath?k3y=qu3ry");
    let headers = "authorization=Bearer%20t0ken,x-n4me=t0ken";
    for traces in ["", "_TRACES"] {
        let get = |name: &str| {
            let set = [
                (format!("OTEL_EXPORTER_OTLP{traces}_ENDPOINT"), endpoint.as_str()),
                (format!("OTEL_EXPORTER_OTLP{traces}_HEADERS"), headers),
                (format!("OTEL_EXPORTER_OTLP{traces}_TIMEOUT"), "200"),
                (format!("OTEL_EXPORTER_OTLP{traces}_PROTOCOL"), protocol),
            ];
            set.into_iter().find(|(known, _)| known == name).map(|(_, value)| value.to_owned())
        };
        match OtlpReporter::from_vars(get) {
            Ok(reporter) => {
                println!("{reporter:?} {reporter:#?}");
                let tracer = tracer(reporter);
                spans(&tracer, 3);
                // Once: a shutdown tries nothing again.
                let _ = tracer.shutdown(WAIT);
                println!("{tracer:?} {:?}", tracer.books());
            }
            Err(error) => println!("{error} {error:?}"),
        }
    }
}

/// Settings that are wrong, with secrets in them.
fn show_errors() {
    for (name, value) in [
        ("ENDPOINT", "ftp://us3r:p4ssword@c/s3cretpath"),
        ("ENDPOINT", "us3r:p4ssword@c"),
        ("HEADERS", "x-n4me"),
        ("HEADERS", "x-n4me=t0ken%0d%0a"),
        ("TIMEOUT", "p4ssword"),
        ("PROTOCOL", "t0ken"),
        ("COMPRESSION", "t0ken"),
        ("CERTIFICATE", "/s3cretpath/k3y"),
    ] {
        let reporter = OtlpReporter::from_vars(|asked| {
            (asked == format!("OTEL_EXPORTER_OTLP_{name}")).then(|| value.to_owned())
        });
        println!("{reporter:?}");
        let _ = reporter.map_err(|error| println!("{error}"));
    }
    let builder = OtlpReporter::builder()
        .endpoint("https://us3r:p4ssword@c/s3cretpath?k3y=qu3ry")
        .header("x-n4me", "t0ken")
        .header("x-n4me ", "t0ken\n")
        .root_certificates(b"t0ken");
    println!("{builder:?} {builder:#?} {:?}", builder.clone().build());
}

fn everything() {
    libraries_write();
    show_errors();
    let protocols: &[&str] =
        if cfg!(feature = "grpc") { &["http/protobuf", "grpc"] } else { &["http/protobuf"] };
    for protocol in protocols {
        for fault in [
            Fault::None,
            Fault::status(401),
            Fault::status(500),
            Fault::status(503),
            Fault::Hang,
            Fault::NoHttp,
            Fault::CloseUnanswered,
            Fault::ManyHeaders(1_000),
            Fault::Redirect { code: 302, to: "http://us3r:p4ssword@127.0.0.1:1/k3y".into() },
            Fault::PartialSuccess { rejected: 1, message: "t0ken is wrong".into() },
            Fault::Reply(b"t0ken".to_vec()),
        ] {
            let collector = Collector::start();
            collector.always(fault);
            show(protocol, "http", &collector.address().to_string());
            show(protocol, "https", &collector.address().to_string());
        }
        show(protocol, "http", Refusing::start().endpoint().trim_start_matches("http://"));
        show(protocol, "http", "no-such-host.invalid:4318");
    }
    #[cfg(feature = "grpc")]
    {
        let receiver = support::grpc::Receiver::start();
        show("grpc", "http", &receiver.address().to_string());
        let said = tonic::Status::new(tonic::Code::PermissionDenied, "t0ken is wrong");
        receiver.always(support::grpc::Fault::Status(said));
        show("grpc", "http", &receiver.address().to_string());
    }
    std::thread::sleep(Duration::from_millis(50));
}

/// The lines of the libraries below: ureq's by the crate `log`, but for its level trace, which
/// shows paths; those of tonic, hyper and h2 by the crate `tracing`, all of them.
fn libraries_write() {
    struct Print;
    impl log::Log for Print {
        fn enabled(&self, _: &log::Metadata<'_>) -> bool {
            true
        }

        fn log(&self, record: &log::Record<'_>) {
            println!("log: {}: {}", record.target(), record.args());
        }

        fn flush(&self) {}
    }
    log::set_logger(&Print).unwrap();
    log::set_max_level(log::LevelFilter::Debug);
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(std::io::stdout)
        .init();
}

#[test]
fn s4_secrets_are_never_printed() {
    if child::is_child() {
        return everything();
    }
    let (out, error) = child::run("s4_secrets_are_never_printed");
    // Something was printed, by all who print.
    assert!(out.contains("127.0.0.1") && out.contains("OtlpReporter"), "{out}");
    assert!(error.contains("OTEL_EXPORTER_OTLP_HEADERS"), "{error}");
    if !support::off() {
        assert!(out.contains("log: ureq"), "{out}");
        assert!(error.contains("could not be exported"), "{error}");
        #[cfg(feature = "grpc")]
        assert!(out.contains("h2::"), "{out}");
    }
    for secret in SECRETS {
        for line in out.lines().chain(error.lines()) {
            assert!(!line.contains(secret), "{secret} in {line}");
        }
    }
}
