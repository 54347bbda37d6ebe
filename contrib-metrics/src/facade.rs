//! The `metrics` facade.

use std::sync::OnceLock;
use std::time::Duration;

use metrics::{Counter, Histogram, Key, Label, Level, Metadata, Unit, with_recorder};

use crate::instrument::{COUNTERS, Instrument};

static METADATA: Metadata<'static> =
    Metadata::new(env!("CARGO_PKG_NAME"), Level::INFO, Some(module_path!()));

/// A series' own way into the recorder.
pub(crate) struct Facade {
    labels: Vec<Label>,
    histogram: Histogram,
    /// A recorder shows what is registered: that happens with the first message.
    messages: [OnceLock<Counter>; COUNTERS.len()],
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
        Self { labels, histogram, messages: Default::default() }
    }

    #[inline]
    pub(crate) fn record(&self, duration: Duration, messages: Option<(usize, u64)>) {
        self.histogram.record(duration);
        if let Some((counter, count)) = messages {
            let register = || {
                let key = Key::from_parts(COUNTERS[counter], self.labels.clone());
                with_recorder(|recorder| recorder.register_counter(&key, &METADATA))
            };
            self.messages[counter].get_or_init(register).increment(count);
        }
    }
}
