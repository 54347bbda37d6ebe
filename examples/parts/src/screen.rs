//! Traces on the terminal.

use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use tracer_core::{MemoryReporter, Tracer, WaterfallStyle};

use crate::say::say;
use crate::traces::{Trace, Traces};

/// How long a trace of a request that was answered may take to be complete.
const COMPLETE: Duration = Duration::from_secs(5);

/// How long one waits for one's own trace where others' are drawn meanwhile.
const OWN: Duration = Duration::from_secs(20);

/// Draws traces as they come.
#[derive(Debug)]
pub struct Screen {
    traces: Traces,
    viewer: Option<String>,
    style: WaterfallStyle,
}

impl Screen {
    /// Of traces of these tracers, which all report to this `memory`; with links to a viewer at this
    /// URL.
    #[must_use]
    pub fn new(tracers: Vec<Tracer>, memory: MemoryReporter, viewer: Option<String>) -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some() || !io::stdout().is_terminal();
        let style = if plain { WaterfallStyle::Plain } else { WaterfallStyle::Coloured };
        Self { traces: Traces::new(tracers, memory), viewer, style }
    }

    /// The trace of a request that was answered a moment ago, not drawn; `None` where it does not
    /// come.
    pub async fn next(&mut self) -> Option<Trace> {
        self.traces.next_within(COMPLETE).await
    }

    /// Draws the trace of a request that was answered a moment ago, or says that there is none.
    ///
    /// # Errors
    /// When nobody reads.
    pub async fn draw_next(&mut self) -> io::Result<Option<Trace>> {
        let trace = self.next().await;
        match &trace {
            Some(trace) => self.draw(trace)?,
            None => say("no trace yet: is tracing off, or the collector down?\n")?,
        }
        Ok(trace)
    }

    /// The same, for a request that this service was the first to get. Traces of others, such as of
    /// a message that was in the queue before, are drawn as well.
    ///
    /// # Errors
    /// When nobody reads.
    pub async fn draw_next_of(&mut self, service: &str) -> io::Result<Option<Trace>> {
        let until = Instant::now() + OWN;
        while let Some(trace) = self.draw_next().await? {
            if trace.services().contains(service) {
                return Ok(Some(trace));
            }
            if Instant::now() > until {
                say("no trace of our own yet: others are in front of it\n")?;
                break;
            }
        }
        Ok(None)
    }

    /// Draws all that come.
    ///
    /// # Errors
    /// When nobody reads.
    pub async fn draw_all(&mut self) -> io::Result<()> {
        loop {
            let trace = self.traces.next().await;
            self.draw(&trace)?;
        }
    }

    /// Draws this one, with a link to it.
    ///
    /// # Errors
    /// When nobody reads.
    pub fn draw(&self, trace: &Trace) -> io::Result<()> {
        say(trace.waterfall(self.style))?;
        if let (Some(viewer), Some(id)) = (&self.viewer, trace.id) {
            say(format_args!("{}/trace/{id}\n", viewer.trim_end_matches('/')))?;
        }
        Ok(())
    }
}
