//! From a finished span to the reporter: per-thread chunks, one reporter thread, exact books.
//!
//! A finishing span is moved into its thread's [`Chunk`](chunk::Chunk). The reporter thread takes
//! the chunks away, whole, when they are full or the schedule delay is over, shows them to the
//! [`Reporter`](crate::Reporter) as a [`Batch`] and gives them back emptied. All chunks of all
//! threads draw on one budget in bytes: what does not fit is dropped and counted.

mod batch;
mod books;
mod chunk;
mod queue;
mod recorder;
mod thread;
mod warn;
mod worker;

pub use batch::{Batch, FinishedSpan, Link, LogView, SpanView};
pub use books::{Books, DropReason};
pub(crate) use chunk::{Lists, LogHead, SpanHead};
pub(crate) use recorder::Recorder;
pub use recorder::{RecorderOptions, ShutdownError};
pub(crate) use thread::ThreadBuf;
