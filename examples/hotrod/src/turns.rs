//! A lock that tells how long its queue is.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Mutex, MutexGuard};
use tracing::info;

/// One at a time.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    lock: Mutex<()>,
    /// Who has it, and who waits for it.
    here: AtomicUsize,
}

/// Somebody's turn, until it is dropped.
pub(crate) struct Turn<'a> {
    _guard: MutexGuard<'a, ()>,
    _counted: Counted<'a>,
}

struct Counted<'a>(&'a AtomicUsize);

impl Turns {
    /// Waits, and says so: the line is a log of the span that waits.
    pub(crate) async fn turn(&self) -> Turn<'_> {
        let ahead = self.here.fetch_add(1, Ordering::Relaxed);
        // From here on: who gives up waiting is not counted any more.
        let counted = Counted(&self.here);
        if ahead > 0 {
            info!(ahead, "waiting for the lock");
        }
        let guard = self.lock.lock().await;
        if ahead > 0 {
            info!("has the lock");
        }
        Turn { _guard: guard, _counted: counted }
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
