//! The spans that a thread has entered through `tracing`.

use std::cell::RefCell;

use tracer_core::Entered;

thread_local! {
    /// The last one is the latest. `tracing` says which one it leaves, and leaves them in any order.
    static ENTERED: RefCell<Vec<Frame>> = const { RefCell::new(Vec::new()) };
}

struct Frame {
    layer: usize,
    id: u64,
    /// None where the entry changed nothing.
    guard: Option<Entered>,
}

/// Keeps the guard until the span is left. On a thread that is being torn down there is nowhere to
/// keep it: then the span is left at once.
pub(crate) fn push(layer: usize, id: u64, guard: Option<Entered>) {
    let frame = Frame { layer, id, guard };
    let _ = ENTERED.try_with(|entered| {
        if let Ok(mut entered) = entered.try_borrow_mut() {
            entered.push(frame);
        }
    });
}

/// The guard of a span: the latest one, where it was entered several times.
pub(crate) fn pop(layer: usize, id: u64) -> Option<Entered> {
    let frame = ENTERED.try_with(|entered| {
        let mut entered = entered.try_borrow_mut().ok()?;
        let at = entered.iter().rposition(|frame| frame.id == id && frame.layer == layer)?;
        Some(entered.remove(at))
    });
    frame.ok().flatten()?.guard
}
