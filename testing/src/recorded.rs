//! A tracer whose spans a test can look at.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::time::{Duration, Instant};

use crate::attributes;
use tracer_core::{FinishedSpan, MemoryReporter, Tracer, TracerBuilder, semconv};

/// A tracer with its spans.
#[derive(Debug)]
pub struct Recorded {
    /// The tracer.
    pub tracer: Tracer,
    reporter: MemoryReporter,
}

impl Recorded {
    /// A tracer that records everything.
    #[must_use]
    pub fn new() -> Self {
        Self::with(|builder| builder)
    }

    /// A tracer with settings of its own.
    #[must_use]
    pub fn with(set: impl FnOnce(TracerBuilder) -> TracerBuilder) -> Self {
        let reporter = MemoryReporter::new();
        let tracer = set(Tracer::builder("test").reporter(reporter.clone())).build();
        Self { tracer, reporter }
    }

    /// Takes the spans that have finished.
    ///
    /// # Panics
    /// When they are not handed over in time.
    #[must_use]
    pub fn spans(&self) -> Vec<FinishedSpan> {
        self.tracer.flush(Duration::from_secs(5)).unwrap();
        let spans = self.reporter.take();
        attributes::note(&spans);
        spans
    }

    /// Takes the one span there is. Waits a little for spans that finish elsewhere.
    ///
    /// # Panics
    /// When there is none, or another one.
    #[must_use]
    pub fn one(&self) -> FinishedSpan {
        let give_up = Instant::now() + Duration::from_secs(3);
        let mut spans = self.spans();
        while spans.is_empty() && Instant::now() < give_up {
            std::thread::sleep(Duration::from_millis(5));
            spans = self.spans();
        }
        assert_eq!(spans.len(), 1, "one span expected: {spans:#?}");
        spans.remove(0)
    }
}

impl Default for Recorded {
    fn default() -> Self {
        Self::new()
    }
}

/// The value of a tag as a text; empty where there is none.
#[must_use]
pub fn tag(span: &FinishedSpan, key: &str) -> String {
    span.tag(key).map(ToString::to_string).unwrap_or_default()
}

/// All tags as `key=value`, but for the two that tell of the sampler: only spans without a parent
/// have those.
#[must_use]
pub fn tags(span: &FinishedSpan) -> Vec<String> {
    let told = [semconv::SAMPLER_TYPE, semconv::SAMPLER_PARAM];
    let own = span.tags.iter().filter(|tag| !told.contains(&&*tag.key));
    own.map(|tag| format!("{}={}", tag.key, tag.value)).collect()
}
