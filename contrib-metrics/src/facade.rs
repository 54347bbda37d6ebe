//! The `metrics` facade.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use metrics::{Counter, Histogram, Key, Label, Level, Metadata, Unit, with_recorder};

use crate::instrument::Instrument;

static METADATA: Metadata<'static> =
    Metadata::new(env!("CARGO_PKG_NAME"), Level::INFO, Some(module_path!()));

/// A series' own way into the recorder.
pub(crate) struct Facade {
    labels: Vec<Label>,
    histogram: Histogram,
    /// A recorder shows what is registered: that happens with the first message.
    messages: ArcSwapOption<Counter>,
}

impl Facade {
    pub(crate) fn new(instrument: Instrument, labels: Vec<(&'static str, String)>) -> Self {
        let labels: Vec<_> =
            labels.into_iter().map(|(key, value)| Label::new(key, value)).collect();
        let name = instrument.name();
        let key = Key::from_parts(name, labels.clone());
        let histogram = with_recorder(|recorder| {
            recorder.describe_histogram(name.into(), Some(Unit::Seconds), "".into());
            recorder.register_histogram(&key, &METADATA)
        });
        Self { labels, histogram, messages: ArcSwapOption::empty() }
    }

    #[inline]
    pub(crate) fn record(&self, duration: Duration, messages: Option<(&'static str, u64)>) {
        self.histogram.record(duration);
        let Some((name, count)) = messages.filter(|(_, count)| *count > 0) else { return };
        if self.messages.load().is_none() {
            // Twice the same counter, where two threads come here at once.
            let key = Key::from_parts(name, self.labels.clone());
            let counter = with_recorder(|recorder| recorder.register_counter(&key, &METADATA));
            self.messages.store(Some(Arc::new(counter)));
        }
        if let Some(counter) = &*self.messages.load() {
            counter.increment(count);
        }
    }
}
