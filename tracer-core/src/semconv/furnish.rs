//! Starting a span with tags that cost something to make.

use crate::observe::furnish;
use crate::span::{Span, SpanBuilder};
use crate::{ENABLED, Tag, Tracer, current};

/// Starts a span, with its tags made where somebody will see them: before the start if the sampler
/// reads tags, else after it, and only if the span is recorded.
pub(super) fn start(
    tracer: &Tracer,
    mut builder: SpanBuilder<'_>,
    fill: impl FnOnce(&mut Vec<Tag>),
) -> Span {
    if !ENABLED {
        return Span::noop();
    }
    if tracer.core().sampler.reads_tags() {
        let mut tags = current::scratch();
        fill(&mut tags);
        for tag in tags {
            builder = builder.tag(tag.key, tag.value);
        }
        return builder.start();
    }
    let span = builder.start();
    if furnish::is_recording(&span) {
        let mut tags = current::scratch();
        fill(&mut tags);
        furnish::with_tags(&span, &mut tags);
        current::give_back(tags);
    }
    span
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use super::*;
    use crate::{Decision, MemoryReporter, Sampler, SamplingInput};

    /// Records what has a tag.
    #[derive(Debug)]
    struct Picky {
        reads: bool,
    }

    impl Sampler for Picky {
        fn sample(&self, input: &SamplingInput<'_>) -> Decision {
            if !self.reads || input.tags.iter().any(|tag| tag.key == "wanted") {
                Decision::yes()
            } else {
                Decision::no()
            }
        }

        fn reads_tags(&self) -> bool {
            self.reads
        }
    }

    #[test]
    fn who_reads_tags_gets_them_before_the_start() {
        if !ENABLED {
            return;
        }
        for (reads, key, recorded, made) in
            [(true, "wanted", 1, 1), (true, "other", 0, 1), (false, "wanted", 1, 1)]
        {
            let reporter = MemoryReporter::new();
            let tracer =
                Tracer::builder("test").sampler(Picky { reads }).reporter(reporter.clone()).build();
            let times = AtomicU32::new(0);
            let builder = tracer.span("op").root().tag("first", 1);
            start(&tracer, builder, |tags| {
                times.fetch_add(1, Ordering::Relaxed);
                tags.push(Tag::new(key, true));
            })
            .finish();
            assert!(tracer.flush(Duration::from_secs(5)).is_ok());
            let spans = reporter.take();
            assert_eq!(spans.len(), recorded, "{reads} {key}");
            assert_eq!(times.into_inner(), made);
            for span in spans {
                assert_eq!(span.tags.len(), 2);
                assert!(span.tag(key).is_some());
            }
        }
    }

    #[test]
    fn for_nobody_they_are_not_made() {
        let tracer = Tracer::builder("test").sampler(crate::AlwaysOff).build();
        start(&tracer, tracer.span("op").root(), |_| unreachable!("nobody reads them")).finish();
    }
}
