//! A tracer of the kit as both sides know it.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use contrib_otel::{KitTracer, KitTracerProvider};
use opentelemetry::trace::TracerProvider;
use testing::Recorded;
use tracer_core::{FinishedSpan, Tracer, TracerBuilder};

/// The same tracer twice, and what it records.
pub(crate) struct Both {
    pub(crate) recorded: Recorded,
    pub(crate) otel: KitTracer,
}

impl Both {
    pub(crate) fn new() -> Self {
        Self::with(|builder| builder)
    }

    pub(crate) fn with(set: impl FnOnce(TracerBuilder) -> TracerBuilder) -> Self {
        let recorded = Recorded::with(set);
        let otel = KitTracerProvider::new(&recorded.tracer).tracer("");
        Self { recorded, otel }
    }

    pub(crate) fn kit(&self) -> &Tracer {
        &self.recorded.tracer
    }

    pub(crate) fn spans(&self) -> Vec<FinishedSpan> {
        self.recorded.spans()
    }

    pub(crate) fn tree(&self) -> String {
        testing::tree(&self.spans())
    }
}

/// Whether tracing is compiled out. `tests/off.rs` says what holds then.
pub(crate) const fn off() -> bool {
    !tracer_core::ENABLED
}
