//! A span that code of opentelemetry's writes to.

use std::borrow::Cow;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use opentelemetry::KeyValue;
use opentelemetry::trace::{
    Event as OtelEvent, Span as OtelSpan, SpanContext as OtelSpanContext, Status as OtelStatus,
};
use tracer_core::semconv::opentracing;
use tracer_core::{Baggage, Span, SpanContext, SpanRef, Status, Tag};

use crate::convert::{Ids, from_otel, ids, tag, to_otel};
use crate::open::{self, Open};

/// An end that is no further from now was not given by anybody: opentelemetry reads the wall clock
/// where a span is to end now. The kit then reads its own clock, which nobody can step.
const NOW: Duration = Duration::from_micros(20);

/// A span of the kit's as opentelemetry's API knows it.
///
/// What [`KitTracer`](crate::KitTracer) starts ends with this, or by `end`. One that stands for a
/// span of somebody else's, in a `Context` of [`context_of`](crate::context_of), writes to it and
/// does not end it.
#[derive(Debug)]
pub struct KitSpan {
    span: Held,
    context: OnceLock<Shown>,
    /// Of its baggage, what the `Context` has shown in which it was started.
    seen: Baggage,
    /// A status says more than one before it, or nothing.
    status: Rank,
}

#[derive(Debug)]
enum Held {
    Own(Span),
    Lent(SpanRef),
}

/// What others have been told.
#[derive(Debug)]
struct Shown {
    context: OtelSpanContext,
    /// Set where they can find the span by it.
    findable: Option<Ids>,
}

/// OpenTelemetry's order (specification of the API, "Set Status"): `Ok` is final, `Unset` is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Unset,
    Error,
    Ok,
}

impl KitSpan {
    pub(crate) const fn own(span: Span, seen: Baggage) -> Self {
        Self { span: Held::Own(span), context: OnceLock::new(), seen, status: Rank::Unset }
    }

    pub(crate) fn lent(span: &SpanRef, context: &SpanContext) -> Self {
        let shown = Shown { context: to_otel(context), findable: None };
        Self {
            span: Held::Lent(span.clone()),
            context: OnceLock::from(shown),
            seen: Baggage::new(),
            status: Rank::Unset,
        }
    }

    /// One that does nothing but hand this context on.
    pub(crate) fn handing_on(context: OtelSpanContext) -> Self {
        Self {
            span: Held::Lent(SpanRef::noop()),
            context: OnceLock::from(Shown { context, findable: None }),
            seen: Baggage::new(),
            status: Rank::Unset,
        }
    }

    /// The kit's own handle of this span: for what opentelemetry's API has no method for.
    ///
    /// ```
    /// use contrib_otel::KitTracerProvider;
    /// use opentelemetry::trace::{Tracer, TracerProvider};
    ///
    /// let tracer = tracer_core::Tracer::builder("shop").build();
    /// let span = KitTracerProvider::new(&tracer).tracer("cart").start("add");
    /// span.handle().set_baggage_item("tenant", "blue");
    /// ```
    #[must_use]
    pub fn handle(&self) -> SpanRef {
        self.get().clone()
    }

    fn get(&self) -> &SpanRef {
        match &self.span {
            Held::Own(span) => span,
            Held::Lent(span) => span,
        }
    }

    pub(crate) fn add(&self, event: OtelEvent) {
        self.log(event.name, event.timestamp, event.attributes);
    }

    fn log(&self, name: Cow<'static, str>, time: SystemTime, attributes: Vec<KeyValue>) {
        if self.get().is_noop() {
            return;
        }
        let name = Tag::new(opentracing::EVENT, name);
        let fields = std::iter::once(name).chain(attributes.into_iter().map(tag));
        self.get().log_at(time, fields.collect::<Vec<_>>());
    }

    /// What others are told, and by what they find the span from now on.
    fn show(&self) -> Shown {
        let context = to_otel(&self.get().context());
        let findable = ids(&context).filter(|ids| {
            let open = Open { span: self.handle(), seen: self.seen.clone() };
            open::insert(*ids, open)
        });
        Shown { context, findable }
    }

    /// Ends the span, if it is one's own and has not ended.
    fn close(&mut self, end: Option<SystemTime>) {
        let Held::Own(span) = &mut self.span else { return };
        let span = std::mem::take(span);
        if span.is_noop() {
            return;
        }
        if let Some(Shown { findable, .. }) = self.context.get_mut()
            && let Some(ids) = *findable
        {
            // Before the end: a span that nobody else has a handle of leaves its place to the next.
            *findable = open::end(ids).then_some(ids);
        }
        match end {
            Some(end) => span.finish_at(end),
            None => span.finish(),
        }
    }
}

impl OtelSpan for KitSpan {
    fn add_event_with_timestamp<T>(
        &mut self,
        name: T,
        timestamp: SystemTime,
        attributes: Vec<KeyValue>,
    ) where
        T: Into<Cow<'static, str>>,
    {
        self.log(name.into(), timestamp, attributes);
    }

    fn span_context(&self) -> &OtelSpanContext {
        &self.context.get_or_init(|| self.show()).context
    }

    fn is_recording(&self) -> bool {
        self.get().is_recording()
    }

    fn set_attribute(&mut self, attribute: KeyValue) {
        if !self.get().is_noop() {
            let Tag { key, value } = tag(attribute);
            self.get().set_tag(key, value);
        }
    }

    fn set_attributes(&mut self, attributes: impl IntoIterator<Item = KeyValue>) {
        if !self.get().is_noop() {
            self.get().set_tags(attributes.into_iter().map(tag));
        }
    }

    fn set_status(&mut self, status: OtelStatus) {
        let (rank, status) = match status {
            OtelStatus::Unset => return,
            OtelStatus::Error { description } => (Rank::Error, Status::Error(description)),
            OtelStatus::Ok => (Rank::Ok, Status::Ok),
        };
        if rank >= self.status {
            self.status = rank;
            self.get().set_status(status);
        }
    }

    fn update_name<T>(&mut self, new_name: T)
    where
        T: Into<Cow<'static, str>>,
    {
        self.get().rename(new_name);
    }

    fn add_link(&mut self, span_context: OtelSpanContext, _: Vec<KeyValue>) {
        self.get().link(&from_otel(&span_context));
    }

    fn end_with_timestamp(&mut self, timestamp: SystemTime) {
        // Who asks later is told what others were.
        self.context
            .get_or_init(|| Shown { context: to_otel(&self.get().context()), findable: None });
        let passed = SystemTime::now().duration_since(timestamp);
        let is_now = passed.is_ok_and(|passed| passed < NOW);
        self.close((!is_now).then_some(timestamp));
    }
}

impl Drop for KitSpan {
    fn drop(&mut self) {
        self.close(None);
        // One that has ended earlier, and was to be found for its baggage.
        if let Some(Shown { findable: Some(ids), .. }) = self.context.get() {
            open::remove(*ids);
        }
    }
}
