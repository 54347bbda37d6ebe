//! The kit and its peers, made to do the same things.

#[cfg(feature = "peers")]
mod fastrace;
mod floor;
mod kit;
#[cfg(feature = "peers")]
mod opentelemetry;
#[cfg(feature = "peers")]
mod tracing_opentelemetry;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use http::HeaderMap;

#[cfg(feature = "peers")]
pub use fastrace::Fastrace;
pub use floor::Floor;
pub use kit::Kit;
#[cfg(feature = "peers")]
pub use opentelemetry::OpenTelemetry;
#[cfg(feature = "peers")]
pub use tracing_opentelemetry::TracingOpenTelemetry;

/// Whose figure it is: a column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    Kit,
    Fastrace,
    OpenTelemetry,
    TracingOpenTelemetry,
    /// The same program without any tracer, or the least that could do.
    Floor,
}

impl Who {
    pub const ALL: [Self; 5] =
        [Self::Kit, Self::Fastrace, Self::OpenTelemetry, Self::TracingOpenTelemetry, Self::Floor];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Kit => "kit",
            Self::Fastrace => "fastrace",
            Self::OpenTelemetry => "opentelemetry",
            Self::TracingOpenTelemetry => "tracing-opentelemetry",
            Self::Floor => "floor",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|who| who.name() == name)
    }

    /// Whether it is in this build.
    pub const fn is_built(self) -> bool {
        cfg!(feature = "peers") || matches!(self, Self::Kit | Self::Floor)
    }
}

/// Calls a function of one type parameter for the contestant that is asked for.
macro_rules! for_contestant {
    ($who:expr, $function:ident ( $($argument:expr),* )) => {
        match $who {
            $crate::contestants::Who::Kit => $function::<$crate::contestants::Kit>($($argument),*),
            #[cfg(feature = "peers")]
            $crate::contestants::Who::Fastrace => {
                $function::<$crate::contestants::Fastrace>($($argument),*)
            }
            #[cfg(feature = "peers")]
            $crate::contestants::Who::OpenTelemetry => {
                $function::<$crate::contestants::OpenTelemetry>($($argument),*)
            }
            #[cfg(feature = "peers")]
            $crate::contestants::Who::TracingOpenTelemetry => {
                $function::<$crate::contestants::TracingOpenTelemetry>($($argument),*)
            }
            $crate::contestants::Who::Floor => {
                $function::<$crate::contestants::Floor>($($argument),*)
            }
            #[cfg(not(feature = "peers"))]
            other => panic!("{} is not in this build", other.name()),
        }
    };
}
pub(crate) use for_contestant;

/// What is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Sampled,
    Unsampled,
    /// As callers say; durations are measured whatever that is.
    Measured,
    /// As far off as it can be at run time.
    Off,
}

/// Where spans go.
#[derive(Clone, Debug)]
pub enum Sink {
    /// Counted, and forgotten.
    Count,
    /// The reporter never comes back from its first batch.
    Hang,
    /// The reporter panics on its first batch, and counts the rest.
    PanicOnce,
    /// OTLP over HTTP, to this address.
    Otlp(String),
}

/// What a contestant's reporter or exporter does with spans, for all of them.
#[derive(Clone, Debug)]
pub struct Counter {
    sink: Sink,
    received: Arc<AtomicU64>,
    batches: Arc<AtomicU64>,
}

impl Counter {
    fn new(sink: Sink) -> Self {
        Self { sink, received: Arc::default(), batches: Arc::default() }
    }

    fn take(&self, spans: u64) {
        let earlier = self.batches.fetch_add(1, Ordering::Relaxed);
        match self.sink {
            Sink::Hang => loop {
                std::thread::sleep(Duration::from_secs(3_600));
            },
            Sink::PanicOnce if earlier == 0 => panic!("a reporter that panics once"),
            _ => {
                self.received.fetch_add(spans, Ordering::Relaxed);
            }
        }
    }

    fn seen(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }
}

/// A tracer under test. A process has one.
pub trait Contestant: Sized + Sync {
    fn start(mode: Mode, sink: Sink) -> Self;

    /// A root span, started and ended.
    fn root(&self);
    /// The same with four tags, of which one is a fresh `String`, and a log.
    fn root_with_tags(&self, order: u64);
    /// A root and children of it, each current while it lasts and none told who its parent is.
    fn trace(&self, children: u32);
    /// A span that is current while it lasts, where nothing is around it.
    fn alone(&self);
    /// The caller's context out of a request's headers.
    fn extract(&self, headers: &HeaderMap);
    /// Calls `work` where a root span is current.
    fn in_root(&self, work: impl FnOnce());
    /// The current span's context into the headers of a request.
    fn inject(&self, headers: &mut HeaderMap);
    /// A future with a span, polled until it is done.
    fn poll(&self, future: Ticks);

    /// Sees to it that what has ended is reported.
    fn flush(&self);
    /// Spans that the reporter has seen so far.
    fn seen(&self) -> u64;
    /// How many spans were reported of all that have ended.
    fn received(&self) -> u64 {
        self.flush();
        self.seen()
    }
    /// How many spans it says it has lost; none where it does not say.
    fn known_losses(&self) -> Option<u64> {
        None
    }
    /// Stops within this time, if it is as good as its word.
    fn shutdown(&self, deadline: Duration);
}

/// A future that is ready after so many polls.
#[derive(Debug)]
pub struct Ticks(pub u32);

impl Future for Ticks {
    type Output = ();

    fn poll(mut self: std::pin::Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        self.0 -= 1;
        if std::hint::black_box(self.0) == 0 { Poll::Ready(()) } else { Poll::Pending }
    }
}

/// Polls until it is done, with nobody to wake.
fn drive(future: impl Future<Output = ()>) {
    let mut future = std::pin::pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    while future.as_mut().poll(&mut context).is_pending() {}
}
