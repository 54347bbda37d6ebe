//! What the variables say.

use std::time::Duration;

use tracer_core::propagation::Propagator;
use tracer_core::{RecorderOptions, Tracer, TracerBuilder};

use super::sampler::{Choice, interval};
use super::vars::{Vars, truth};
use super::{EnvError, Problem, propagation, tags};

pub(super) const SERVICE_NAME: &str = "JAEGER_SERVICE_NAME";
const DISABLED: &str = "JAEGER_DISABLED";
const TAGS: &str = "JAEGER_TAGS";
const PROPAGATION: &str = "JAEGER_PROPAGATION";
const FLUSH_INTERVAL: &str = "JAEGER_REPORTER_FLUSH_INTERVAL";

#[derive(Debug)]
pub(super) enum Configuration {
    /// What callers send is handed on all the same.
    Disabled {
        service: String,
        propagator: Box<dyn Propagator>,
    },
    Enabled(Enabled),
}

#[derive(Debug)]
pub(super) struct Enabled {
    pub(super) service: String,
    pub(super) tags: Vec<(String, String)>,
    pub(super) sampler: Choice,
    pub(super) propagator: Box<dyn Propagator>,
    pub(super) flush_interval: Option<Duration>,
}

impl Configuration {
    pub(super) fn read(vars: &Vars<'_>) -> Result<Self, EnvError> {
        let service = vars.text(SERVICE_NAME);
        let propagator = vars
            .read(PROPAGATION, Problem::UnknownPropagation, propagation::parse)?
            .unwrap_or_else(propagation::default);
        if vars.read(DISABLED, Problem::NoBool, truth)?.unwrap_or(false) {
            return Ok(Self::Disabled { service: service.unwrap_or_default(), propagator });
        }
        let service = service.ok_or(EnvError::new(SERVICE_NAME, Problem::Missing))?;
        let tags = vars.read(TAGS, Problem::NoTags, |list| tags::parse(list, vars))?;
        Ok(Self::Enabled(Enabled {
            tags: tags.unwrap_or_default(),
            sampler: Choice::read(vars, &service)?,
            propagator,
            flush_interval: vars.read(FLUSH_INTERVAL, Problem::NoDuration, interval)?,
            service,
        }))
    }

    pub(super) fn into_builder(self) -> Result<TracerBuilder, EnvError> {
        let Enabled { service, tags, sampler, propagator, flush_interval } = match self {
            Self::Disabled { service, propagator } => {
                return Ok(Tracer::builder(service).enabled(false).propagator(propagator));
            }
            Self::Enabled(enabled) => enabled,
        };
        // The URL was looked at before; with the name in it, it may have got too long.
        let too_long = |_| EnvError::new(SERVICE_NAME, Problem::TooLong);
        let sampler = sampler.into_sampler().map_err(too_long)?;
        let mut builder = Tracer::builder(service).sampler(sampler).propagator(propagator);
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
