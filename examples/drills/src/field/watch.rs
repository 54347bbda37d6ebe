//! The spans of a drill's services, and their books.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use tracer_core::{FinishedSpan, MemoryReporter, Tracer};

/// How long a drill's last span may take.
const PATIENCE: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(20);
/// How long nothing has to happen until all has happened: a task that was spawned has its span from
/// the start.
const QUIET: Duration = Duration::from_millis(60);
const FLUSH: Duration = Duration::from_secs(5);

/// What is watched.
#[derive(Clone, Debug)]
pub struct Watch {
    /// A service each.
    pub tracers: Vec<Tracer>,
    /// Where all of them report to.
    pub memory: MemoryReporter,
}

impl Watch {
    /// All spans, once no service is at work any more.
    ///
    /// # Errors
    /// That one of them does not come to an end.
    pub async fn all(&self) -> Result<Vec<FinishedSpan>> {
        let until = Instant::now() + PATIENCE;
        let mut before = None;
        loop {
            let books: Vec<_> = self.tracers.iter().map(Tracer::books).collect();
            let open: u64 = books.iter().map(|books| books.open).sum();
            let finished: u64 = books.iter().map(|books| books.finished).sum();
            if open == 0 && before == Some(finished) {
                self.flush().await;
                return Ok(self.memory.spans());
            }
            before = (open == 0).then_some(finished);
            if Instant::now() > until {
                bail!("{open} spans are still open");
            }
            tokio::time::sleep(if before.is_some() { QUIET } else { POLL }).await;
        }
    }

    /// Until so many spans of this name have finished.
    ///
    /// # Errors
    /// That they don't.
    pub async fn until(&self, name: &str, times: usize) -> Result<()> {
        let until = Instant::now() + PATIENCE;
        loop {
            self.flush().await;
            let spans = self.memory.spans();
            if !tracer_core::ENABLED || spans.iter().filter(|s| s.name == name).count() >= times {
                return Ok(());
            }
            if Instant::now() > until {
                let names: Vec<_> = spans.iter().map(|span| &*span.name).collect();
                bail!("there are not {times} spans called {name:?}, but {names:?}");
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Off the runtime's threads.
    async fn flush(&self) {
        let tracers = self.tracers.clone();
        let flush = move || {
            for tracer in tracers {
                // One whose collector is down is as far as it comes.
                let _ = tracer.flush(FLUSH);
            }
        };
        let _ = tokio::task::spawn_blocking(flush).await;
    }
}
