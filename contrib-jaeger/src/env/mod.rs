//! The variables of Jaeger's clients, for those who move from one of them.
//!
//! An empty variable counts as unset. One with a bad value is an error that names it, as with
//! Jaeger's client for Go.
//!
//! | variable | default | what it says |
//! | --- | --- | --- |
//! | `JAEGER_SERVICE_NAME` | – | who is tracing; an error without it |
//! | `JAEGER_DISABLED` | `false` | `true`: the tracer starts switched off; of the other variables the name and the headers are read |
//! | `JAEGER_TAGS` | none | tags of the service: `key=value,key=${VARIABLE:default}`; a tag whose variable is unset and has no default is left out |
//! | `JAEGER_SAMPLER_TYPE` | `remote` | `const`, `probabilistic`, `ratelimiting`, `remote` |
//! | `JAEGER_SAMPLER_PARAM` | 0.001 for `probabilistic` and `remote`; the others need it | const: 0 for nothing, any other number for everything; probabilistic: 0 to 1; ratelimiting: traces a second; remote: the share until the backend has said something |
//! | `JAEGER_SAMPLING_ENDPOINT` | `http://localhost:5778/sampling` | the URL that `remote` asks |
//! | `JAEGER_SAMPLER_MANAGER_HOST_PORT` | – | the same under its old name, or `host:port` |
//! | `JAEGER_AGENT_HOST` | – | the host in that URL, where neither of the two is set |
//! | `JAEGER_SAMPLER_REFRESH_INTERVAL` | `1m` | how often `remote` asks, in Go's words: `1m30s`, `500ms` |
//! | `JAEGER_SAMPLER_MAX_OPERATIONS` | 2000 | operations that `remote` tells apart |
//! | `JAEGER_PROPAGATION` | `jaeger` | the headers: a list of `jaeger`, `b3`, `w3c`; read in this order, and all of them written |
//! | `JAEGER_REPORTER_FLUSH_INTERVAL` | `1s` | how long a span waits for company |
//!
//! `JAEGER_REPORTER_MAX_QUEUE_SIZE` has no meaning here: what waits is bounded in bytes, not in
//! spans. Nor has `JAEGER_TRACEID_128BIT`: ids are. Where spans go (`JAEGER_ENDPOINT`,
//! `JAEGER_AGENT_PORT`, `JAEGER_USER`, `JAEGER_PASSWORD`, `JAEGER_REPORTER_LOG_SPANS`) is not read:
//! Jaeger takes OTLP, and a reporter for it is given to the builder. `JAEGER_RPC_METRICS` is not read
//! either: metrics are contrib-metrics' (the facade's feature `metrics`). `const` and `ratelimiting` without a parameter are an error here,
//! where some clients would have recorded nothing.
//!
//! Callers decide for their traces, as with Jaeger's clients: every sampler is in a
//! [`ParentBased`](tracer_core::ParentBased).

mod configuration;
mod duration;
mod error;
mod propagation;
mod sampler;
mod tags;
#[cfg(test)]
mod tests;
mod vars;

pub use error::{EnvError, Problem};

use configuration::Configuration;
use tracer_core::TracerBuilder;
use vars::Vars;

/// A tracer as [these variables](self) describe it, to be described further: it has no reporter
/// yet.
///
/// ```
/// use contrib_jaeger::env;
///
/// # fn main() -> Result<(), env::EnvError> {
/// let variable = |name: &str| match name {
///     "JAEGER_SERVICE_NAME" => Some("shop".to_owned()),
///     "JAEGER_SAMPLER_TYPE" => Some("const".to_owned()),
///     "JAEGER_SAMPLER_PARAM" => Some("1".to_owned()),
///     _ => None, // in a program: std::env::var(name).ok()
/// };
/// let tracer = env::builder_from(variable)?.build();
/// assert_eq!(tracer.resource().service_name(), "shop");
///
/// let error = env::builder_from(|_| None).err();
/// assert_eq!(error.map(|error| error.variable()), Some("JAEGER_SERVICE_NAME"));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// The first variable with a bad value, and no name for the service.
pub fn builder_from(get: impl Fn(&str) -> Option<String>) -> Result<TracerBuilder, EnvError> {
    Configuration::read(&Vars::new(&get))?.into_builder()
}
