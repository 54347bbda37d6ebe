//! Variables in, a tracer out.

use std::cell::RefCell;
use std::time::Duration;

use tracer_core::{KeepIf, Tracer};

use super::describe;
use super::vars::Vars;

/// The builder's description and the variables that were complained about.
fn read(variables: &[(&str, &str)]) -> (String, Vec<String>) {
    let warned = RefCell::new(Vec::new());
    let get = |asked: &str| {
        // No collector in these tests, unless one asks for it.
        let all = [("OTEL_TRACES_EXPORTER", "none")];
        let mut all = variables.iter().chain(&all);
        all.find(|(name, _)| *name == asked).map(|(_, value)| (*value).to_owned())
    };
    let warn = |name: &str, _: &str| warned.borrow_mut().push(name.to_owned());
    let builder = describe(&Vars::new(&get, &warn));
    let text = format!("{builder:?}");
    (text, warned.into_inner())
}

#[test]
fn without_variables_the_defaults_hold() {
    let (text, warned) = read(&[]);
    let defaults = format!("{:?}", Tracer::builder("x"));
    let after_the_name = |text: &str| text.split_once("sampler").unwrap().1.to_owned();
    assert_eq!(after_the_name(&text), after_the_name(&defaults));
    assert!(text.contains("unknown_service"), "{text}");
    assert!(warned.is_empty());
}

#[test]
fn samplers_by_name() {
    for (name, argument, expected) in [
        ("always_on", "", "sampler: AlwaysOn"),
        ("always_off", "", "sampler: AlwaysOff"),
        ("ALWAYS_OFF", "0.5", "sampler: AlwaysOff"),
        ("traceidratio", "0.5", "sampler: Probabilistic"),
        ("traceidratio", "", "sampler: Probabilistic"),
        ("parentbased_always_on", "", "sampler: ParentBased(AlwaysOn)"),
        ("parentbased_always_off", "", "sampler: ParentBased(AlwaysOff)"),
        ("parentbased_traceidratio", "0.25", "sampler: ParentBased(Probabilistic { rate: 0.25"),
        ("ratelimiting", "", "sampler: RateLimiting"),
        ("parentbased_ratelimiting", "0.5", "sampler: ParentBased(RateLimiting"),
    ] {
        let set = [("OTEL_TRACES_SAMPLER", name), ("OTEL_TRACES_SAMPLER_ARG", argument)];
        let (text, warned) = read(&set);
        assert!(text.contains(expected), "{name}: {text}");
        assert!(warned.is_empty(), "{name}: {warned:?}");
    }
}

#[test]
fn what_is_kept_after_all() {
    let keep = |text: &str| read(&[("TRACER_KEEP_IF", text)]);
    for (text, expected) in [
        ("error", KeepIf::new().failed()),
        ("slow:500ms", KeepIf::new().slower_than(Duration::from_millis(500))),
        ("slow_span:2s", KeepIf::new().any_slower_than(Duration::from_secs(2))),
        (
            " error , slow: 1500 us,slow_span:0ms ",
            KeepIf::new()
                .failed()
                .slower_than(Duration::from_micros(1500))
                .any_slower_than(Duration::ZERO),
        ),
    ] {
        let (described, warned) = keep(text);
        assert!(described.contains(&format!("keep_if: Some({expected:?})")), "{text}: {described}");
        assert!(warned.is_empty(), "{text}: {warned:?}");
    }
    for text in [
        "errors",
        "error:1s",
        "slow",
        "slow:",
        "slow:500",
        "slow:ms",
        "slow:1.5s",
        "slow:-1s",
        "slow:99999999999999999999s",
        "slow:1h",
        "error,",
        "error,fast:1s",
        "slow=1s",
        "ERROR",
    ] {
        let (described, warned) = keep(text);
        assert!(described.contains("keep_if: None"), "{text}: {described}");
        assert_eq!(warned, ["TRACER_KEEP_IF"], "{text}");
    }
    assert!(keep(" ").1.is_empty());
}

