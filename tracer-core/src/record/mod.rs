//! From a finished span to the reporter: per-thread rings, one reporter thread, exact books.
//!
//! A finishing span is moved into its thread's [ring](ring::Writer), without a lock, an allocation
//! or a read-modify-write. The reporter thread empties the rings when the schedule delay is over
//! or one is half full, shows the spans to the [`Reporter`](crate::Reporter) as a [`Batch`], and
//! settles the books. All rings and strings of all threads draw on one budget in bytes: what does
//! not fit is dropped and counted. Spans of traces that are [held](keep) wait in a store in between,
//! which has a bound of its own.

mod batch;
mod books;
mod budget;
mod chunk;
mod control;
mod entry;
mod keep;
mod lean;
#[cfg(all(test, loom))]
mod models;
mod names;
mod options;
mod processor;
mod recorder;
mod ring;
mod shutdown_error;
mod thread;
mod warn;
mod worker;

pub use batch::{Batch, Dropped, FinishedSpan, Link, LogView, SpanView};
pub use books::{Books, DropReason};
pub(crate) use entry::{Lists, LogHead, REMOTE_PARENT, SpanHead, UNIX_END, UNIX_START};
pub use keep::KeepIf;
pub(crate) use lean::{PlainSpan, pack, pack_origin, unpack_flags, unpack_name, unpack_origin};
pub(crate) use names::NameCache;
pub use options::RecorderOptions;
pub(crate) use processor::Processing;
pub use processor::{EndedSpan, SpanProcessor};
pub(crate) use recorder::Recorder;
pub(crate) use ring::Writer;
pub use shutdown_error::ShutdownError;
