//! What the variables say.

use std::time::Duration;

use tracer_core::{RecorderOptions, Tracer, TracerBuilder};

use super::sampler::{Choice, interval};
use super::vars::{Vars, truth};
use super::{EnvError, Problem, tags};

pub(super) const SERVICE_NAME: &str = "JAEGER_SERVICE_NAME";
const DISABLED: &str = "JAEGER_DISABLED";
const TAGS: &str = "JAEGER_TAGS";
const FLUSH_INTERVAL: &str = "JAEGER_REPORTER_FLUSH_INTERVAL";

#[derive(Debug)]
pub(super) enum Configuration {
    Disabled { service: String },
    Enabled(Enabled),
}

#[derive(Debug)]
pub(super) struct Enabled {
    pub(super) service: String,
    pub(super) tags: Vec<(String, String)>,
    pub(super) sampler: Choice,
    pub(super) flush_interval: Option<Duration>,
}

impl Configuration {
    pub(super) fn read(vars: &Vars<'_>) -> Result<Self, EnvError> {
        let service = vars.text(SERVICE_NAME);
        if vars.read(DISABLED, Problem::NoBool, truth)?.unwrap_or(false) {
            return Ok(Self::Disabled { service: service.unwrap_or_default() });
        }
        let service = service.ok_or(EnvError::new(SERVICE_NAME, Problem::Missing))?;
        let tags = vars.read(TAGS, Problem::NoTags, |list| tags::parse(list, vars))?;
        Ok(Self::Enabled(Enabled {
            tags: tags.unwrap_or_default(),
            sampler: Choice::read(vars, &service)?,
            flush_interval: vars.read(FLUSH_INTERVAL, Problem::NoDuration, interval)?,
            service,
        }))
    }

    pub(super) fn into_builder(self) -> Result<TracerBuilder, EnvError> {
        let Enabled { service, tags, sampler, flush_interval } = match self {
            Self::Disabled { service } => return Ok(Tracer::builder(service).enabled(false)),
            Self::Enabled(enabled) => enabled,
        };
        // The URL was looked at before; with the name in it, it may have got too long.
        let too_long = |_| EnvError::new(SERVICE_NAME, Problem::TooLong);
        let mut builder =
            Tracer::builder(service).sampler(sampler.into_sampler().map_err(too_long)?);
        for (key, value) in tags {
            builder = builder.tag(key, value);
        }
        if let Some(interval) = flush_interval {
            let options = RecorderOptions::default().with_schedule_delay(interval);
            builder = builder.recorder(options);
        }
        Ok(builder)
    }
}
