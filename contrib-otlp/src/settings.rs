//! The exporter's environment variables (OpenTelemetry specification, "OTLP Exporter").

use contrib_http::env::{ReadUrl, Vars, bad_variable};
use contrib_http::{Compression, Endpoint};

use crate::config::{OtlpReporterBuilder, Protocol, collector};

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const TRACES_ENDPOINT: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

/// A setting for traces, and the one for all signals, which it goes before.
type Pair = [&'static str; 2];

const HEADERS: Pair = ["OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"];
const TIMEOUT: Pair = ["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"];
const PROTOCOL: Pair = ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"];
const CERTIFICATE: Pair =
    ["OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "OTEL_EXPORTER_OTLP_CERTIFICATE"];
const COMPRESSION: Pair =
    ["OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "OTEL_EXPORTER_OTLP_COMPRESSION"];

/// The builder that the variables describe. What is wrong with which of them goes to `warn`.
pub(crate) fn builder(
    get: &dyn Fn(&str) -> Option<String>,
    warn: &mut dyn FnMut(&'static str, &'static str),
) -> OtlpReporterBuilder {
    let mut vars = Vars::new(get, warn);
    let mut builder = OtlpReporterBuilder::new();
    let settings = &mut builder.settings;
    let endpoints: [(_, ReadUrl); 2] = [(TRACES_ENDPOINT, Endpoint::exact), (ENDPOINT, collector)];
    builder.has_endpoint = vars.endpoint(settings, &endpoints);
    vars.headers(settings, &HEADERS);
    vars.timeout(settings, &TIMEOUT);
    vars.root_certificates(settings, &CERTIFICATE);
    let protocol = vars.first(&PROTOCOL, "neither http/protobuf nor grpc", |text| match text {
        "http/protobuf" => Some(Protocol::HttpProtobuf),
        "grpc" => Some(Protocol::Grpc),
        _ => None,
    });
    builder.protocol = protocol.unwrap_or_default();
    let compression =
        vars.first(&COMPRESSION, "not none, nor gzip with its feature", |text| match text {
            "none" => Some(Compression::None),
            "gzip" if cfg!(feature = "gzip") => Some(Compression::Gzip),
            _ => None,
        });
    settings.set_compression(compression.unwrap_or_default());
    builder
}

/// Prints what is wrong, once.
pub(crate) fn builder_and_warn(get: &dyn Fn(&str) -> Option<String>) -> OtlpReporterBuilder {
    builder(get, &mut bad_variable)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use contrib_http::ConfigError;

    use super::*;

    /// The builder for these variables, and the variables that were warned of.
    fn read(vars: &[(&str, &str)]) -> (OtlpReporterBuilder, Vec<&'static str>) {
        let mut warned = Vec::new();
        let get = |name: &str| {
            let found = vars.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let builder = builder(&get, &mut |name, _| warned.push(name));
        (builder, warned)
    }

    fn url(builder: &OtlpReporterBuilder) -> String {
        let endpoint = builder.settings.endpoint();
        format!("{endpoint:?}{}", endpoint.path_and_query())
    }

    fn read_url(vars: &[(&str, &str)]) -> String {
        url(&read(vars).0)
    }

    const DEFAULT: &str = "http://localhost:4318/v1/traces";

    #[test]
    fn nothing_set_is_a_collector_on_this_host() {
        let (builder, warned) = read(&[(ENDPOINT, ""), (HEADERS[1], " ")]);
        assert_eq!(url(&builder), DEFAULT);
        assert_eq!(builder.settings.timeout(), Duration::from_secs(10));
        assert_eq!(builder.settings.compression(), Compression::None);
        assert!(warned.is_empty());
    }

    #[test]
    fn traces_go_before_all_signals() {
        let all = (ENDPOINT, "http://all:1");
        assert_eq!(read_url(&[all]), "http://all:1/v1/traces");
        assert_eq!(read_url(&[all, (TRACES_ENDPOINT, "http://t:2/in")]), "http://t:2/in");
        let (builder, _) = read(&[(TIMEOUT[1], "5"), (TIMEOUT[0], "70")]);
        assert_eq!(builder.settings.timeout(), Duration::from_millis(70));
        let (builder, _) = read(&[(HEADERS[1], "a=1"), (HEADERS[0], "b=2%203")]);
        assert_eq!(builder.settings.header("a"), None);
        assert_eq!(builder.settings.header("b"), Some("2 3"));
    }

    #[test]
    fn a_bad_value_is_warned_of_and_ignored() {
        let (builder, warned) = read(&[
            (HEADERS[1], "a=1,b"),
            (TIMEOUT[1], "-1"),
            (PROTOCOL[1], "http/json"),
            (COMPRESSION[1], "br"),
        ]);
        assert_eq!(warned, [HEADERS[1], TIMEOUT[1], PROTOCOL[1], COMPRESSION[1]]);
        assert_eq!(url(&builder), DEFAULT);
        assert_eq!(builder.settings.timeout(), Duration::from_secs(10));
        assert_eq!(builder.settings.header("a"), None);
        assert!(builder.build().is_ok());
    }

    #[test]
    fn a_bad_value_for_traces_leaves_the_one_for_all() {
        let (builder, warned) = read(&[(TIMEOUT[0], "x"), (TIMEOUT[1], "20")]);
        assert_eq!(warned, [TIMEOUT[0]]);
        assert_eq!(builder.settings.timeout(), Duration::from_millis(20));
    }

    #[test]
    fn an_endpoint_that_is_none_is_an_error_not_another_host() {
        for vars in [
            [(TRACES_ENDPOINT, "::"), (ENDPOINT, "http://all")],
            [(TRACES_ENDPOINT, ""), (ENDPOINT, "ftp://secret@x")],
        ] {
            let (builder, warned) = read(&vars);
            assert_eq!(warned.len(), 1, "{warned:?}");
            assert_eq!(builder.build().err(), Some(ConfigError::InvalidEndpoint));
        }
    }

    #[test]
    fn grpc_has_a_port_of_its_own() {
        let address = |vars: &[(&str, &str)]| {
            let (builder, warned) = read(vars);
            assert!(warned.is_empty() && builder.protocol == Protocol::Grpc);
            builder.build().map(|reporter| format!("{reporter:?}"))
        };
        let default = address(&[(PROTOCOL[1], "grpc")]);
        let given = address(&[(PROTOCOL[0], "grpc"), (ENDPOINT, "http://u:p@c:99/in?k=s")]);
        if cfg!(feature = "grpc") {
            assert!(default.unwrap().contains("http://localhost:4317"));
            let given = given.unwrap();
            assert!(given.contains("http://c:99/") && !given.contains("k=s"), "{given}");
        } else {
            assert_eq!(default, Err(ConfigError::GrpcNotCompiledIn));
            assert_eq!(given, Err(ConfigError::GrpcNotCompiledIn));
        }
    }

    #[test]
    fn a_certificate_that_is_none_is_an_error_not_anybody_else_s() {
        for path in ["/no/such/file", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")] {
            let (builder, warned) = read(&[(CERTIFICATE[1], path)]);
            assert!(warned.is_empty());
            let error = cfg!(feature = "tls").then_some(ConfigError::InvalidCertificate);
            assert_eq!(builder.build().err(), error, "{path}");
        }
    }

    #[test]
    fn https_without_the_feature_is_an_error_not_another_host() {
        let (builder, warned) = read(&[(ENDPOINT, "https://c")]);
        assert!(warned.is_empty());
        assert_eq!(builder.build().is_ok(), cfg!(feature = "tls"));
    }
}
