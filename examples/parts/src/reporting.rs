//! Where spans go, and that the last ones get there.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use contrib_otlp::OtlpReporter;
use tracer_core::{MemoryReporter, Tracer, TracerBuilder};

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
/// How long sending what is left may take at the end.
const LAST_SPANS: Duration = Duration::from_secs(3);

/// How long a receiver is waited for where the next trace on the screen waits behind it.
const GIVE_UP: Duration = Duration::from_secs(1);

/// A tracer whose spans are kept for the screen, and sent on if there is a receiver.
///
/// # Errors
/// When what names the receiver can't be used.
pub fn for_the_screen(
    builder: TracerBuilder,
    memory: &MemoryReporter,
    endpoint: Option<&str>,
) -> Result<Tracer> {
    // The screen goes first: it does not wait for a collector that is slow, or down.
    let memory = memory.clone();
    Ok(match otlp(endpoint, Some(GIVE_UP))? {
        Some(otlp) => builder.reporter((memory, otlp)).build(),
        None => builder.reporter(memory).build(),
    })
}

/// To where the command line says, else to where the environment does, else to nowhere. With a
/// time to give up after, where somebody waits.
///
/// # Errors
/// When what names it can't be used.
pub fn otlp(endpoint: Option<&str>, give_up: Option<Duration>) -> Result<Option<OtlpReporter>> {
    let is_set = |name| tracer_core::env_var(name).is_some_and(|value| !value.trim().is_empty());
    let reporter = match endpoint {
        Some(endpoint) => {
            let mut builder = OtlpReporter::builder().endpoint(endpoint);
            if let Some(time) = give_up {
                builder = builder.timeout(time).max_elapsed(time);
            }
            builder.build().context("--otlp-endpoint")?
        }
        None if is_set(ENDPOINT) => OtlpReporter::from_env().context(ENDPOINT)?,
        None => return Ok(None),
    };
    Ok(Some(reporter))
}

/// Sends what is left. It waits, so that its place is behind the runtime's end: then no span is
/// open any more.
pub fn shut_down(tracers: &[&Tracer]) {
    let until = Instant::now() + LAST_SPANS;
    for tracer in tracers {
        // The reporter itself says what it could not send.
        let _ = tracer.shutdown(until.saturating_duration_since(Instant::now()));
    }
}
