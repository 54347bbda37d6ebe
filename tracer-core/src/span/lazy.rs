//! Starting a span with tags that are made only if somebody will see them.

use super::{Span, SpanBuilder};
use crate::observe::furnish;
use crate::value::Tag;
use crate::{ENABLED, current, tracer};

impl SpanBuilder<'_> {
    /// Starts the span with tags that cost something to make. They are made where somebody will
    /// see them: before the start if the sampler reads tags, else after it, and only if the span
    /// is recorded. What decides about the span, as `sampling.priority` does, is given to the
    /// builder ([`tag`](Self::tag)).
    ///
    /// ```
    /// use tracer_core::Tag;
    ///
    /// # let tracer = tracer_core::Tracer::builder("shop").build();
    /// # let cart = vec![1, 2, 3];
    /// let span = tracer.span("checkout").start_with(|tags| {
    ///     tags.push(Tag::new("cart", format!("{cart:?}")));
    /// });
    /// ```
    pub fn start_with(mut self, fill: impl FnOnce(&mut Vec<Tag>)) -> Span {
        if !ENABLED {
            return Span::noop();
        }
        if self.sampler_reads_tags() {
            if self.tags.capacity() == 0 {
                self.tags = current::scratch();
            }
            fill(&mut self.tags);
            return self.start();
        }
        let span = self.start();
        if let Some(live) = &span.live
            && furnish::is_recording(&span)
        {
            let mut tags = current::scratch();
            fill(&mut tags);
            if !tags.is_empty() {
                live.set_tags(&mut tags);
            }
            current::give_back(tags);
        }
        span
    }

    /// Whether a sampler is to be asked, perhaps, and then looks at tags.
    fn sampler_reads_tags(&self) -> bool {
        match self.tracer {
            Some(tracer) => tracer.core().sampler.reads_tags(),
            None => tracer::global_is(|tracer| tracer.core().sampler.reads_tags()),
        }
    }
}
