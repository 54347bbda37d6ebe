//! Which traces are recorded.

use std::net::Ipv6Addr;
use std::time::Duration;

use contrib_http::ConfigError;
use tracer_core::{AlwaysOff, AlwaysOn, ParentBased, Probabilistic, RateLimiting, Sampler};

use super::vars::{Vars, number};
use super::{EnvError, Problem, duration};
use crate::remote::{INITIAL_RATE, RemoteSampler, RemoteSamplerBuilder, endpoint};

const TYPE: &str = "JAEGER_SAMPLER_TYPE";
const PARAM: &str = "JAEGER_SAMPLER_PARAM";
const ENDPOINT: &str = "JAEGER_SAMPLING_ENDPOINT";
const HOST_PORT: &str = "JAEGER_SAMPLER_MANAGER_HOST_PORT";
const AGENT_HOST: &str = "JAEGER_AGENT_HOST";
const REFRESH_INTERVAL: &str = "JAEGER_SAMPLER_REFRESH_INTERVAL";
const MAX_OPERATIONS: &str = "JAEGER_SAMPLER_MAX_OPERATIONS";

/// A sampler that has not begun its work.
#[derive(Debug)]
pub(super) enum Choice {
    Const(bool),
    Probabilistic(Probabilistic),
    RateLimiting(f64),
    Remote(Box<RemoteSamplerBuilder>),
}

impl Choice {
    pub(super) fn read(vars: &Vars<'_>, service: &str) -> Result<Self, EnvError> {
        let kind = vars.text(TYPE).unwrap_or_else(|| "remote".to_owned());
        let kind = kind.to_ascii_lowercase();
        let param = vars.read(PARAM, Problem::NoNumber, number)?;
        let needed = || param.ok_or(EnvError::new(PARAM, Problem::Missing));
        let bad = EnvError::new(PARAM, Problem::NoNumber);
        let rate = || Probabilistic::new(param.unwrap_or(INITIAL_RATE)).ok_or(bad);
        Ok(match &*kind {
            "const" => Self::Const(needed()? != 0.0),
            "probabilistic" => Self::Probabilistic(rate()?),
            "ratelimiting" => {
                Self::RateLimiting(Some(needed()?).filter(|limit| *limit >= 0.0).ok_or(bad)?)
            }
            "remote" => Self::Remote(Box::new(remote(vars, service, rate()?)?)),
            _ => return Err(EnvError::new(TYPE, Problem::UnknownSampler)),
        })
    }

    /// Starts it. The error is that of a backend's URL with the service's name in it.
    pub(super) fn into_sampler(self) -> Result<Box<dyn Sampler>, ConfigError> {
        Ok(match self {
            Self::Const(true) => Box::new(ParentBased::new(AlwaysOn)),
            Self::Const(false) => Box::new(ParentBased::new(AlwaysOff)),
            Self::Probabilistic(rate) => Box::new(ParentBased::new(rate)),
            Self::RateLimiting(n) => Box::new(ParentBased::new(RateLimiting::per_second(n))),
            Self::Remote(builder) => Box::new(ParentBased::new(builder.build()?)),
        })
    }
}

fn remote(
    vars: &Vars<'_>,
    service: &str,
    initial: Probabilistic,
) -> Result<RemoteSamplerBuilder, EnvError> {
    let mut builder = RemoteSampler::builder(service).initial(initial);
    if let Some((variable, url)) = url(vars) {
        endpoint(&url).map_err(|why| EnvError::new(variable, Problem::Endpoint(why)))?;
        builder = builder.endpoint(&url);
    }
    if let Some(interval) = vars.read(REFRESH_INTERVAL, Problem::NoDuration, interval)? {
        builder = builder.polling_interval(interval);
    }
    let count = |text: &str| text.parse().ok().filter(|count: &usize| *count > 0);
    if let Some(max) = vars.read(MAX_OPERATIONS, Problem::NoNumber, count)? {
        builder = builder.max_operations(max);
    }
    Ok(builder)
}

/// A duration above zero.
pub(super) fn interval(text: &str) -> Option<Duration> {
    duration::parse(text).filter(|time| !time.is_zero())
}

/// The backend's URL, and the variable that has it.
fn url(vars: &Vars<'_>) -> Option<(&'static str, String)> {
    if let Some(url) = vars.text(ENDPOINT) {
        return Some((ENDPOINT, url));
    }
    if let Some(place) = vars.text(HOST_PORT) {
        let url = if place.contains("://") { place } else { format!("http://{place}/sampling") };
        return Some((HOST_PORT, url));
    }
    let host = vars.text(AGENT_HOST)?;
    let is_v6 = host.parse::<Ipv6Addr>().is_ok();
    let host = if is_v6 { format!("[{host}]") } else { host };
    Some((AGENT_HOST, format!("http://{host}:5778/sampling")))
}
