//! [`SpanRef`]: a span in other hands.

use std::borrow::Cow;
use std::fmt;
use std::time::SystemTime;

use super::{Live, ReferenceKind, Status, ToContext};
use crate::baggage::Baggage;
use crate::clock::{self, Stamp};
use crate::context::SpanContext;
use crate::current::{self, Entered};
use crate::record::Link;
use crate::semconv::opentracing;
use crate::value::{Tag, Value};

/// A cheap handle of a span: tags and logs it, makes it current, starts children of it. Does not
/// end it, and does not keep it open: what is written after the span has finished is counted
/// ([`Books::written_after_finish`](crate::Books::written_after_finish)) and otherwise ignored, but
/// for baggage, which is its context's and goes on to what is started below it.
///
/// [`Span`](super::Span) derefs to this: everything here works on a `Span` too.
#[derive(Clone, Default)]
pub struct SpanRef {
    pub(crate) live: Option<Live>,
}

impl SpanRef {
    /// The handle of no span: everything on it does nothing.
    #[must_use]
    pub const fn noop() -> Self {
        Self { live: None }
    }

    /// The handle of no span, which as the current one stands for none: below it a new trace
    /// begins (OpenTracing: activating `null`). To enter [`noop`](Self::noop) leaves the current
    /// span as it is. For work that is no part of what its thread is doing:
    ///
    /// ```
    /// use tracer_core::{InSpanExt, SpanRef, current};
    ///
    /// # let tracer = tracer_core::Tracer::builder("shop").build();
    /// let request = tracer.span("request").start();
    /// let _entered = request.enter();
    /// {
    ///     let _nobody = SpanRef::detached().enter();
    ///     assert!(current().context().is_empty());
    /// }
    /// # async fn refill_the_cache() {}
    /// let of_its_own = refill_the_cache().attach(SpanRef::detached());
    /// # drop(of_its_own);
    /// ```
    ///
    /// Below a filter, and inside of a reporter, it starts no span either.
    #[must_use]
    pub fn detached() -> Self {
        if current::is_suppressed() {
            return Self { live: Live::passive(SpanContext::EMPTY.suppressed()) };
        }
        Self { live: Live::nobody() }
    }

    /// Whether this is the handle of no span, as [`noop`](Self::noop) makes it.
    #[must_use]
    pub const fn is_noop(&self) -> bool {
        self.live.is_none()
    }

    /// What goes to the next hop. Stays good after the span has finished.
    #[must_use]
    #[inline]
    pub fn context(&self) -> SpanContext {
        self.live.as_ref().map(Live::context).unwrap_or_default()
    }

    /// Whether what is written here is recorded. Use it before computing an expensive tag. False
    /// once the span has finished, and once `sampling.priority` was set to 0 on it.
    #[must_use]
    pub fn is_recording(&self) -> bool {
        self.live.as_ref().is_some_and(Live::is_recording)
    }

    /// Whether a filter keeps everything below here from starting spans.
    #[must_use]
    pub fn is_suppressed(&self) -> bool {
        self.live.as_ref().is_some_and(Live::is_suppressed)
    }

