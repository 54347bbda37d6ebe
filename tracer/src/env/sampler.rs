//! Which traces are recorded.

use tracer_core::{AlwaysOff, AlwaysOn, ParentBased, Probabilistic, RateLimiting, Sampler};

use super::vars::Vars;

const SAMPLER: &str = "OTEL_TRACES_SAMPLER";
const ARGUMENT: &str = "OTEL_TRACES_SAMPLER_ARG";

/// The sampler for a service of this name.
pub(super) fn read(vars: &Vars<'_>, service: &str) -> Box<dyn Sampler> {
    let name = vars.text(SAMPLER).map(|name| name.to_ascii_lowercase());
    let name = name.as_deref().unwrap_or("parentbased_always_on");
    let (root, follows) = match name.strip_prefix("parentbased_") {
        Some(root) => (root, true),
        None => (name, false),
    };
    let sampler: Box<dyn Sampler> = match root {
        "always_on" => Box::new(AlwaysOn),
        "always_off" => Box::new(AlwaysOff),
        "traceidratio" => Box::new(ratio(vars)),
        "ratelimiting" => Box::new(RateLimiting::per_second(per_second(vars))),
        "jaeger_remote" => match remote(vars, service) {
            Some(remote) => remote,
            None => return default(),
        },
        _ => {
            vars.warn(SAMPLER, "ignored: no sampler of this name");
            return default();
        }
    };
    if follows { Box::new(ParentBased::new(sampler)) } else { sampler }
}

fn default() -> Box<dyn Sampler> {
    Box::new(ParentBased::new(AlwaysOn))
}

fn ratio(vars: &Vars<'_>) -> Probabilistic {
    let argument = vars.text(ARGUMENT);
    let rate = argument.as_deref().map_or(Some(1.0), |text| text.parse().ok());
    rate.and_then(Probabilistic::new).unwrap_or_else(|| {
        vars.warn(ARGUMENT, "ignored: no number from 0 to 1");
        Probabilistic::clamped(1.0)
    })
}

fn per_second(vars: &Vars<'_>) -> f64 {
    let argument = vars.text(ARGUMENT);
    let limit = argument.as_deref().map_or(Some(1.0), |text| text.parse().ok());
    limit.filter(|limit: &f64| limit.is_finite() && *limit >= 0.0).unwrap_or_else(|| {
        vars.warn(ARGUMENT, "ignored: no number of traces a second");
        1.0
    })
}

/// What is said of it is a list of `key=value`. Of a bad one the default holds.
#[cfg(feature = "jaeger")]
fn remote(vars: &Vars<'_>, service: &str) -> Option<Box<dyn Sampler>> {
    use std::time::Duration;

    use contrib_jaeger::RemoteSampler;

    let list = vars.text(ARGUMENT).unwrap_or_default();
    let mut endpoint = None;
    let mut interval = None;
    let mut initial = None;
    for part in list.split(',').filter(|part| !part.trim().is_empty()) {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        let value = value.trim();
        match key.trim() {
            "endpoint" => endpoint = Some(value),
            "pollingIntervalMs" => match value.parse().ok().filter(|millis| *millis > 0) {
                Some(millis) => interval = Some(Duration::from_millis(millis)),
                None => {
                    vars.warn(ARGUMENT, "pollingIntervalMs is ignored: no whole number above 0")
                }
            },
            "initialSamplingRate" => match value.parse().ok().and_then(Probabilistic::new) {
                Some(rate) => initial = Some(rate),
                None => {
                    vars.warn(ARGUMENT, "initialSamplingRate is ignored: no number from 0 to 1")
                }
            },
            _ => vars.warn(
                ARGUMENT,
                "ignored in part: there are endpoint, pollingIntervalMs and initialSamplingRate",
            ),
        }
    }
    let builder = |endpoint: Option<&str>| {
        let mut builder = RemoteSampler::builder(service);
        if let Some(endpoint) = endpoint {
            builder = builder.endpoint(endpoint);
        }
        if let Some(interval) = interval {
            builder = builder.polling_interval(interval);
        }
        if let Some(initial) = initial {
            builder = builder.initial(initial);
        }
        builder.build()
    };
    let made = builder(endpoint).or_else(|error| {
        vars.warn(ARGUMENT, &format!("the endpoint is ignored: {error}"));
        builder(None)
    });
    match made {
        Ok(sampler) => Some(Box::new(sampler)),
        // There is nothing wrong with the default's URL but the name in it.
        Err(_) => {
            vars.warn(SAMPLER, "ignored: the service's name is too long to ask for it");
            None
        }
    }
}

#[cfg(not(feature = "jaeger"))]
fn remote(vars: &Vars<'_>, _: &str) -> Option<Box<dyn Sampler>> {
    vars.warn(SAMPLER, "ignored: the feature `jaeger` is not enabled");
    None
}
