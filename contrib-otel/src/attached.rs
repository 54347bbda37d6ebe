//! Opentelemetry's current `Context`, wherever one looks from.
//!
//! It is kept in a thread-local that opentelemetry reads without asking whether it is still there:
//! in the destructor of another thread-local, as of a runtime that a thread keeps, that is a panic
//! in a destructor, which ends the process. Tracing has no right to that.

use std::panic::{AssertUnwindSafe, catch_unwind};

use opentelemetry::{Context, ContextGuard};

/// Looks at the current `Context`. `None` on a thread that is being torn down.
pub(crate) fn look<R>(look: impl FnOnce(&Context) -> R) -> Option<R> {
    catch_unwind(AssertUnwindSafe(|| Context::map_current(look))).ok()
}

/// A clone of the current `Context`; the empty one on such a thread.
pub(crate) fn current() -> Context {
    look(Context::clone).unwrap_or_default()
}

/// Makes a `Context` current, where there can be a current one.
pub(crate) fn attach(context: Context) -> Option<ContextGuard> {
    catch_unwind(AssertUnwindSafe(|| context.attach())).ok()
}
