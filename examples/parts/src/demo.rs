//! What every demo does: it starts its services, shows what comes of requests, and stops.

use std::pin::pin;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use tracer_core::{MemoryReporter, Tracer};

use crate::reporting::shut_down;
use crate::runtime;
use crate::say::{is_unread, say};
use crate::screen::Screen;
use crate::serving::interrupted;

/// Where spans are shown beside the terminal.
#[derive(Clone, Debug, Args)]
pub struct Showing {
    /// Where the Jaeger UI is, for a link to each trace
    #[arg(long, value_name = "URL")]
    pub viewer_url: Option<String>,

    /// Where spans go, over OTLP; without it OTEL_EXPORTER_OTLP_ENDPOINT, else nowhere
    #[arg(long, value_name = "URL")]
    pub otlp_endpoint: Option<String>,
}

impl Showing {
    /// A screen for traces of these tracers, which all report to this `memory`. Once, the viewer ends
    /// with this, and a link to it would lead nowhere.
    #[must_use]
    pub fn screen(&self, once: bool, tracers: &[&Tracer], memory: MemoryReporter) -> Screen {
        let viewer = self.viewer_url.clone().filter(|_| !once);
        Screen::new(tracers.iter().map(|tracer| (*tracer).clone()).collect(), memory, viewer)
    }
}

/// Runs it until all is shown, or somebody interrupts it.
///
/// # Errors
/// Those of `start` and `show`, but that nobody reads any more.
pub fn run<S>(
    tracers: &[&Tracer],
    mut screen: Screen,
    start: impl Future<Output = Result<S>>,
    show: impl AsyncFnOnce(&mut Screen, &S) -> Result<()>,
    stop: impl AsyncFnOnce(S),
) -> Result<ExitCode> {
    let shown = runtime::run(async {
        let mut interrupted = pin!(interrupted()?);
        let services = tokio::select! {
            services = start => services?,
            // A server that does not answer is no reason to stay.
            () = &mut interrupted => return Ok(()),
        };
        let shown = tokio::select! {
            shown = show(&mut screen, &services) => shown,
            () = &mut interrupted => say("stopping: sending what is left …").map_err(Into::into),
        };
        stop(services).await;
        shown
    });
    shut_down(tracers);
    match shown {
        Err(error) if !is_unread(&error) => Err(error),
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// What a program ends with: an error is told in one line.
#[must_use]
pub fn exit(program: &str, ended: Result<ExitCode>) -> ExitCode {
    ended.unwrap_or_else(|error| {
        crate::say::note(format_args!("{program}: {error:#}"));
        ExitCode::FAILURE
    })
}
