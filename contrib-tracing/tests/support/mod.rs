//! A subscriber with the layer, and where its spans end up.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

use std::fmt::Write;
use std::io;
use std::sync::{Arc, Mutex};

use contrib_tracing::TraceLayer;
use testing::Recorded;
use tracer_core::FinishedSpan;
use tracing::Dispatch;
use tracing::dispatcher::with_default;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::Registry;

/// A layer that records with this tracer, spans and events of every level.
pub(crate) fn layer(recorded: &Recorded) -> impl Layer<Registry> + Send + Sync + use<> {
    TraceLayer::new().with_tracer(recorded.tracer.clone()).with_filter(LevelFilter::TRACE)
}

/// A subscriber with that layer.
pub(crate) fn dispatch(recorded: &Recorded) -> Dispatch {
    Dispatch::new(tracing_subscriber::registry().with(layer(recorded)))
}

/// What is recorded of some work.
pub(crate) fn record(work: impl FnOnce()) -> Vec<FinishedSpan> {
    let recorded = Recorded::new();
    with_default(&dispatch(&recorded), work);
    recorded.spans()
}

/// The same as a tree.
pub(crate) fn tree(work: impl FnOnce()) -> String {
    testing::tree(&record(work))
}

/// A log's fields, but for those that say where it was made: `event=order placed id=7`.
pub(crate) fn logs(span: &FinishedSpan) -> Vec<String> {
    let place = ["level", "target", "code.file.path", "code.line.number"];
    let line = |fields: &Vec<tracer_core::Tag>| {
        let mut line = String::new();
        for field in fields.iter().filter(|field| !place.contains(&&*field.key)) {
            let _ = write!(
                line,
                "{}{}={}",
                if line.is_empty() { "" } else { " " },
                field.key,
                field.value
            );
        }
        line
    };
    span.logs.iter().map(|(_, fields)| line(fields)).collect()
}

/// Lines that `fmt` has written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).expect("fmt writes UTF-8")
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.text().lines().map(str::to_owned).collect()
    }
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// An error with so many causes.
#[derive(Debug)]
pub(crate) struct Nested {
    level: u32,
    source: Option<Box<Self>>,
}

impl Nested {
    pub(crate) fn new(level: u32) -> Self {
        let mut error = Self { level: 0, source: None };
        for level in 1..=level {
            error = Self { level, source: Some(Box::new(error)) };
        }
        error
    }
}

impl std::fmt::Display for Nested {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "level {}", self.level)
    }
}

impl std::error::Error for Nested {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
