//! Setting a remote sampler up.

use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use contrib_http::{Client, ConfigError, Endpoint, Settings};
use tracer_core::{ENABLED, PerOperation, Probabilistic, Sampler, Updatable};

use super::RemoteSampler;
use super::counts::Counters;
use super::poller::{Poller, Work};

/// Where an agent, a collector or a query service on this host says it.
const LOCAL: &str = "http://localhost:5778/sampling";
/// What Jaeger's clients begin with.
pub(crate) const INITIAL_RATE: f64 = 0.001;
const USER_AGENT: &str = concat!("tracer-contrib-jaeger/", env!("CARGO_PKG_VERSION"));

const SHORTEST_INTERVAL: Duration = Duration::from_millis(100);
const LONGEST_INTERVAL: Duration = Duration::from_secs(24 * 3600);

/// Describes a [`RemoteSampler`]. Everything has a default that fits a Jaeger on this host.
#[must_use = "nothing happens before `build`"]
pub struct RemoteSamplerBuilder {
    service: String,
    settings: Settings,
    interval: Duration,
    initial: Arc<dyn Sampler>,
    max_operations: usize,
}

impl RemoteSamplerBuilder {
    pub(super) fn new(service: String) -> Self {
        Self {
            service,
            settings: Settings::new(Endpoint::from_static(LOCAL)),
            interval: Duration::from_secs(60),
            initial: Arc::new(Probabilistic::clamped(INITIAL_RATE)),
            max_operations: PerOperation::MAX_OPERATIONS,
        }
    }

    /// The URL that is asked, with `service=NAME` put into its query; `/sampling` of a server that
    /// is given without a path. Default `http://localhost:5778/sampling`. Credentials in it
    /// (`http://user:password@host`) go out as an `Authorization` header.
    pub fn endpoint(mut self, url: &str) -> Self {
        self.settings.set_endpoint(endpoint(url));
        self
    }

    /// A header of every request, a token for example. An earlier value under the same name is
    /// replaced.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.settings.set_header(name, value);
        self
    }

    /// Longest time for one request, from the look-up of the name to the last byte of the answer.
    /// Default 10 s; held between 1 ms and 1 h.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.set_timeout(timeout);
        self
    }

    /// How long after one request the next one is made. Default 60 s; held between 100 ms and 24 h.
    pub const fn polling_interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// Who decides until the backend has said something. Default: one trace in a thousand.
    pub fn initial(mut self, sampler: impl Sampler + 'static) -> Self {
        self.initial = Arc::new(sampler);
        self
    }

    /// Most operations that are told apart; others get the default rate. Default 2,000.
    pub const fn max_operations(mut self, max: usize) -> Self {
        self.max_operations = max;
        self
    }

    /// Makes the sampler, and starts its thread.
    ///
    /// # Errors
    /// The first of the settings that was unusable.
    pub fn build(self) -> Result<RemoteSampler, ConfigError> {
        let mut settings = self.settings;
        let endpoint = settings.checked()?.endpoint().with_query("service", &self.service)?;
        settings.set_endpoint(Ok(endpoint.clone()));
        let interval = self.interval.clamp(SHORTEST_INTERVAL, LONGEST_INTERVAL);
        let sampler = Updatable::new(self.initial);
        let counters = Arc::<Counters>::default();
        let (running, stopped) = channel();
        let work = Work {
            client: Client::new(&settings, USER_AGENT),
            timeout: settings.timeout(),
            interval,
            stopped,
        };
        let poller = Poller::new(sampler.clone(), Arc::clone(&counters), self.max_operations);
        // Compiled out, nobody asks the sampler, and nobody need ask the backend.
        let running = (ENABLED && poller.start(work)).then_some(running);
        Ok(RemoteSampler { sampler, counters, endpoint, interval, _running: running })
    }
}

/// What a URL stands for: `/sampling` of a server without a path.
pub(crate) fn endpoint(url: &str) -> Result<Endpoint, ConfigError> {
    let endpoint = Endpoint::exact(url)?;
    match endpoint.path_and_query() {
        "/" => Endpoint::below(url, "sampling"),
        _ => Ok(endpoint),
    }
}

impl fmt::Debug for RemoteSamplerBuilder {
    /// Without headers, credentials, path and query.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteSamplerBuilder")
            .field("service", &self.service)
            .field("settings", &self.settings)
            .field("interval", &self.interval)
            .field("initial", &self.initial)
            .field("max_operations", &self.max_operations)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_without_a_path_is_asked_at_the_usual_one() {
        for (url, expected) in [
            ("http://jaeger:5778", "/sampling"),
            ("http://jaeger:5778/", "/sampling"),
            ("http://jaeger:5778/sampling", "/sampling"),
            ("http://jaeger:14268/api/sampling", "/api/sampling"),
            ("http://jaeger:5778/?token=x", "/?token=x"),
        ] {
            assert_eq!(endpoint(url).unwrap().path_and_query(), expected, "{url}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_an_error_and_is_not_shown() {
        let builder = RemoteSampler::builder("shop").endpoint("jaeger:5778/s3cret");
        assert_eq!(builder.build().err(), Some(ConfigError::InvalidEndpoint));
        let builder = RemoteSampler::builder("shop").header("host", "x");
        assert_eq!(builder.build().err(), Some(ConfigError::InvalidHeader));
        let builder = RemoteSampler::builder("x".repeat(1 << 20));
        assert_eq!(builder.build().err(), Some(ConfigError::InvalidEndpoint));
        let builder = RemoteSampler::builder("shop")
            .endpoint("http://user:s3cret@localhost:1/s3cret?key=s3cret")
            .header("x-token", "s3cret");
        let shown = format!("{builder:?}");
        let text = format!("{shown} {:?}", builder.build());
        assert!(text.contains("http://localhost:1") && !text.contains("s3cret"), "{text}");
    }
}
