//! Which spans and events are recorded.

use std::fmt;
use std::sync::Arc;

use tracer_core::ENABLED;
use tracing_core::subscriber::Interest;
use tracing_core::{Event, LevelFilter, Metadata};
use tracing_subscriber::layer::{Context, Filter};

/// What [`TraceLayer::with_filter`](crate::TraceLayer::with_filter) filters with: events as `F`
/// says, and no spans. Those the layer has to see, all of them, because they carry the context;
/// which of them it records it asks `F` itself.
pub struct Select<F> {
    filter: Arc<F>,
}

impl<F> Select<F> {
    pub(crate) const fn new(filter: Arc<F>) -> Self {
        Self { filter }
    }
}

impl<S, F: Filter<S>> Filter<S> for Select<F> {
    fn enabled(&self, metadata: &Metadata<'_>, context: &Context<'_, S>) -> bool {
        ENABLED && (metadata.is_span() || self.filter.enabled(metadata, context))
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if !ENABLED {
            return Interest::never();
        }
        // Spans too: some filters have to know them.
        let interest = self.filter.callsite_enabled(metadata);
        if metadata.is_span() { Interest::always() } else { interest }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        // Compiled out, no span or event has to be made for this.
        (!ENABLED).then_some(LevelFilter::OFF)
    }

    fn event_enabled(&self, event: &Event<'_>, context: &Context<'_, S>) -> bool {
        self.filter.event_enabled(event, context)
    }
}

impl<F: fmt::Debug> fmt::Debug for Select<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Select").field(&self.filter).finish()
    }
}