#[test]
fn a_bad_sampler_is_the_default_one() {
    let (text, warned) = read(&[("OTEL_TRACES_SAMPLER", "coin")]);
    assert!(text.contains("ParentBased(AlwaysOn)"), "{text}");
    assert_eq!(warned, ["OTEL_TRACES_SAMPLER"]);
    for argument in ["1.5", "-0.1", "NaN", "half"] {
        let set = [("OTEL_TRACES_SAMPLER", "traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", argument)];
        assert_eq!(read(&set).1, ["OTEL_TRACES_SAMPLER_ARG"], "{argument}");
    }
    for argument in ["-1", "NaN", "inf", "2/s"] {
        let set = [("OTEL_TRACES_SAMPLER", "ratelimiting"), ("OTEL_TRACES_SAMPLER_ARG", argument)];
        let (text, warned) = read(&set);
        assert!(text.contains("per_second: 1.0"), "{argument}: {text}");
        assert_eq!(warned, ["OTEL_TRACES_SAMPLER_ARG"], "{argument}");
    }
}

#[cfg(feature = "jaeger")]
#[test]
fn a_backend_that_says_what_is_sampled() {
    let remote = |name: &str, argument: &str| {
        read(&[
            ("OTEL_SERVICE_NAME", "shop"),
            ("OTEL_TRACES_SAMPLER", name),
            ("OTEL_TRACES_SAMPLER_ARG", argument),
        ])
    };
    let (text, warned) = remote("parentbased_jaeger_remote", "");
    let defaults = "sampler: ParentBased(RemoteSampler { endpoint: http://localhost:5778, \
                    interval: 60s, sampler: Probabilistic { rate: 0.001";
    assert!(text.contains(defaults) && warned.is_empty(), "{text} {warned:?}");
    let all =
        " endpoint = http://127.0.0.1:1/s?a=b, pollingIntervalMs=5000,initialSamplingRate=0.25";
    let (text, warned) = remote("jaeger_remote", all);
    let as_told = "sampler: RemoteSampler { endpoint: http://127.0.0.1:1, interval: 5s, \
                   sampler: Probabilistic { rate: 0.25";
    assert!(text.contains(as_told) && warned.is_empty(), "{text} {warned:?}");
    for bad in [
        "endpoint=nowhere",
        "endpoint=",
        "pollingIntervalMs=0",
        "pollingIntervalMs=1m",
        "initialSamplingRate=2",
        "initialSamplingRate",
        "samplingRate=1",
        "http://127.0.0.1:1",
    ] {
        let (text, warned) = remote("parentbased_jaeger_remote", &format!("{bad},"));
        assert!(text.contains(defaults), "{bad}: {text}");
        assert_eq!(warned, ["OTEL_TRACES_SAMPLER_ARG"], "{bad}");
    }
    let (_, warned) = remote("jaeger_remote", "endpoint=http://127.0.0.1:1,pollingIntervalMs=x");
    assert_eq!(warned, ["OTEL_TRACES_SAMPLER_ARG"], "the rest of it holds");
    let long =
        [("OTEL_TRACES_SAMPLER", "jaeger_remote"), ("OTEL_SERVICE_NAME", &"x".repeat(1 << 16))];
    let (text, warned) = read(&long);
    assert!(text.contains("sampler: ParentBased(AlwaysOn)"), "{text}");
    assert!(warned.contains(&"OTEL_TRACES_SAMPLER".to_owned()), "{warned:?}");
}

#[cfg(not(feature = "jaeger"))]
#[test]
fn without_the_feature_nobody_is_asked() {
    for name in ["jaeger_remote", "parentbased_jaeger_remote"] {
        let (text, warned) = read(&[("OTEL_TRACES_SAMPLER", name)]);
        assert!(text.contains("sampler: ParentBased(AlwaysOn)"), "{text}");
        assert_eq!(warned, ["OTEL_TRACES_SAMPLER"]);
    }
}

#[test]
fn sizes_and_times() {
    let (text, warned) = read(&[
        ("OTEL_SERVICE_NAME", "shop"),
        ("OTEL_BSP_SCHEDULE_DELAY", "250"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "64"),
        ("OTEL_ATTRIBUTE_COUNT_LIMIT", "1"),
        ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", " 7 "),
        ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "99"),
        ("OTEL_SPAN_EVENT_COUNT_LIMIT", "8"),
        ("OTEL_SPAN_LINK_COUNT_LIMIT", ""),
    ]);
    for part in [
        "\"shop\"",
        "tags: 7",
        "logs: 8",
        "links: 128",
        "value_bytes: 99",
        "max_batch: 64",
        "schedule_delay: 250ms",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(warned.is_empty(), "{warned:?}");
}

