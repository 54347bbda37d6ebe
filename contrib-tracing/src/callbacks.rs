//! What the layer does when something happens in `tracing`.
//!
//! Values are users' code: they may trace themselves, take their time or panic. No lock is held
//! and nothing is half done while they are read.

use tracer_core::observe::{Kind, Observed};
use tracer_core::{ENABLED, Span, SpanRef, current, is_suppressed, span};
use tracing_core::span::{Attributes, Id, Record};
use tracing_core::{Dispatch, Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, Filter};
use tracing_subscriber::registry::LookupSpan;

use crate::above::{self, Above};
use crate::config::Config;
use crate::head::{self, Head};
use crate::origin::Origin;
use crate::span_fields::{Said, SpanFields};
use crate::spans::Standing;
use crate::{TraceLayer, entered, event};

impl<S, F> Layer<S> for TraceLayer<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    F: Filter<S> + 'static,
{
    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        if let Some(state) = self.state.get() {
            // A layer is a part of one subscriber only.
            let _ = state.dispatch.set(dispatch.downgrade());
        }
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let (Some(config), Some(state)) = (self.config.get(), self.state.get()) else { return };
        let above = above::of_span(state, attributes, id, &context);
        if config.is_off() && above.is_nothing() {
            return;
        }
        if !self.filter.enabled(attributes.metadata(), &context) {
            let above = match above {
                Above::Current => current(),
                Above::Span(above) => above,
                // A trace begins below it, whether it is recorded or not.
                Above::Nothing if attributes.is_root() => SpanRef::detached(),
                Above::Nothing => return,
            };
            if !above.is_noop() {
                state.spans.insert(id, Standing::Above(above));
            }
            return;
        }
        let observed = Observed::new(Kind::Local, start(config, attributes, &above), ());
        if !observed.is_none() {
            state.spans.insert(id, Standing::Own(observed));
            self.filter.on_new_span(attributes, id, context);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(state) = self.state.get() else { return };
        let Some(span) = state.spans.own(id) else { return };
        if span.is_recording() {
            let (mut tags, mut said) = (Vec::with_capacity(values.len()), Said::default());
            values.record(&mut SpanFields::new(&mut tags, &mut said));
            span.set_tags(tags);
            said.tell(&span);
        } else {
            span.set_tags(head::priority(values));
        }
        self.filter.on_record(id, values, context);
    }

    fn on_follows_from(&self, id: &Id, follows: &Id, context: Context<'_, S>) {
        let Some(state) = self.state.get() else { return };
        if let Some(span) = state.spans.recorded(id)
            && let Some(cause) = above::nearest(state, follows, &context)
        {
            let cause = cause.context();
            // Itself, where what it follows from is filtered out and below it.
            if cause.span_id() != span.context().span_id() {
                span.link(&cause);
            }
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let (Some(config), Some(state)) = (self.config.get(), self.state.get()) else { return };
        let wanted = self.events_are_filtered || self.filter.enabled(event.metadata(), &context);
        if !wanted {
            return;
        }
        let Some(span) = above::of_event(state, event, &context) else { return };
        if span.is_recording() {
            event::log(config, &span, event, || {
                let own = context
                    .event_span(event)
                    .filter(|own| own.metadata().target() == event.metadata().target());
                let own = own.and_then(|own| state.spans.recorded(&own.id()));
                own.is_some_and(|own| own.context().span_id() == span.context().span_id())
            });
        }
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        let Some(state) = self.state.get() else { return };
        // Below a filter and inside of a reporter it stays quiet, whatever is entered there. The
        // entry is noted all the same, so that leaving it leaves no other one.
        let quiet = is_suppressed();
        let guard = if quiet { None } else { state.spans.enter(id) };
        if quiet || guard.is_some() {
            entered::push(state.number, id.into_u64(), guard);
        }
        if state.spans.is_own(id) {
            self.filter.on_enter(id, context);
        }
    }

    fn on_exit(&self, id: &Id, context: Context<'_, S>) {
        let Some(state) = self.state.get() else { return };
        drop(entered::pop(state.number, id.into_u64()));
        if state.spans.progress(id) {
            self.filter.on_exit(id, context);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(state) = self.state.get() else { return };
        if let Some(standing) = state.spans.remove(&id)
            && standing.is_own()
        {
            // Ends the span, and may end a tracer with it.
            drop(standing);
            self.filter.on_close(id, context);
        }
    }
}

/// Starts what stands for a span of `tracing`.
fn start(config: &Config, attributes: &Attributes<'_>, above: &Above) -> Span {
    if !ENABLED {
        return Span::noop();
    }
    let head = Head::of(attributes);
    let builder = match &config.tracer {
        Some(tracer) => tracer.span(head.name),
        None => span(head.name),
    };
    let mut builder = builder.kind(head.kind);
    if let Some(priority) = head.priority {
        builder = builder.tag(priority.key, priority.value);
    }
    let mut said = Said::at_start();
    let fill = |tags: &mut Vec<_>| {
        Origin::of(attributes.metadata()).describe(tags, *attributes.metadata().level(), config);
        attributes.record(&mut SpanFields::new(tags, &mut said));
    };
    let span = match above {
        Above::Current => builder.start_with(fill),
        Above::Nothing => builder.root().start_with(fill),
        // Inside of a reporter nothing starts a span, whatever is named as its parent.
        Above::Span(above) if is_suppressed() => builder.child_of(above).start_with(fill),
        Above::Span(above) => {
            // What is below the current span is recorded by the tracer of that.
            let _entered = above.enter();
            builder.start_with(fill)
        }
    };
    said.tell(&span);
    span
}
