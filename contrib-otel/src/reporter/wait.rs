//! Waiting for a future on a thread that has nothing else to do.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

/// How often somebody who waits looks whether it is over: a shutdown can come at any time, and wakes
/// nobody here.
const LOOK: Duration = Duration::from_millis(20);

/// What comes of the future, which is polled and dropped by `within`; `None` where it is over before.
pub(super) fn until<F: Future>(
    future: F,
    within: impl Fn(&mut dyn FnMut()),
    is_over: impl Fn() -> bool,
) -> Option<F::Output> {
    let mut future = pin!(Some(future));
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut cx = Context::from_waker(&waker);
    let mut output = None;
    loop {
        within(&mut || {
            if let Some(waiting) = future.as_mut().as_pin_mut()
                && let Poll::Ready(ready) = waiting.poll(&mut cx)
            {
                output = Some(ready);
                future.set(None);
            }
        });
        if output.is_some() {
            return output;
        }
        if is_over() {
            within(&mut || future.set(None));
            return None;
        }
        thread::park_timeout(LOOK);
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}
