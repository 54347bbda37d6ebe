//! Tracing for as long as a program runs.

use std::io::Write;
use std::ops::Deref;
use std::time::Duration;

use tracer_core::Tracer;

/// How long the end of a program waits for its last spans to be sent.
const LAST_SPANS: Duration = Duration::from_secs(5);

/// Keeps tracing going; see [`init_from_env`](crate::init_from_env) and [`init`](crate::init).
/// Derefs to the tracer.
///
/// Dropped, it waits up to five seconds for what is left to be sent, and spans that start later
/// are not recorded.
#[derive(Debug)]
#[must_use = "dropped at once, it ends tracing at once"]
pub struct Tracing {
    tracer: Tracer,
}

impl Tracing {
    pub(super) const fn new(tracer: Tracer) -> Self {
        Self { tracer }
    }

    /// The tracer.
    #[must_use]
    pub const fn tracer(&self) -> &Tracer {
        &self.tracer
    }
}

impl Deref for Tracing {
    type Target = Tracer;

    fn deref(&self) -> &Tracer {
        &self.tracer
    }
}

impl Drop for Tracing {
    fn drop(&mut self) {
        // The global tracer may be another one by now, and is left alone.
        self.tracer.set_enabled(false);
        if self.tracer.shutdown(LAST_SPANS).is_err() {
            let books = self.tracer.books();
            let _ = writeln!(
                std::io::stderr(),
                "tracer: the receiver did not answer within {} s at the end: {} spans lost, of {} \
                 the outcome is unknown",
                LAST_SPANS.as_secs(),
                books.lost(),
                books.outcome_unknown,
            );
        }
    }
}
