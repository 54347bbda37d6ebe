//! The layer and its settings.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use tracer_core::Tracer;
use tracer_core::observe::Shared;
use tracing_core::dispatcher::WeakDispatch;
use tracing_subscriber::filter::{Filtered, LevelFilter};

use crate::Select;
use crate::config::Config;
use crate::spans::Spans;

/// Makes spans of `tracing` spans of the trace, and its events logs of the current span.
///
/// Put it next to other layers. [The crate's documentation](crate) says what is
/// recorded.
pub struct TraceLayer<F = LevelFilter> {
    pub(crate) config: Shared<Config>,
    pub(crate) state: Shared<State>,
    pub(crate) filter: Arc<F>,
    /// Events come filtered.
    pub(crate) events_are_filtered: bool,
}

/// What happens in a layer.
pub(crate) struct State {
    /// Which layer it is, for the threads.
    pub(crate) number: usize,
    pub(crate) spans: Spans,
    /// The subscriber that the layer is a part of.
    pub(crate) dispatch: OnceLock<WeakDispatch>,
}

impl TraceLayer {
    /// Spans and events of level `INFO` and above; [`with_filter`](Self::with_filter) takes others.
    ///
    /// With no tracer given, a span is recorded by its parent's, and one that has no parent by the
    /// global one as it is then. Without a tracer none is.
    #[must_use]
    pub fn new() -> Self {
        Self {
            config: Shared::new(Config::default()),
            state: Shared::new(State::new()),
            filter: Arc::new(LevelFilter::INFO),
            events_are_filtered: false,
        }
    }

    /// Only spans and events that this filter enables: a `LevelFilter`, `Targets`, a `FilterFn`,
    /// an `EnvFilter`. Other settings come before it.
    ///
    /// Events that it never enables are not even made, where no other layer wants them; the level
    /// that holds without it is looked at when they are.
    ///
    /// It takes the place of [`Layer::with_filter`](tracing_subscriber::Layer::with_filter), and is
    /// kinder to traces. A span that is filtered out there is not seen by its layer: entered on
    /// another thread, as spans of spawned futures are, it leaves that thread without context, and
    /// calls from there begin traces of their own. A span that is filtered out here is not recorded
    /// and stands for the span above it, wherever it is entered.
    ///
    /// ```
    /// use contrib_tracing::TraceLayer;
    /// use tracing_subscriber::filter::{LevelFilter, Targets};
    /// use tracing_subscriber::layer::SubscriberExt;
    ///
    /// let recorded = Targets::new()
    ///     .with_default(LevelFilter::INFO)
    ///     .with_target("shop", LevelFilter::DEBUG)
    ///     .with_target("sqlx", LevelFilter::OFF);
    /// let subscriber = tracing_subscriber::registry().with(TraceLayer::new().with_filter(recorded));
    /// # drop(subscriber);
    /// ```
    #[must_use]
    pub fn with_filter<F, S>(self, filter: F) -> Filtered<TraceLayer<F>, Select<F>, S> {
        let filter = Arc::new(filter);
        let layer = TraceLayer {
            config: self.config,
            state: self.state,
            filter: Arc::clone(&filter),
            events_are_filtered: true,
        };
        Filtered::new(layer, Select::new(filter))
    }

    /// With this tracer.
    #[must_use]
    pub fn with_tracer(self, tracer: Tracer) -> Self {
        self.with(|config| config.tracer = Some(tracer))
    }

    /// Whether spans and logs say in which source file and line they were made. They do unless
    /// this says otherwise.
    #[must_use]
    pub fn with_location(self, location: bool) -> Self {
        self.with(|config| config.location = location)
    }

    /// An event of level `ERROR` marks its span as failed.
    ///
    /// It does not by itself: an error that is logged may be one that was dealt with, and the
    /// request that it was logged in succeeds. Who has failed knows it, and says it in a field of
    /// the span (`error`, `otel.status_code`), or by `#[instrument(err)]`.
    #[must_use]
    pub fn with_failure_by_level(self) -> Self {
        self.with(|config| config.failure_by_level = true)
    }

    fn with(self, change: impl FnOnce(&mut Config)) -> Self {
        Self { config: self.config.with(change), ..self }
    }
}

impl State {
    fn new() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        Self {
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
            spans: Spans::new(),
            dispatch: OnceLock::new(),
        }
    }
}

impl Default for TraceLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl<F: fmt::Debug> fmt::Debug for TraceLayer<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TraceLayer")
            .field("config", &self.config)
            .field("filter", &self.filter)
            .finish_non_exhaustive()
    }
}
