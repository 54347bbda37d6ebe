//! A receiver that works: what arrives, over how many connections, and what the books say.

mod support;

use contrib_zipkin::ZipkinReporter;
use support::{WAIT, books, fates, report, reporter, spans, tracer, tracer_for};
use testing::collector::{Collector, Fault};

#[test]
fn what_is_reported_is_what_arrived() {
    if support::off() {
        return;
    }
    let collector = Collector::start();
    // Zipkin's own answer.
    collector.always(Fault::status(202));
    let tracer = tracer_for(reporter(&collector.endpoint()));
    let mut sent = 0;
    for count in [1, 512, 1_300] {
        sent += count as u64;
        let books = report(&tracer, count);
        assert_eq!(fates(&books), [sent, 0, 0, 0]);
        assert_eq!(collector.span_count(), sent);
    }
    assert_eq!(collector.connections(), 1, "the connection is kept");
}

#[test]
fn any_2xx_is_success() {
    if support::off() {
        return;
    }
    for code in [200, 201, 202, 204, 299] {
        let collector = Collector::start();
        collector.always(Fault::status(code));
        let books = report(&tracer_for(reporter(&collector.endpoint())), 3);
        assert_eq!(fates(&books), [3, 0, 0, 0], "{code}");
    }
}

#[test]
fn a_request_looks_as_zipkin_has_it() {
    if support::off() {
        return;
    }
    let collector = Collector::start();
    let builder = reporter(&collector.endpoint()).header("x-token", "t0k");
    report(&tracer_for(builder), 2);
    let requests = collector.requests();
    let [request] = &requests[..] else { panic!("{requests:?}") };
    assert_eq!((&*request.method, &*request.path), ("POST", "/api/v2/spans"));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.header("x-token"), Some("t0k"));
    assert_eq!(request.header("content-encoding"), None);
    assert_eq!(request.header("transfer-encoding"), None);
    let agent = request.header("user-agent").unwrap();
    assert!(agent.starts_with("tracer-zipkin/"), "{agent}");
    assert_eq!(support::read(request).len(), 2);
}

#[test]
fn the_endpoint_is_taken_as_it_was_given() {
    if support::off() {
        return;
    }
    let collector = Collector::start();
    let url = format!("http://u:p@{}/in?key=s", collector.address());
    report(&tracer_for(reporter("http://x").endpoint(&url)), 1);
    let requests = collector.requests();
    assert_eq!(requests[0].path, "/in?key=s");
    assert_eq!(requests[0].header("authorization"), Some("Basic dTpw"));
}

#[test]
fn the_environment_sets_a_reporter_up() {
    if support::off() {
        return;
    }
    let collector = Collector::start();
    let url = format!("{}/api/v2/spans", collector.endpoint());
    let reporter = ZipkinReporter::from_vars(|name| {
        (name == "OTEL_EXPORTER_ZIPKIN_ENDPOINT").then(|| url.clone())
    });
    report(&tracer(reporter.unwrap()), 1);
    assert_eq!(collector.span_count(), 1);
}

#[test]
fn nothing_secret_is_in_debug() {
    let builder = ZipkinReporter::builder()
        .endpoint("http://user:pass@zipkin:99/path?key=query")
        .header("x-name", "token");
    let text = format!("{builder:?} {:?}", builder.clone().build());
    assert!(text.contains("http://zipkin:99"), "{text}");
    for secret in ["user", "pass", "/path", "query", "x-name", "token", "Basic"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[test]
fn what_is_wrong_is_told_by_build() {
    use contrib_zipkin::ConfigError::{InvalidEndpoint, InvalidHeader};
    let build = |url: &str, header: &str| {
        ZipkinReporter::builder().endpoint(url).header(header, "v").build().err()
    };
    assert_eq!(build("http://z", "x-ok"), None);
    assert_eq!(build("z:9411", "x-ok"), Some(InvalidEndpoint));
    assert_eq!(build("http://z", "content-type"), Some(InvalidHeader));
    assert_eq!(build("", ""), Some(InvalidEndpoint));
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

#[cfg(feature = "gzip")]
#[test]
fn gzip_is_smaller_and_says_so() {
    if support::off() {
        return;
    }
    let collector = Collector::start();
    let builder = reporter(&collector.endpoint()).compression(contrib_zipkin::Compression::Gzip);
    report(&tracer_for(builder), 500);
    let requests = collector.requests();
    assert_eq!(requests[0].header("content-encoding"), Some("gzip"));
    let len: usize = requests[0].header("content-length").unwrap().parse().unwrap();
    assert!(len * 4 < requests[0].body.len(), "{len}");
    assert_eq!(collector.span_count(), 500);
}

#[cfg(not(feature = "gzip"))]
#[test]
fn gzip_needs_its_feature() {
    let builder = ZipkinReporter::builder().compression(contrib_zipkin::Compression::Gzip);
    let error = builder.build().err();
    assert_eq!(error, Some(contrib_zipkin::ConfigError::GzipNotCompiledIn));
}
