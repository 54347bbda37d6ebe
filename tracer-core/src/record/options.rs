//! Sizes and times that a tracer's recorder is given.

use std::time::Duration;

/// Sizes and times of a tracer's recorder.
///
/// ```
/// use tracer_core::{RecorderOptions, Tracer};
///
/// let options = RecorderOptions::default().with_max_bytes(64 << 20);
/// let tracer = Tracer::builder("shop").recorder(options).build();
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RecorderOptions {
    /// Bytes that finished spans may take while they wait, over all threads. Default 6 MiB. What is
    /// [held](crate::KeepIf) comes on top.
    pub max_bytes: usize,
    /// Most spans in one batch (`OTEL_BSP_MAX_EXPORT_BATCH_SIZE`). Default 512.
    pub max_batch: usize,
    /// Longest time a span waits for company (`OTEL_BSP_SCHEDULE_DELAY`). Default 1 s.
    pub schedule_delay: Duration,
    /// Longest time that dropping the last `Tracer` waits for the rest to go out. Default 5 s.
    pub shutdown_timeout: Duration,
}

impl RecorderOptions {
    /// These options with another [budget](Self::max_bytes).
    #[must_use]
    pub const fn with_max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// These options with another [size of a batch](Self::max_batch).
    #[must_use]
    pub const fn with_max_batch(mut self, spans: usize) -> Self {
        self.max_batch = spans;
        self
    }

    /// These options with another [time to wait for company](Self::schedule_delay).
    #[must_use]
    pub const fn with_schedule_delay(mut self, delay: Duration) -> Self {
        self.schedule_delay = delay;
        self
    }

    /// These options with another [deadline of the drop](Self::shutdown_timeout).
    #[must_use]
    pub const fn with_shutdown_timeout(mut self, timeout: Duration) -> Self {
        self.shutdown_timeout = timeout;
        self
    }
}

impl Default for RecorderOptions {
    fn default() -> Self {
        Self {
            max_bytes: 6 << 20,
            max_batch: 512,
            schedule_delay: Duration::from_secs(1),
            shutdown_timeout: Duration::from_secs(5),
        }
    }
}
