//! The tracer.

mod border;
mod builder;
mod global;
mod resource;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

pub use builder::TracerBuilder;
pub use global::{clear_global, global, set_global};
pub(crate) use global::{global_for_now, global_is};
pub use resource::Resource;

use crate::context::{RANDOM, SAMPLED};
use crate::propagation::{Hosts, Propagator};
use crate::record::{Books, Processing, Recorder, ShutdownError};
use crate::sampler::{Decision, SampledBy, Sampler};
use crate::span::{ActiveSpan, Limits, Place, SpanBuilder, start_scope};
use crate::trust::{Forced, Trust};
use crate::{ENABLED, current, switch};

/// Starts spans for one service, and carries their context over borders.
///
/// Cheap to clone. Several tracers can live side by side in one process. When the last clone is
/// dropped the tracer shuts down and waits for its queue to be sent, for
/// [`RecorderOptions::shutdown_timeout`](crate::RecorderOptions) at most; call
/// [`shutdown`](Self::shutdown) to choose the deadline.
///
/// # After a fork
/// A child process that was made by `fork` has the tracer and not its reporter thread. Its spans
/// go on carrying their context to others; they are not reported, and take no more memory than the
/// rings that there were. [`flush`](Self::flush) and `shutdown` return at once, with
/// [`ShutdownError::Forked`], and [`books`](Self::books) are empty. Make a tracer in the child to
/// trace it.
#[derive(Clone)]
pub struct Tracer {
    core: Arc<Core>,
    /// Spans hold the core, only tracers hold this; and not those of a moment.
    _owner: Option<Arc<Owner>>,
}

/// What a tracer's spans need of it.
pub(crate) struct Core {
    on: AtomicBool,
    pub(crate) sampler: Box<dyn Sampler>,
    /// Whether the sampler wants to be asked for children too.
    pub(crate) asks_for_children: bool,
    /// [`HELD`](crate::context::HELD) where spans that the sampler says no to are recorded all the
    /// same, for their trace may be kept, or for a processor; else zero.
    pub(crate) holds: u8,
    /// Whether such a trace may be kept.
    pub(crate) keeps: bool,
    /// Who is told of each span's end.
    pub(crate) processor: Option<Processing>,
    /// The flags of a recorded span that keep its child from being one without a closer look: all
    /// of them where the sampler is asked for children, and `HELD` where nothing is held here.
    pub(crate) looks_closer: u8,
    /// Those that keep it from being a lean one: all of them where there is a processor.
    pub(crate) never_lean: u8,
    /// Its answer for traces that begin here, where there is only one.
    pub(crate) settled: Option<Settled>,
    pub(crate) propagator: Arc<dyn Propagator>,
    pub(crate) limits: Limits,
    pub(crate) log_baggage: bool,
    pub(crate) recorder: Recorder,
    resource: Arc<Resource>,
    trust: Trust,
    pub(crate) forced: Forced,
    /// To whom trace context may be sent, and to whom baggage.
    hosts: [Hosts; 2],
}

/// What is always the answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settled {
    /// What a trace's first span has for flags.
    pub(crate) flags: u8,
    pub(crate) by: Option<SampledBy>,
}

impl Settled {
    /// Tags would have to be made for each span: then the sampler is asked.
    fn new(decision: Decision, holds: u8) -> Option<Self> {
        let Decision { sampled, tags, by } = decision;
        // Random all over, as W3C level 2 wants to know.
        let flags = RANDOM | if sampled { SAMPLED } else { holds };
        tags.is_empty().then_some(Self { flags, by: by.filter(|_| sampled) })
    }
}

/// Shuts the tracer down with its last clone.
struct Owner(Arc<Core>);

impl Drop for Owner {
    fn drop(&mut self) {
        // The books tell what came of it; there is nobody to return an error to.
        let _ = self.0.recorder.shutdown(self.0.recorder.shutdown_timeout());
    }
}

impl Core {
    #[inline]
    pub(crate) fn is_on(&self) -> bool {
        self.on.load(Ordering::Relaxed)
    }
}

impl Tracer {
    /// Describes a tracer for this service.
    pub fn builder(service_name: impl Into<Cow<'static, str>>) -> TracerBuilder {
        TracerBuilder::new(service_name.into())
    }

    pub(crate) fn from_core(core: Core) -> Self {
        let core = Arc::new(core);
        Self { _owner: Some(Arc::new(Owner(Arc::clone(&core)))), core }
    }

    /// The same tracer, whose owners don't wait for this one: what a request has of it.
    fn for_now(&self) -> Self {
        Self { core: Arc::clone(&self.core), _owner: None }
    }

    /// Describes a span (OpenTracing: `buildSpan`, `startSpan`).
    #[doc(alias = "start_span")]
    #[doc(alias = "build_span")]
    #[inline]
    pub fn span(&self, name: impl Into<Cow<'static, str>>) -> SpanBuilder<'_> {
        SpanBuilder::new(Some(self), name.into())
    }

    /// Starts a span and makes it current on this thread until the guard is dropped, which ends
    /// it. The quickest way to trace a piece of synchronous code.
    ///
    /// ```
    /// # let tracer = tracer_core::Tracer::builder("shop").build();
    /// let _span = tracer.scope("price");
    /// ```
    #[inline]
    pub fn scope(&self, name: &'static str) -> ActiveSpan {
        if !ENABLED || (current::is_empty() && !self.is_enabled()) {
            return ActiveSpan::new(Place::Nowhere);
        }
        ActiveSpan::new(match current::unrecorded() {
            Some(ticket) => Place::Around(ticket),
            None => start_scope(Some(self), name),
        })
    }

    /// Whether this tracer records: its own switch and the process-wide one
    /// ([`switch`](crate::switch)) are on.
    #[inline]
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        switch::is_on() && self.core.is_on()
    }

    /// Turns this tracer on or off, at any time.
    pub fn set_enabled(&self, on: bool) {
        self.core.on.store(on, Ordering::Relaxed);
    }

    /// The name and tags of the service.
    #[must_use]
    pub fn resource(&self) -> &Resource {
        &self.core.resource
    }

    /// The counters: what was started, finished, reported, lost.
    #[must_use]
    pub fn books(&self) -> Books {
        let mut books = self.core.recorder.books();
        (books.forced, books.forced_refused) = self.core.forced.counts();
        books
    }

    /// Hands everything that has finished so far to the reporter, and waits until it is done.
    ///
    /// # Errors
    /// [`ShutdownError::Timeout`] when it is not done by then; it goes on in the background. See
    /// [`ShutdownError`] for the others.
    pub fn flush(&self, timeout: Duration) -> Result<(), ShutdownError> {
        self.core.recorder.flush(timeout)
    }

    /// Sends what is queued and ends the reporter thread. Spans that finish later are counted as
    /// lost. Returns by the deadline, whatever the reporter does. A second call does nothing.
    ///
    /// # Errors
    /// [`ShutdownError::Timeout`] when the reporter was not done by then. See [`ShutdownError`]
    /// for the others.
    pub fn shutdown(&self, timeout: Duration) -> Result<(), ShutdownError> {
        self.core.recorder.shutdown(timeout)
    }

    pub(crate) const fn core(&self) -> &Arc<Core> {
        &self.core
    }
}

impl fmt::Debug for Tracer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracer")
            .field("service", &self.core.resource.service_name())
            .field("enabled", &self.is_enabled())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core").finish_non_exhaustive()
    }
}
