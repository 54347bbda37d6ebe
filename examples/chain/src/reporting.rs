//! Where spans go, and that the last ones get there.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use contrib_otlp::OtlpReporter;
use tracer_core::Tracer;

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
/// How long sending what is left may take at the end.
const LAST_SPANS: Duration = Duration::from_secs(3);

/// To where the command line says, else to where the environment does, else to nowhere. With a
/// time to give up after, where somebody waits.
pub(crate) fn otlp(
    endpoint: Option<&str>,
    give_up: Option<Duration>,
) -> Result<Option<OtlpReporter>> {
    let is_set = |name| std::env::var(name).is_ok_and(|value| !value.trim().is_empty());
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
pub(crate) fn shut_down(tracers: &[&Tracer]) {
    let until = Instant::now() + LAST_SPANS;
    for tracer in tracers {
        // The reporter itself says what it could not send.
        let _ = tracer.shutdown(until.saturating_duration_since(Instant::now()));
    }
}
