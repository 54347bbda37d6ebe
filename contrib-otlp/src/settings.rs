//! The exporter's environment variables (OpenTelemetry specification, "OTLP Exporter").

use std::time::Duration;

use crate::config::{Compression, ConfigError, OtlpReporterBuilder, header};
use crate::list;
use crate::say::bad_variable;

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const TRACES_ENDPOINT: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

/// A setting for all signals, and the one for traces that goes before it.
struct Pair {
    traces: &'static str,
    all: &'static str,
}

const HEADERS: Pair =
    Pair { traces: "OTEL_EXPORTER_OTLP_TRACES_HEADERS", all: "OTEL_EXPORTER_OTLP_HEADERS" };
const TIMEOUT: Pair =
    Pair { traces: "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", all: "OTEL_EXPORTER_OTLP_TIMEOUT" };
const PROTOCOL: Pair =
    Pair { traces: "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", all: "OTEL_EXPORTER_OTLP_PROTOCOL" };
const COMPRESSION: Pair =
    Pair { traces: "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", all: "OTEL_EXPORTER_OTLP_COMPRESSION" };

/// The builder that the variables describe. What is wrong with which of them goes to `warn`.
pub(crate) fn builder(
    get: &dyn Fn(&str) -> Option<String>,
    warn: &mut dyn FnMut(&'static str, &'static str),
) -> OtlpReporterBuilder {
    // An empty variable counts as unset.
    let get = |name: &str| get(name).filter(|value| !value.trim().is_empty());
    let mut vars = Vars { get: &get, warn };
    let mut builder = vars.endpoint(OtlpReporterBuilder::new());
    let headers = vars.pair(&HEADERS, "no list of header=value", |text| {
        let list = list::parse(text)?;
        list.iter().map(|(name, value)| header(name, value)).collect::<Option<Vec<_>>>()
    });
    for (name, value) in headers.unwrap_or_default() {
        builder.headers.insert(name, value);
    }
    let timeout = vars.pair(&TIMEOUT, "no positive number of milliseconds", |text| {
        text.parse().ok().filter(|millis| *millis > 0)
    });
    if let Some(millis) = timeout {
        builder = builder.timeout(Duration::from_millis(millis));
    }
    vars.pair(&PROTOCOL, "only http/protobuf is supported", |text| {
        (text == "http/protobuf").then_some(())
    });
    let compression =
        vars.pair(&COMPRESSION, "not none, nor gzip with its feature", |text| match text {
            "none" => Some(Compression::None),
            "gzip" if cfg!(feature = "gzip") => Some(Compression::Gzip),
            _ => None,
        });
    builder.compression(compression.unwrap_or_default())
}

/// Prints what is wrong, once.
pub(crate) fn builder_and_warn(get: &dyn Fn(&str) -> Option<String>) -> OtlpReporterBuilder {
    builder(get, &mut bad_variable)
}

struct Vars<'a> {
    get: &'a dyn Fn(&str) -> Option<String>,
    warn: &'a mut dyn FnMut(&'static str, &'static str),
}

impl Vars<'_> {
    /// The first of the two that is set and makes sense.
    fn pair<T>(
        &mut self,
        pair: &Pair,
        why: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        [pair.traces, pair.all].into_iter().find_map(|name| {
            let text = (self.get)(name)?;
            let value = read(text.trim());
            if value.is_none() {
                (self.warn)(name, why);
            }
            value
        })
    }

    fn endpoint(&mut self, builder: OtlpReporterBuilder) -> OtlpReporterBuilder {
        type Set = fn(OtlpReporterBuilder, &str) -> OtlpReporterBuilder;
        let variables: [(&'static str, Set); 2] = [
            (TRACES_ENDPOINT, OtlpReporterBuilder::traces_endpoint),
            (ENDPOINT, OtlpReporterBuilder::endpoint),
        ];
        for (name, set) in variables {
            let Some(url) = (self.get)(name) else {
                continue;
            };
            let set = set(builder.clone(), &url);
            match set.error() {
                // Without TLS, falling back to another host would be worse than an error.
                None | Some(ConfigError::TlsNotCompiledIn) => return set,
                Some(_) => (self.warn)(name, "no http(s) URL"),
            }
        }
        builder
    }
}