#[test]
fn what_is_no_number_is_warned_of_and_the_next_one_holds() {
    let (text, warned) = read(&[
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "0"),
        ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "-1"),
        ("OTEL_ATTRIBUTE_COUNT_LIMIT", "5"),
    ]);
    assert!(text.contains("max_batch: 512") && text.contains("tags: 5"), "{text}");
    let expected = ["OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE"];
    assert_eq!(warned, expected);
}

#[test]
fn whom_to_believe_and_whom_to_tell() {
    for (value, expected, complaints) in [
        ("Limited", "trust: Limited", 0),
        ("link", "trust: Link", 0),
        ("ignore", "trust: Ignore", 0),
        // Whoever set it wanted less than all.
        ("lnik", "trust: Ignore", 1),
        (" ", "trust: Trust", 0),
    ] {
        let (text, warned) = read(&[("TRACER_TRUST", value)]);
        assert!(text.contains(expected) && warned.len() == complaints, "{value}: {text}");
    }
    for (value, expected, complaints) in [
        ("2/5", "forced_sampling: (2.0, 5.0)", 0),
        ("0.5", "forced_sampling: (0.5, 10.0)", 0),
        ("-1", "forced_sampling: (1.0, 10.0)", 1),
        ("1/inf", "forced_sampling: (1.0, 10.0)", 1),
        ("one", "forced_sampling: (1.0, 10.0)", 1),
    ] {
        let (text, warned) = read(&[("TRACER_FORCED_SAMPLING", value)]);
        assert!(text.contains(expected) && warned.len() == complaints, "{value}: {text}");
    }
    let lists =
        [("TRACER_PROPAGATION_HOSTS", "a.test, *.b.test"), ("TRACER_BAGGAGE_HOSTS", "none")];
    let get = |name: &str| {
        let all = lists.iter().chain(&[("OTEL_TRACES_EXPORTER", "none")]);
        all.into_iter().find(|(own, _)| *own == name).map(|(_, value)| (*value).to_owned())
    };
    let tracer = super::builder_from(get).build();
    if tracer_core::ENABLED {
        let reach = |host| (tracer.reach(host).context, tracer.reach(host).baggage);
        assert_eq!(reach("x.b.test:80"), (true, false));
        assert_eq!((reach("c.test"), reach("a.test")), ((false, false), (true, false)));
    }
}

#[test]
fn exporters_by_name() {
    for (list, wanted) in [
        ("none", 0),
        ("console", 0),
        ("console, none", 0),
        ("jaeger", 1),
        ("console,prometheus", 1),
        // Without its feature it is known, and not there.
        ("zipkin", usize::from(!cfg!(feature = "zipkin"))),
        ("zipkin,console,zipkin", usize::from(!cfg!(feature = "zipkin"))),
    ] {
        let (_, warned) = read(&[("OTEL_TRACES_EXPORTER", list)]);
        assert_eq!(warned.len(), wanted, "{list}: {warned:?}");
    }
}

#[test]
fn propagators_by_name() {
    for (list, expected, wanted) in [
        ("", "propagator: W3c,", 0),
        ("tracecontext,baggage", "propagator: W3c,", 0),
        ("xray", "propagator: W3c,", 1),
        ("B3", "propagator: B3 { single: true }", 0),
        ("xray,b3multi,ottrace-2", "propagator: B3 { single: false }", 2),
        ("jaeger, jaeger", "propagator: Jaeger", 0),
        ("none", "propagator: Composite { formats: []", 0),
        (
            "ottrace,tracecontext,none,ottrace",
            "propagator: Composite { formats: [OtTrace { values: Http }, TraceContext]",
            0,
        ),
    ] {
        let (text, warned) = read(&[("OTEL_PROPAGATORS", list)]);
        assert!(text.contains(expected), "{list}: {text}");
        assert_eq!(warned, vec!["OTEL_PROPAGATORS"; wanted], "{list}");
    }
}