    /// Sets a tag; an earlier value under the same key is replaced.
    ///
    /// OpenTracing's `error` is the span's [`Status`] where its value is a truth value, or says
    /// `"true"` or `"false"`: false takes an error back, and changes nothing else. Any other value
    /// makes an ordinary tag. `span.kind` is the span's [`SpanKind`](super::SpanKind) where its
    /// value names one, else an ordinary tag. `sampling.priority` is a tag, and heard: see
    /// [`SAMPLING_PRIORITY`](crate::semconv::opentracing::SAMPLING_PRIORITY).
    #[doc(alias = "set_attribute")]
    pub fn set_tag(&self, key: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> &Self {
        if let Some(live) = &self.live {
            live.set_tag(Tag::new(key, value));
        }
        self
    }

    /// Sets several tags at once, which takes the span's lock once.
    #[doc(alias = "set_attributes")]
    pub fn set_tags(&self, tags: impl IntoIterator<Item = Tag>) -> &Self {
        if let Some(live) = &self.live {
            // Users' code, and not to be run under the lock.
            live.set_tags(&mut tags.into_iter().collect());
        }
        self
    }

    /// Links the span to another one that has caused it in part (FollowsFrom), and that came to be
    /// known after the start; before it, [`SpanBuilder::link`](super::SpanBuilder::link) does it.
    /// A context that names no span is no link.
    #[doc(alias = "add_link")]
    pub fn link(&self, cause: &(impl ToContext + ?Sized)) -> &Self {
        if let Some(live) = &self.live {
            let context = cause.to_context();
            if context.is_valid() {
                live.add_link(Link { context, kind: ReferenceKind::FollowsFrom });
            }
        }
        self
    }

    /// Takes a tag away. `error` takes an error back, as setting it to false does; without
    /// `span.kind` a span is an internal one.
    #[allow(clippy::must_use_candidate, reason = "returned for chaining only")]
    pub fn remove_tag(&self, key: &str) -> &Self {
        if let Some(live) = &self.live {
            live.remove_tag(key);
        }
        self
    }

    /// Writes a log of one field, `event`.
    #[doc(alias = "add_event")]
    pub fn log(&self, event: impl Into<Cow<'static, str>>) -> &Self {
        if let Some(live) = &self.live {
            live.log(Stamp::Ticks(clock::now()), Tag::new(opentracing::EVENT, event.into()));
        }
        self
    }

    /// Writes a log of several fields. `event` names what happened.
    #[doc(alias = "log_kv")]
    pub fn log_fields(&self, fields: impl IntoIterator<Item = Tag>) -> &Self {
        if let Some(live) = &self.live {
            live.log_fields(Stamp::Ticks(clock::now()), &mut fields.into_iter());
        }
        self
    }

    /// Writes a log of something that happened at another time.
    pub fn log_at(&self, time: SystemTime, fields: impl IntoIterator<Item = Tag>) -> &Self {
        if let Some(live) = &self.live {
            live.log_fields(Stamp::explicit(time), &mut fields.into_iter());
        }
        self
    }

    /// Writes an error down: status, and a log `event=error` with its kind and message.
    pub fn log_error(&self, error: &(impl std::error::Error + ?Sized)) -> &Self {
        let Some(live) = &self.live else { return self };
        if !live.is_recording() {
            // Counted, if it comes too late.
            live.set_status(Status::ERROR);
        } else {
            let message = error.to_string();
            self.set_status(Status::Error(message.clone().into()));
            self.log_fields([
                Tag::new(opentracing::EVENT, opentracing::ERROR_EVENT),
                Tag::new(opentracing::ERROR_KIND, std::any::type_name_of_val(error)),
                Tag::new(opentracing::MESSAGE, message),
            ]);
        }
        self
    }

    /// Sets the status. `set_tag("error", true)` is OpenTracing's way to say `Status::ERROR`.
    #[allow(clippy::must_use_candidate, reason = "returned for chaining only")]
    pub fn set_status(&self, status: Status) -> &Self {
        if let Some(live) = &self.live {
            live.set_status(status);
        }
        self
    }

    /// Changes the name (OpenTracing: set operation name).
    #[doc(alias = "set_operation_name")]
    #[doc(alias = "update_name")]
    pub fn rename(&self, name: impl Into<Cow<'static, str>>) -> &Self {
        if let Some(live) = &self.live {
            live.rename(name.into());
        }
        self
    }

    /// Sets an item of the baggage for this span and all spans and services below it, from now
    /// on; an empty value removes it. Returns false, and changes nothing, where the key is no
    /// token or the baggage is full (see [`Baggage`]).
    #[allow(clippy::must_use_candidate, reason = "most callers can do nothing about it")]
    pub fn set_baggage_item(&self, key: &str, value: &str) -> bool {
        self.live.as_ref().is_some_and(|live| live.set_baggage(key, value))
    }

    /// An item of the baggage.
    #[must_use]
    pub fn baggage_item(&self, key: &str) -> Option<String> {
        self.live.as_ref()?.baggage().get(key).map(str::to_owned)
    }

    /// The whole baggage.
    #[must_use]
    pub fn baggage(&self) -> Baggage {
        self.live.as_ref().map(Live::baggage).unwrap_or_default()
    }

    /// A handle of the same span, below which this is the baggage; the span's own stays as it is.
    /// For bridges to libraries that carry baggage of their own beside the span. What is written
    /// goes to the span, but for baggage, which is the handle's.
    ///
    /// ```
    /// use tracer_core::Baggage;
    ///
    /// # let tracer = tracer_core::Tracer::builder("shop").build();
    /// let mut baggage = Baggage::new();
    /// baggage.set("tenant", "blue");
    /// let span = tracer.span("request").start();
    /// let _entered = span.with_baggage(baggage).enter();
    /// let child = tracer.span("child").start();
    /// if tracer_core::ENABLED {
    ///     assert_eq!(child.baggage_item("tenant").as_deref(), Some("blue"));
    ///     assert_eq!(span.baggage_item("tenant"), None);
    /// }
    /// ```
    #[must_use]
    pub fn with_baggage(&self, baggage: Baggage) -> Self {
        let live = match &self.live {
            Some(live) => live.with_baggage(baggage),
            None => Live::passive(SpanContext::default().with_baggage(baggage)),
        };
        Self { live }
    }

    /// Makes the span current on this thread until the guard is dropped. For synchronous code:
    /// do not hold the guard over an `await`, use
    /// [`in_span`](crate::InSpanExt::in_span) there (the guard is not `Send`, so that the
    /// compiler says so).
    ///
    /// ```compile_fail
    /// fn spawn<F: Future + Send>(_: F) {}
    /// # let span = tracer_core::Span::noop();
    /// spawn(async move {
    ///     let _entered = span.enter();
    ///     std::future::ready(()).await;
    /// });
    /// ```
    #[inline]
    pub fn enter(&self) -> Entered {
        current::enter(self.live.as_ref())
    }

    /// A closure that runs with this span current, wherever it runs: for `spawn_blocking`,
    /// `thread::spawn`, a thread pool.
    pub fn bind<R, F: FnOnce() -> R>(&self, work: F) -> impl FnOnce() -> R + use<R, F> {
        let span = self.clone();
        move || {
            let _entered = span.enter();
            work()
        }
    }
}

impl fmt::Debug for SpanRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.context().fmt(f)
    }
}
