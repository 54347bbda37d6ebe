//! An exporter of opentelemetry's as a reporter of the kit's.

mod data;
mod wait;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use opentelemetry::Context;
use opentelemetry_sdk::Resource as OtelResource;
use opentelemetry_sdk::error::OTelSdkError;
use opentelemetry_sdk::trace::SpanExporter;
use tracer_core::{Batch, Outcome, Reporter, Resource};

use crate::convert::attribute;

/// Hands finished spans to any exporter that opentelemetry's SDK could have.
///
/// It is called on the tracer's reporter thread, one batch after the other. No async runtime is
/// needed: the thread waits for the exporter's future. An exporter that needs one itself, as those
/// that stand on tonic or hyper do, is told of it by [`within`](Self::within). Nothing that it calls
/// on this thread starts a span, on either side.
///
/// | the exporter | its spans are |
/// | --- | --- |
/// | says yes | reported |
/// | says that time is up (`OTelSdkError::Timeout`) | of unknown outcome |
/// | says anything else | lost: `export_failed` |
/// | is not done within the [timeout](Self::with_timeout), or when the tracer's shutdown has to be | of unknown outcome; its future is dropped |
/// | panics | lost: `reporter_panic` |
/// | blocks its thread | of unknown outcome when the tracer is shut down; until then nothing else is reported |
///
/// It is not tried again: the SDK leaves that to the exporter.
///
/// ```
/// use std::time::Duration;
///
/// use contrib_otel::OtelReporter;
/// use opentelemetry_sdk::trace::InMemorySpanExporter;
/// use tracer_core::Tracer;
///
/// let exporter = InMemorySpanExporter::default();
/// let tracer = Tracer::builder("shop").reporter(OtelReporter::new(exporter.clone())).build();
/// tracer.span("work").tag("item", 42).start().finish();
/// tracer.flush(Duration::from_secs(5)).unwrap();
/// # if tracer_core::ENABLED {
/// assert_eq!(exporter.get_finished_spans().unwrap()[0].name, "work");
/// # }
/// ```
pub struct OtelReporter<E> {
    exporter: E,
    /// Whose spans it was told that it exports.
    resource: Option<Arc<Resource>>,
    timeout: Duration,
    shutdown_timeout: Duration,
    around: Option<Around>,
}

/// Does some work somewhere.
type Around = Box<dyn Fn(&mut dyn FnMut()) + Send>;

impl<E: SpanExporter> OtelReporter<E> {
    /// With the time limits that opentelemetry has by default: 30 s for a batch, 5 s for the
    /// exporter's own shutdown.
    #[must_use]
    pub const fn new(exporter: E) -> Self {
        Self {
            exporter,
            resource: None,
            timeout: Duration::from_secs(30),
            shutdown_timeout: Duration::from_secs(5),
            around: None,
        }
    }

    /// How long a batch may take.
    #[must_use]
    pub const fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long the exporter is told that its shutdown may take, where the
    /// [tracer's](tracer_core::Tracer::shutdown) leaves it as long: that one holds whatever it
    /// does.
    #[must_use]
    pub const fn with_shutdown_timeout(mut self, timeout: Duration) -> Self {
        self.shutdown_timeout = timeout;
        self
    }

    /// Where the exporter is called, and its future polled: `around` calls what it is given, once.
    ///
    /// For exporters that look for a runtime around them, which has to have threads of its own:
    ///
    /// ```
    /// use contrib_otel::OtelReporter;
    /// # let exporter = opentelemetry_sdk::trace::InMemorySpanExporter::default();
    /// # let runtime = tokio::runtime::Runtime::new().unwrap();
    /// let handle = runtime.handle().clone();
    /// let reporter = OtelReporter::new(exporter).within(move |work| {
    ///     let _runtime = handle.enter();
    ///     work();
    /// });
    /// ```
    #[must_use]
    pub fn within(mut self, around: impl Fn(&mut dyn FnMut()) + Send + 'static) -> Self {
        self.around = Some(Box::new(around));
        self
    }

    /// The exporter.
    #[must_use]
    pub const fn get_ref(&self) -> &E {
        &self.exporter
    }

    /// The exporter, to change it.
    #[must_use]
    pub const fn get_mut(&mut self) -> &mut E {
        &mut self.exporter
    }

    /// The exporter alone.
    #[must_use]
    pub fn into_inner(self) -> E {
        self.exporter
    }

    fn tell_resource(&mut self, resource: &Arc<Resource>) {
        let is_told = self.resource.as_ref().is_some_and(|told| Arc::ptr_eq(told, resource));
        if !is_told {
            let tags = resource.tags().iter();
            let attributes = tags.filter_map(|tag| attribute(&tag.key, &tag.value));
            let builder = OtelResource::builder_empty().with_attributes(attributes);
            self.exporter.set_resource(&builder.build());
            self.resource = Some(Arc::clone(resource));
        }
    }
}

impl<E> OtelReporter<E> {
    fn run(&self, work: &mut dyn FnMut()) {
        match &self.around {
            Some(around) => around(work),
            None => work(),
        }
    }
}

impl<E: SpanExporter + 'static> Reporter for OtelReporter<E> {
    fn report(&mut self, batch: &Batch<'_>) -> Outcome {
        // No telemetry about telemetry: the tracer's thread sees to it for the kit.
        let _quiet = Context::enter_telemetry_suppressed_scope();
        self.tell_resource(batch.resource());
        let spans: Vec<_> = batch.spans().map(|span| data::span(&span)).collect();
        let (mut spans, mut export) = (Some(spans), None);
        self.run(&mut || export = spans.take().map(|spans| self.exporter.export(spans)));
        let Some(export) = export else { return Outcome::Failed };
        let time_is_up = Instant::now().checked_add(self.timeout);
        let is_over = || {
            let passed =
                |deadline: Option<Instant>| deadline.is_some_and(|at| at <= Instant::now());
            passed(time_is_up) || passed(batch.deadline())
        };
        match wait::until(export, |work| self.run(work), is_over) {
            Some(Ok(())) => Outcome::Reported,
            Some(Err(OTelSdkError::Timeout(_))) | None => Outcome::Unknown,
            Some(Err(_)) => Outcome::Failed,
        }
    }

    fn flush(&mut self) {
        let _quiet = Context::enter_telemetry_suppressed_scope();
        // Every batch has had its answer; what becomes of this one has no place in the books.
        self.run(&mut || drop(self.exporter.force_flush()));
    }

    fn shutdown(&mut self, deadline: Instant) {
        let _quiet = Context::enter_telemetry_suppressed_scope();
        let left = deadline.saturating_duration_since(Instant::now());
        let timeout = self.shutdown_timeout.min(left);
        self.run(&mut || drop(self.exporter.shutdown_with_timeout(timeout)));
    }
}

impl<E: fmt::Debug> fmt::Debug for OtelReporter<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OtelReporter")
            .field("exporter", &self.exporter)
            .field("timeout", &self.timeout)
            .field("shutdown_timeout", &self.shutdown_timeout)
            .finish_non_exhaustive()
    }
}
