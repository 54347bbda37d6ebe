//! One combination of labels.

use std::sync::atomic::{AtomicU64, Ordering};

use tracer_core::{EndedSpan, Value};

#[cfg(feature = "facade")]
use crate::facade::Facade;
use crate::histogram::Histogram;
use crate::instrument::{COUNTERS, Instrument, Labels};

/// The label of what is over the limit.
const OVERFLOW: &str = "otel.metric.overflow";

/// What was measured under one combination of labels.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Series {
    /// The histogram, as OpenTelemetry calls it.
    pub name: &'static str,
    /// Names and values.
    pub labels: Vec<(&'static str, String)>,
    /// Bounds in seconds, and how many took no longer than that. The last one is infinity: all.
    pub buckets: Vec<(f64, u64)>,
    /// Seconds of all together.
    pub sum: f64,
    /// Counters of messages, and how many of them these spans were about. None of other spans.
    pub messages: Vec<(&'static str, u64)>,
}

impl Series {
    /// How many were measured.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.buckets.last().map_or(0, |(_, count)| *count)
    }
}

/// The counters of a series.
pub(crate) struct Counters {
    instrument: Instrument,
    /// None of what is over the limit.
    labels: Option<Box<[Option<Value>]>>,
    histogram: Histogram,
    /// In the order of [`COUNTERS`].
    messages: [AtomicU64; COUNTERS.len()],
    #[cfg(feature = "facade")]
    facade: Option<Facade>,
}

impl Counters {
    pub(crate) fn new(
        instrument: Instrument,
        labels: Option<&Labels<'_>>,
        to_facade: bool,
    ) -> Self {
        #[cfg(not(feature = "facade"))]
        debug_assert!(!to_facade);
        let labels = labels.map(|labels| labels.map(Option::<&Value>::cloned).into());
        Self {
            #[cfg(feature = "facade")]
            facade: to_facade
                .then(|| Facade::new(instrument, shown(instrument, labels.as_deref()))),
            instrument,
            labels,
            histogram: Histogram::new(instrument.bounds()),
            messages: Default::default(),
        }
    }

    pub(crate) fn has(&self, labels: &Labels<'_>) -> bool {
        let own = self.labels.as_deref().unwrap_or_default();
        own.iter().map(Option::as_ref).eq(labels.iter().copied())
    }

    #[inline]
    pub(crate) fn record(&self, span: &EndedSpan<'_>) {
        let duration = span.duration();
        self.histogram.record(duration);
        let messages = self.instrument.messages(span);
        if let Some((counter, count)) = messages {
            self.messages[counter].fetch_add(count, Ordering::Relaxed);
        }
        #[cfg(feature = "facade")]
        if let Some(facade) = &self.facade {
            facade.record(duration, messages);
        }
    }

    /// As it is now. A series in which nothing was counted is none.
    pub(crate) fn read(&self) -> Option<Series> {
        let counted = COUNTERS.into_iter().zip(&self.messages);
        let messages = counted.map(|(name, count)| (name, count.load(Ordering::Relaxed)));
        let series = Series {
            name: self.instrument.name(),
            labels: shown(self.instrument, self.labels.as_deref()),
            sum: self.histogram.sum(),
            buckets: self.histogram.buckets(),
            messages: messages.filter(|(_, count)| *count > 0).collect(),
        };
        (series.count() > 0).then_some(series)
    }
}

fn shown(instrument: Instrument, labels: Option<&[Option<Value>]>) -> Vec<(&'static str, String)> {
    let Some(labels) = labels else { return vec![(OVERFLOW, "true".to_owned())] };
    let there = instrument.labels().iter().zip(labels);
    there.filter_map(|(key, value)| Some((*key, value.as_ref()?.to_string()))).collect()
}
