//! The `metrics` facade.

use std::time::Duration;

use metrics::{Counter, Histogram, Key, Label, Level, Metadata, Unit, with_recorder};

use crate::instrument::Instrument;

static METADATA: Metadata<'static> =
    Metadata::new(env!("CARGO_PKG_NAME"), Level::INFO, Some(module_path!()));

/// A series' own way into the recorder.
pub(crate) struct Facade {
    histogram: Histogram,
    messages: Option<Counter>,
}

impl Facade {
    pub(crate) fn new(
        instrument: Instrument,
        labels: Vec<(&'static str, String)>,
        counts_messages: bool,
    ) -> Self {
        let labels: Vec<_> =
            labels.into_iter().map(|(key, value)| Label::new(key, value)).collect();
        let name = instrument.name();
        let key = |name: &'static str| Key::from_parts(name, labels.clone());
        // A recorder shows what is registered, counted or not.
        let counter = instrument.counter().filter(|_| counts_messages);
        with_recorder(|recorder| {
            recorder.describe_histogram(name.into(), Some(Unit::Seconds), "".into());
            Self {
                histogram: recorder.register_histogram(&key(name), &METADATA),
                messages: counter.map(|name| recorder.register_counter(&key(name), &METADATA)),
            }
        })
    }

    #[inline]
    pub(crate) fn record(&self, duration: Duration, messages: u64) {
        self.histogram.record(duration);
        if let Some(counter) = self.messages.as_ref().filter(|_| messages > 0) {
            counter.increment(messages);
        }
    }
}
