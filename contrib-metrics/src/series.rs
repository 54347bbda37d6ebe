//! One combination of labels.

use std::sync::atomic::{AtomicU64, Ordering};

use tracer_core::{EndedSpan, Value};

#[cfg(feature = "facade")]
use crate::facade::Facade;
use crate::histogram::Histogram;
use crate::instrument::{Instrument, Labels};

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
    /// Of spans that messages are counted by: the counter, and how many of them.
    pub messages: Option<(&'static str, u64)>,
}

impl Series {
    /// How many were measured.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.buckets.last().map_or(0, |(_, count)| *count)
    }

    /// Adds what has the same labels: numbers here and texts there that look the same.
    pub(crate) fn add(&mut self, other: &Self) {
        for ((_, count), (_, more)) in self.buckets.iter_mut().zip(&other.buckets) {
            *count += more;
        }
        self.sum += other.sum;
        if let (Some((_, count)), Some((_, more))) = (&mut self.messages, other.messages) {
            *count += more;
        } else {
            self.messages = self.messages.or(other.messages);
        }
    }
}

/// The counters of a series.
pub(crate) struct Counters {
    instrument: Instrument,
    /// None of what is over the limit.
    labels: Option<Box<[Option<Value>]>>,
    histogram: Histogram,
    messages: AtomicU64,
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
        let _ = to_facade;
        let labels = labels.map(|labels| labels.map(Option::<&Value>::cloned).into());
        Self {
            #[cfg(feature = "facade")]
            facade: to_facade
                .then(|| Facade::new(instrument, shown(instrument, labels.as_deref()))),
            instrument,
            labels,
            histogram: Histogram::new(instrument.bounds()),
            messages: AtomicU64::new(0),
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
        if messages > 0 {
            self.messages.fetch_add(messages, Ordering::Relaxed);
        }
        #[cfg(feature = "facade")]
        if let Some(facade) = &self.facade {
            facade.record(duration, self.instrument.counter().map(|name| (name, messages)));
        }
    }

    /// As it is now. A series in which nothing was counted is none.
    pub(crate) fn read(&self) -> Option<Series> {
        let messages = self.messages.load(Ordering::Relaxed);
        let series = Series {
            name: self.instrument.name(),
            labels: shown(self.instrument, self.labels.as_deref()),
            sum: self.histogram.sum(),
            buckets: self.histogram.buckets(),
            messages: self
                .instrument
                .counter()
                .filter(|_| messages > 0)
                .map(|name| (name, messages)),
        };
        (series.count() > 0).then_some(series)
    }
}

fn shown(instrument: Instrument, labels: Option<&[Option<Value>]>) -> Vec<(&'static str, String)> {
    let Some(labels) = labels else { return vec![(OVERFLOW, "true".to_owned())] };
    let there = instrument.labels().iter().zip(labels);
    there.filter_map(|(key, value)| Some((*key, value.as_ref()?.to_string()))).collect()
}