#[test]
fn attributes_of_the_service() {
    let get = |name: &str| match name {
        "OTEL_SERVICE_NAME" => Some("shop".to_owned()),
        "OTEL_RESOURCE_ATTRIBUTES" => Some("service.name=other,zone=b%20c".to_owned()),
        "OTEL_TRACES_EXPORTER" => Some("none".to_owned()),
        _ => None,
    };
    let tracer = super::builder_from(get).build();
    if tracer_core::ENABLED {
        assert_eq!(tracer.resource().service_name(), "shop");
        let zone = tracer.resource().tag("zone").map(ToString::to_string);
        assert_eq!(
            zone.as_deref(),
            cfg!(any(feature = "otlp", feature = "zipkin")).then_some("b c")
        );
    }
}

#[cfg(feature = "otlp")]
#[test]
fn an_exporter_that_nobody_knows_leaves_the_default() {
    for (list, some) in [("jaeger", true), ("", true), ("none", false), ("jaeger,none", false)] {
        let get = |name: &str| (name == "OTEL_TRACES_EXPORTER").then(|| list.to_owned());
        let reporter = super::reporter::read(&Vars::new(&get, &|_, _| {}));
        assert_eq!(reporter.is_some(), some, "{list}");
    }
}

/// Whether there is a reporter for these variables, and what was complained about.
fn reporter(variables: &[(&str, &str)]) -> (bool, Vec<String>) {
    let warned = RefCell::new(Vec::new());
    let get = |asked: &str| {
        let found = variables.iter().find(|(name, _)| *name == asked);
        found.map(|(_, value)| (*value).to_owned())
    };
    let warn = |name: &str, why: &str| warned.borrow_mut().push(format!("{name}: {why}"));
    let reporter = super::reporter::read(&Vars::new(&get, &warn));
    (reporter.is_some(), warned.into_inner())
}

#[test]
fn zipkin_is_one_of_the_exporters() {
    let (some, warned) = reporter(&[("OTEL_TRACES_EXPORTER", "zipkin")]);
    assert_eq!(some, cfg!(feature = "zipkin"));
    let missing =
        "OTEL_TRACES_EXPORTER: no spans are exported: the feature `zipkin` is not enabled";
    let expected = if cfg!(feature = "zipkin") { vec![] } else { vec![missing.to_owned()] };
    assert_eq!(warned, expected);
}

#[cfg(all(feature = "zipkin", not(feature = "tls")))]
#[test]
fn zipkin_over_https_without_tls_is_no_exporter() {
    let (some, warned) = reporter(&[
        ("OTEL_TRACES_EXPORTER", "zipkin"),
        ("OTEL_EXPORTER_ZIPKIN_ENDPOINT", "https://zipkin/api/v2/spans"),
    ]);
    assert!(!some);
    let [warned] = &warned[..] else { panic!("{warned:?}") };
    assert!(warned.starts_with("OTEL_EXPORTER_ZIPKIN_ENDPOINT: no spans"), "{warned}");
    assert!(warned.ends_with("`tls`"), "{warned}");
}

#[cfg(feature = "otlp")]
#[test]
fn an_endpoint_that_is_none_is_no_exporter() {
    for (variable, url) in [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http//collector"),
    ] {
        let (some, warned) = reporter(&[(variable, url)]);
        assert!(!some, "what was meant for one host goes to no other");
        let [warned] = &warned[..] else { panic!("{warned:?}") };
        assert!(
            warned.ends_with("no spans are exported: the endpoint is no http(s) URL"),
            "{warned}"
        );
    }
}

#[cfg(feature = "otlp")]
#[test]
fn otlp_over_grpc_needs_its_feature() {
    for protocol in ["OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] {
        let (some, warned) = reporter(&[(protocol, "grpc")]);
        assert_eq!(some, cfg!(feature = "otlp-grpc"));
        let missing = "OTEL_EXPORTER_OTLP_PROTOCOL: no spans are exported: the feature \
                       `otlp-grpc` is not enabled";
        let expected = if some { vec![] } else { vec![missing.to_owned()] };
        assert_eq!(warned, expected);
    }
}

#[cfg(all(feature = "otlp", feature = "tls"))]
#[test]
fn a_certificate_that_is_none_is_no_exporter() {
    let (some, warned) = reporter(&[("OTEL_EXPORTER_OTLP_CERTIFICATE", "/no/such/file")]);
    assert!(!some);
    let [warned] = &warned[..] else { panic!("{warned:?}") };
    assert!(warned.starts_with("OTEL_EXPORTER_OTLP_CERTIFICATE: no spans"), "{warned}");
}
