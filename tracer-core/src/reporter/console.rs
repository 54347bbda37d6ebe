//! Prints traces to standard output.

use std::collections::HashMap;
use std::io::{IsTerminal, Write};
use std::time::Instant;

use super::{Outcome, Reporter, Waterfall, WaterfallStyle};
use crate::id::TraceId;
use crate::record::{Batch, FinishedSpan};

/// Most spans kept for traces whose local root has not finished yet.
const MAX_WAITING: usize = 10_000;

/// Prints every trace as a [`Waterfall`], for development. A trace is printed when its first span
/// in this process has finished; what is left over is printed at flush and shutdown.
#[derive(Debug)]
pub struct ConsoleReporter {
    waiting: HashMap<Option<TraceId>, Vec<FinishedSpan>>,
    style: WaterfallStyle,
}

impl ConsoleReporter {
    /// In colours where standard output is a terminal and `NO_COLOR` is not set.
    #[must_use]
    pub fn new() -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some() || !std::io::stdout().is_terminal();
        let style = if plain { WaterfallStyle::Plain } else { WaterfallStyle::Coloured };
        Self { waiting: HashMap::new(), style }
    }

    fn print(&self, spans: &[FinishedSpan]) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}", Waterfall::new(spans, self.style))?;
        out.flush()
    }

    fn print_where(&mut self, done: impl Fn(&[FinishedSpan]) -> bool) -> Outcome {
        let ready = self.waiting.iter().filter(|(_, spans)| done(spans));
        let start = |spans: &[FinishedSpan]| spans.iter().map(|span| span.start).min();
        let mut ready: Vec<_> = ready.map(|(id, spans)| (start(spans), *id)).collect();
        ready.sort_unstable();
        let mut outcome = Outcome::Reported;
        for (_, trace) in ready {
            let spans = self.waiting.remove(&trace).unwrap_or_default();
            if self.print(&spans).is_err() {
                outcome = Outcome::Failed;
            }
        }
        outcome
    }
}

impl Default for ConsoleReporter {
    fn default() -> Self {
        Self::new()
    }
}

impl Reporter for ConsoleReporter {
    fn report(&mut self, batch: &Batch<'_>) -> Outcome {
        for span in batch.spans() {
            let span = span.to_finished(batch.resource());
            self.waiting.entry(span.trace_id).or_default().push(span);
        }
        let full = self.waiting.values().map(Vec::len).sum::<usize>() > MAX_WAITING;
        self.print_where(|spans| {
            full || spans.iter().any(|span| span.parent_id.is_none() || span.has_remote_parent)
        })
    }

    fn flush(&mut self) {
        self.print_where(|_| true);
    }

    fn shutdown(&mut self, _: Instant) {
        self.flush();
    }
}