#[cfg(test)]
mod tests {
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

    fn uri(vars: &[(&str, &str)]) -> String {
        read(vars).0.endpoint.uri().to_string()
    }

    #[test]
    fn nothing_set_is_a_collector_on_this_host() {
        let (builder, warned) = read(&[(ENDPOINT, ""), (HEADERS.all, " ")]);
        assert_eq!(builder.endpoint.uri(), "http://localhost:4318/v1/traces");
        assert_eq!(builder.timeout, Duration::from_secs(10));
        assert!(builder.headers.is_empty());
        assert_eq!(builder.compression, Compression::None);
        assert!(warned.is_empty());
    }

    #[test]
    fn traces_go_before_all_signals() {
        let all = (ENDPOINT, "http://all:1");
        assert_eq!(uri(&[all]), "http://all:1/v1/traces");
        assert_eq!(uri(&[all, (TRACES_ENDPOINT, "http://t:2/in")]), "http://t:2/in");
        let (builder, _) = read(&[(TIMEOUT.all, "5"), (TIMEOUT.traces, "70")]);
        assert_eq!(builder.timeout, Duration::from_millis(70));
        let (builder, _) = read(&[(HEADERS.all, "a=1"), (HEADERS.traces, "b=2%203")]);
        assert_eq!(builder.headers.len(), 1);
        assert_eq!(builder.headers["b"], "2 3");
        assert!(builder.headers["b"].is_sensitive());
    }

    #[test]
    fn a_bad_value_is_warned_of_and_ignored() {
        let (builder, warned) = read(&[
            (ENDPOINT, "ftp://secret@x"),
            (HEADERS.all, "a=1,b"),
            (TIMEOUT.all, "-1"),
            (PROTOCOL.all, "grpc"),
            (COMPRESSION.all, "br"),
        ]);
        assert_eq!(warned, [ENDPOINT, HEADERS.all, TIMEOUT.all, PROTOCOL.all, COMPRESSION.all]);
        assert_eq!(builder.endpoint.uri(), "http://localhost:4318/v1/traces");
        assert_eq!(builder.timeout, Duration::from_secs(10));
        assert!(builder.headers.is_empty());
        assert!(builder.build().is_ok());
    }

    #[test]
    fn a_bad_value_for_traces_leaves_the_one_for_all() {
        let (builder, warned) = read(&[(TIMEOUT.traces, "x"), (TIMEOUT.all, "20")]);
        assert_eq!(warned, [TIMEOUT.traces]);
        assert_eq!(builder.timeout, Duration::from_millis(20));
        let vars = [(TRACES_ENDPOINT, "::"), (ENDPOINT, "http://all")];
        assert_eq!(read(&vars).1, [TRACES_ENDPOINT]);
        assert_eq!(uri(&vars), "http://all/v1/traces");
    }

    #[test]
    fn headers_of_http_itself_are_refused() {
        for list in ["content-length=1", "Content-Type=x", "a b=1", "a=%0d%0ab: c"] {
            let (builder, warned) = read(&[(HEADERS.all, list)]);
            assert_eq!((builder.headers.len(), warned), (0, vec![HEADERS.all]), "{list}");
        }
    }

    #[test]
    fn https_without_the_feature_is_an_error_not_another_host() {
        let (builder, warned) = read(&[(ENDPOINT, "https://c")]);
        assert!(warned.is_empty());
        assert_eq!(builder.build().is_ok(), cfg!(feature = "tls"));
    }

    #[test]
    fn times_are_bounded() {
        let (builder, warned) = read(&[(TIMEOUT.all, "18446744073709551615")]);
        assert_eq!(builder.timeout, Duration::from_secs(3600));
        assert!(warned.is_empty());
        assert_eq!(read(&[(TIMEOUT.all, "0")]).1, [TIMEOUT.all]);
    }
}
