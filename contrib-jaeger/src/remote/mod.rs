//! A sampler that a backend can change.

mod builder;
mod counts;
mod poller;

use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use contrib_http::Endpoint;
use tracer_core::{Decision, Sampler, SamplingInput, Updatable};

pub use builder::RemoteSamplerBuilder;
pub(crate) use builder::{INITIAL_RATE, endpoint};
use counts::Counters;
pub use counts::Counts;

/// A sampler that does what Jaeger's backend says (Jaeger: `remote`, OpenTelemetry:
/// `jaeger_remote`).
///
/// The backend is asked at once and then from time to time, on a thread of its own, so that no
/// caller waits. What it said last stays until it says something else that makes sense; the same
/// strategy again changes nothing, and another rate leaves what is left of the old one in
/// proportion.
///
/// The thread ends with the last clone, which does not wait for it. Put into a
/// [`ParentBased`](tracer_core::ParentBased), it decides for the traces alone that begin here.
///
/// ```no_run
/// use std::time::Duration;
///
/// use contrib_jaeger::RemoteSampler;
/// use tracer_core::{ParentBased, Probabilistic, Tracer};
///
/// # fn main() -> Result<(), contrib_jaeger::ConfigError> {
/// let sampler = RemoteSampler::builder("shop")
///     .endpoint("http://jaeger:5778/sampling")
///     .polling_interval(Duration::from_secs(30))
///     .initial(Probabilistic::clamped(0.01))
///     .build()?;
/// let counts = sampler.clone();
/// let tracer = Tracer::builder("shop").sampler(ParentBased::new(sampler)).build();
/// println!("{:?}", counts.counts());
/// # drop(tracer);
/// # Ok(())
/// # }
/// ```
#[doc(alias = "JaegerRemoteSampler")]
#[derive(Clone)]
pub struct RemoteSampler {
    sampler: Updatable,
    counters: Arc<Counters>,
    endpoint: Endpoint,
    interval: Duration,
    /// The thread ends when the last one of these is dropped.
    _running: Option<Sender<()>>,
}

impl RemoteSampler {
    /// Describes a sampler for the service of this name.
    pub fn builder(service: impl Into<String>) -> RemoteSamplerBuilder {
        RemoteSamplerBuilder::new(service.into())
    }

    /// How often the backend was asked, and what came of it.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counters.read()
    }
}

impl Sampler for RemoteSampler {
    fn sample(&self, input: &SamplingInput<'_>) -> Decision {
        self.sampler.sample(input)
    }

    fn reads_tags(&self) -> bool {
        self.sampler.reads_tags()
    }
}

impl fmt::Debug for RemoteSampler {
    /// Of the endpoint scheme, host and port.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteSampler")
            .field("endpoint", &self.endpoint)
            .field("interval", &self.interval)
            .field("sampler", &self.sampler.current())
            .field("counts", &self.counts())
            .finish()
    }
}
