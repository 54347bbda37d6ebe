//! A mock tracer as the global one, for a while.

use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::MockTracer;
use crate::tracer::{Tracer, clear_global, set_global};

/// One test after the other has the global tracer.
static TURN: Mutex<()> = Mutex::new(());

thread_local! {
    /// Guards of this thread.
    static HELD: Cell<usize> = const { Cell::new(0) };
}

impl MockTracer {
    /// Makes this the [global tracer](crate::global) until the guard is dropped; then the one
    /// before is back.
    ///
    /// There is one global tracer in a process, and tests run side by side: a second call waits
    /// until the guard of the first one is dropped. (Not on the same thread, which would wait for
    /// itself: there guards may nest, and are dropped in reverse.) What sets the global tracer in
    /// another way does not wait.
    pub fn set_as_global(&self) -> GlobalMock {
        let first = HELD.get() == 0;
        let turn = first.then(|| TURN.lock().unwrap_or_else(PoisonError::into_inner));
        HELD.set(HELD.get() + 1);
        let before = set_global(Tracer::clone(self));
        GlobalMock { before, _turn: turn, not_send: PhantomData }
    }
}

/// Keeps a mock tracer the global one: see [`MockTracer::set_as_global`].
#[must_use = "the tracer is the global one only as long as the guard lives"]
#[derive(Debug)]
pub struct GlobalMock {
    before: Option<Tracer>,
    _turn: Option<MutexGuard<'static, ()>>,
    not_send: PhantomData<*const ()>,
}

impl Drop for GlobalMock {
    fn drop(&mut self) {
        let _mock = match self.before.take() {
            Some(before) => set_global(before),
            None => clear_global(),
        };
        HELD.set(HELD.get().saturating_sub(1));
    }
}
