//! The runtime that the services run on, and its end.

use std::time::Duration;

use anyhow::Result;
use tokio::runtime::Runtime;

/// How long what is under way may take to be dropped: to the end of a step that does not wait.
const LAST_STEPS: Duration = Duration::from_secs(1);

/// Runs this to its end. What it leaves behind, such as a request that nobody waits for any longer,
/// is dropped before this returns: its spans end as cancelled, and a tracer that is shut down
/// afterwards still sends them.
///
/// # Errors
/// Those of `work`, and when there can be no runtime.
pub fn run<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = Runtime::new()?;
    let result = runtime.block_on(work);
    runtime.shutdown_timeout(LAST_STEPS);
    result
}
