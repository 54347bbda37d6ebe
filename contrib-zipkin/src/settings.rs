//! The exporter's environment variables (OpenTelemetry specification, "Environment Variable
//! Specification", section "Zipkin Exporter").

use contrib_http::Endpoint;
use contrib_http::env::Vars;

use crate::config::ZipkinReporterBuilder;

const ENDPOINT: &str = "OTEL_EXPORTER_ZIPKIN_ENDPOINT";
const TIMEOUT: &str = "OTEL_EXPORTER_ZIPKIN_TIMEOUT";

/// The builder that the variables describe. What is wrong with which of them goes to `warn`.
pub(crate) fn builder(
    get: &dyn Fn(&str) -> Option<String>,
    warn: &mut dyn FnMut(&'static str, &'static str),
) -> ZipkinReporterBuilder {
    let mut vars = Vars::new(get, warn);
    let mut builder = ZipkinReporterBuilder::new();
    vars.endpoint(&mut builder.settings, &[(ENDPOINT, Endpoint::exact)]);
    vars.timeout(&mut builder.settings, &[TIMEOUT]);
    builder
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use contrib_http::ConfigError;

    use super::*;

    const DEFAULT: (&str, Duration) =
        ("http://localhost:9411/api/v2/spans", Duration::from_secs(10));

    /// The URL, the timeout, and the variables that were warned of.
    fn read(vars: &[(&str, &str)]) -> ((String, Duration), Vec<&'static str>) {
        let mut warned = Vec::new();
        let get = |name: &str| {
            let found = vars.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let builder = builder(&get, &mut |name, _| warned.push(name));
        let endpoint = builder.settings.endpoint();
        let url = format!("{endpoint:?}{}", endpoint.path_and_query());
        ((url, builder.settings.timeout()), warned)
    }

    #[test]
    fn nothing_set_is_a_zipkin_on_this_host() {
        for vars in [&[][..], &[(ENDPOINT, ""), (TIMEOUT, " ")]] {
            let ((url, timeout), warned) = read(vars);
            assert_eq!((&*url, timeout), DEFAULT);
            assert!(warned.is_empty());
        }
    }

    #[test]
    fn the_endpoint_is_the_whole_url() {
        let ((url, timeout), warned) = read(&[(ENDPOINT, "http://z:1/in?k=s"), (TIMEOUT, " 70 ")]);
        assert_eq!((&*url, timeout), ("http://z:1/in?k=s", Duration::from_millis(70)));
        assert!(warned.is_empty());
        assert_eq!(read(&[(ENDPOINT, "http://z:1")]).0.0, "http://z:1/");
    }

    #[test]
    fn a_bad_value_is_warned_of_and_ignored() {
        for (url, millis) in [("ftp://secret@z", "0"), ("z:9411", "-1"), ("http://", "1s")] {
            let ((url, timeout), warned) = read(&[(ENDPOINT, url), (TIMEOUT, millis)]);
            assert_eq!((&*url, timeout), DEFAULT);
            assert_eq!(warned, [ENDPOINT, TIMEOUT]);
        }
    }

    #[test]
    fn https_without_the_feature_is_an_error_not_another_host() {
        let get = |name: &str| (name == ENDPOINT).then(|| "https://z".to_owned());
        let built = builder(&get, &mut |name, why| panic!("{name} {why}")).build();
        if cfg!(feature = "tls") {
            assert!(built.is_ok());
        } else {
            assert_eq!(built.err(), Some(ConfigError::TlsNotCompiledIn));
        }
    }
}
