//! Variables in, a tracer out.

use std::time::Duration;

use tracer_core::{ENABLED, SpanContext};

use super::configuration::Enabled;
use super::sampler::Choice;
use super::*;

/// A function that knows these variables.
fn of<'a>(variables: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
    move |asked| {
        let found = variables.iter().rfind(|(name, _)| *name == asked);
        found.map(|(_, value)| (*value).to_owned())
    }
}

/// What these variables say beside the name of a service.
fn read(variables: &[(&str, &str)]) -> Result<Enabled, EnvError> {
    let all = [&[("JAEGER_SERVICE_NAME", "shop")], variables].concat();
    match Configuration::read(&Vars::new(&of(&all)))? {
        Configuration::Enabled(enabled) => Ok(enabled),
        disabled => panic!("{disabled:?}"),
    }
}

#[test]
fn the_environment_fills_all_fields() {
    let enabled = read(&[
        ("JAEGER_SERVICE_NAME", " my shop "),
        ("JAEGER_DISABLED", "f"),
        ("JAEGER_TAGS", "zone=a, host=${HOSTNAME:none}"),
        ("HOSTNAME", "web-1"),
        ("JAEGER_SAMPLER_TYPE", "remote"),
        ("JAEGER_SAMPLER_PARAM", "0.25"),
        ("JAEGER_SAMPLING_ENDPOINT", "http://jaeger:14268/api/sampling"),
        ("JAEGER_SAMPLER_REFRESH_INTERVAL", "1m30s"),
        ("JAEGER_SAMPLER_MAX_OPERATIONS", "17"),
        ("JAEGER_REPORTER_FLUSH_INTERVAL", "500ms"),
        ("JAEGER_REPORTER_MAX_QUEUE_SIZE", "no meaning"),
    ])
    .unwrap();
    let tags = [("zone", "a"), ("host", "web-1")];
    assert_eq!(enabled.tags, tags.map(|(key, value)| (key.to_owned(), value.to_owned())));
    assert_eq!(enabled.service, "my shop");
    assert_eq!(enabled.flush_interval, Some(Duration::from_millis(500)));
    let text = format!("{:?}", enabled.sampler);
    for part in [
        "service: \"my shop\"",
        "endpoint: http://jaeger:14268",
        "interval: 90s",
        "initial: Probabilistic { rate: 0.25",
        "max_operations: 17",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn without_variables_jaegers_defaults_hold() {
    let enabled = read(&[]).unwrap();
    assert!(enabled.tags.is_empty() && enabled.flush_interval.is_none());
    let text = format!("{:?}", enabled.sampler);
    for part in ["http://localhost:5778", "interval: 60s", "rate: 0.001", "max_operations: 2000"] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn samplers_by_type_and_parameter() {
    for (kind, param, expected) in [
        ("const", "1", "Const(true)"),
        ("const", "0", "Const(false)"),
        ("CONST", "0.5", "Const(true)"),
        ("probabilistic", "0.5", "Probabilistic(Probabilistic { rate: 0.5"),
        ("probabilistic", "", "Probabilistic(Probabilistic { rate: 0.001"),
        ("ratelimiting", "2", "RateLimiting(2.0)"),
        ("rateLimiting", "0.1", "RateLimiting(0.1)"),
        ("remote", "1", "Remote("),
        ("", "", "Remote("),
    ] {
        let set = [("JAEGER_SAMPLER_TYPE", kind), ("JAEGER_SAMPLER_PARAM", param)];
        let text = format!("{:?}", read(&set).unwrap().sampler);
        assert!(text.starts_with(expected), "{kind} {param}: {text}");
    }
}

#[test]
fn the_backend_by_its_url_its_old_name_or_the_agents_host() {
    let new = ("JAEGER_SAMPLING_ENDPOINT", "http://new:1/sampling");
    let old = ("JAEGER_SAMPLER_MANAGER_HOST_PORT", "old:2");
    let url = ("JAEGER_SAMPLER_MANAGER_HOST_PORT", "http://old:3/s");
    let agent = ("JAEGER_AGENT_HOST", "agent");
    for (set, expected) in [
        (&[new, old, agent][..], "http://new:1"),
        (&[old, agent], "http://old:2"),
        (&[url], "http://old:3"),
        (&[agent], "http://agent:5778"),
        (&[("JAEGER_AGENT_HOST", "::1")], "http://[::1]:5778"),
        (&[("JAEGER_AGENT_HOST", "[::1]")], "http://[::1]:5778"),
    ] {
        let Choice::Remote(builder) = read(set).unwrap().sampler else { panic!() };
        let text = format!("{builder:?}");
        assert!(text.contains(&format!("endpoint: {expected},")), "{expected} in {text}");
    }
}

#[test]
fn a_bad_value_is_an_error_that_names_its_variable_and_not_the_value() {
    use Problem::{
        Endpoint, Missing, NoBool, NoDuration, NoNumber, NoTags, TooLong, UnknownPropagation,
        UnknownSampler,
    };

    let of_type = |kind: &'static str| ("JAEGER_SAMPLER_TYPE", kind);
    let long = "x".repeat(1 << 16);
    let invalid = Endpoint(contrib_http::ConfigError::InvalidEndpoint);
    for (variable, value, with, problem) in [
        ("JAEGER_SERVICE_NAME", "", None, Missing),
        ("JAEGER_SERVICE_NAME", " ", None, Missing),
        ("JAEGER_SERVICE_NAME", &*long, None, TooLong),
        ("JAEGER_DISABLED", "s3cret", None, NoBool),
        ("JAEGER_DISABLED", "yes", None, NoBool),
        ("JAEGER_TAGS", "s3cret", None, NoTags),
        ("JAEGER_SAMPLER_TYPE", "s3cret", None, UnknownSampler),
        ("JAEGER_SAMPLER_TYPE", "lowerbound", None, UnknownSampler),
        ("JAEGER_SAMPLER_PARAM", "s3cret", None, NoNumber),
        ("JAEGER_SAMPLER_PARAM", "NaN", Some(of_type("const")), NoNumber),
        ("JAEGER_SAMPLER_PARAM", "inf", Some(of_type("ratelimiting")), NoNumber),
        ("JAEGER_SAMPLER_PARAM", "-1", Some(of_type("ratelimiting")), NoNumber),
        ("JAEGER_SAMPLER_PARAM", "1.5", Some(of_type("probabilistic")), NoNumber),
        ("JAEGER_SAMPLER_PARAM", "-0.5", Some(of_type("remote")), NoNumber),
        ("JAEGER_SAMPLER_PARAM", "true", Some(of_type("const")), NoNumber),
        ("JAEGER_SAMPLER_PARAM", "", Some(of_type("const")), Missing),
        ("JAEGER_SAMPLER_PARAM", "", Some(of_type("ratelimiting")), Missing),
        ("JAEGER_SAMPLING_ENDPOINT", "s3cret", None, invalid),
        ("JAEGER_SAMPLER_MANAGER_HOST_PORT", "ftp://s3cret", None, invalid),
        ("JAEGER_AGENT_HOST", "s3cret host", None, invalid),
        ("JAEGER_SAMPLER_REFRESH_INTERVAL", "60", None, NoDuration),
        ("JAEGER_SAMPLER_REFRESH_INTERVAL", "0s", None, NoDuration),
        ("JAEGER_SAMPLER_REFRESH_INTERVAL", "-1s", None, NoDuration),
        ("JAEGER_SAMPLER_MAX_OPERATIONS", "0", None, NoNumber),
        ("JAEGER_SAMPLER_MAX_OPERATIONS", "many", None, NoNumber),
        ("JAEGER_PROPAGATION", "s3cret", None, UnknownPropagation),
        ("JAEGER_PROPAGATION", "jaeger,,b3", None, UnknownPropagation),
        ("JAEGER_REPORTER_FLUSH_INTERVAL", "s3cret", None, NoDuration),
        ("JAEGER_REPORTER_FLUSH_INTERVAL", "1000", None, NoDuration),
    ] {
        let mut set = vec![("JAEGER_SERVICE_NAME", "shop"), (variable, value)];
        set.extend(with);
        let error = builder_from(of(&set)).map(|_| ()).unwrap_err();
        let shown: String = value.chars().take(20).collect();
        assert_eq!((error.variable(), error.problem()), (variable, problem), "{shown}");
        let text = format!("{error} {error:?}");
        assert!(text.starts_with(variable) && !text.contains("s3cret"), "{text}");
    }
}

/// What headers a tracer writes that is set up by these variables.
fn headers(variables: &[(&str, &str)]) -> Vec<String> {
    let builder = builder_from(of(variables)).unwrap();
    let tracer = builder.sampler(tracer_core::AlwaysOn).build();
    let mut headers = std::collections::BTreeMap::<String, String>::new();
    let caller = tracer.extract(&[("uber-trace-id", "7:8:0:1"), ("uberctx-k", "v")]);
    tracer.inject(&tracer.span("op").child_of(&caller).start(), &mut headers);
    headers.into_keys().collect()
}

#[test]
fn headers_by_name_read_in_order_and_written_in_all() {
    if !ENABLED {
        return;
    }
    let b3 = ["x-b3-sampled", "x-b3-spanid", "x-b3-traceid"];
    for (list, expected) in [
        ("", vec!["uber-trace-id", "uberctx-k"]),
        ("jaeger", vec!["uber-trace-id", "uberctx-k"]),
        ("b3", b3.to_vec()),
        ("w3c, w3c", vec!["traceparent"]),
        ("w3c,jaeger", vec!["baggage", "traceparent", "uber-trace-id", "uberctx-k"]),
    ] {
        let set = [("JAEGER_SERVICE_NAME", "shop"), ("JAEGER_PROPAGATION", list)];
        assert_eq!(headers(&set), expected, "{list}");
    }
    let off = headers(&[("JAEGER_DISABLED", "1")]);
    assert_eq!(off, ["uber-trace-id", "uberctx-k"], "handed on while off");
}

#[test]
fn https_needs_the_feature() {
    let set =
        [("JAEGER_SERVICE_NAME", "shop"), ("JAEGER_SAMPLING_ENDPOINT", "https://jaeger/sampling")];
    let problem = Problem::Endpoint(contrib_http::ConfigError::TlsNotCompiledIn);
    let expected = EnvError::new("JAEGER_SAMPLING_ENDPOINT", problem);
    let result = builder_from(of(&set)).map(|_| ());
    assert_eq!(result, if cfg!(feature = "tls") { Ok(()) } else { Err(expected) });
}

#[test]
fn disabled_is_a_tracer_that_is_off() {
    let set = [("JAEGER_DISABLED", "true"), ("JAEGER_SAMPLER_TYPE", "not read")];
    let tracer = builder_from(of(&set)).unwrap().build();
    let span = tracer.span("op").root().start();
    assert!(!tracer.is_enabled() && !span.is_recording());
    assert!(span.context() == SpanContext::default(), "it does not even begin a trace");
    tracer.set_enabled(true);
    assert_eq!(tracer.span("op").root().start().is_recording(), ENABLED, "it can be switched on");
}

#[test]
fn the_tracer_is_as_it_was_described() {
    let set = [
        ("JAEGER_SERVICE_NAME", "shop"),
        ("JAEGER_TAGS", "zone=a"),
        ("JAEGER_SAMPLER_TYPE", "const"),
        ("JAEGER_SAMPLER_PARAM", "0"),
        ("JAEGER_REPORTER_FLUSH_INTERVAL", "250ms"),
    ];
    let builder = builder_from(of(&set)).unwrap();
    let text = format!("{builder:?}");
    for part in ["sampler: ParentBased(AlwaysOff)", "schedule_delay: 250ms"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let tracer = builder.build();
    assert_eq!(tracer.resource().service_name(), "shop");
    assert_eq!(tracer.resource().tag("zone").map(ToString::to_string).as_deref(), Some("a"));
    assert!(!tracer.span("op").root().start().is_recording());
}
