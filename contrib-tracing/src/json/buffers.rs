//! Memory that a thread keeps for its next line.

use std::cell::Cell;

/// More room than this is given back.
const MAX_KEPT: usize = 16 << 10;

/// What a line is put together from.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    pub(super) line: Vec<u8>,
    pub(super) fields: Vec<u8>,
    pub(super) time: String,
}

thread_local! {
    static KEPT: Cell<Option<Box<Buffers>>> = const { Cell::new(None) };
}

/// Lends empty buffers. Within the loan, and on a thread that is being torn down, there are others.
pub(super) fn lend<R>(work: impl FnOnce(&mut Buffers) -> R) -> R {
    let mut buffers = KEPT.try_with(Cell::take).ok().flatten().unwrap_or_default();
    let result = work(&mut buffers);
    buffers.clear();
    let _ = KEPT.try_with(|kept| kept.set(Some(buffers)));
    result
}

impl Buffers {
    fn clear(&mut self) {
        self.time.clear();
        for bytes in [&mut self.line, &mut self.fields] {
            bytes.clear();
            bytes.shrink_to(MAX_KEPT);
        }
    }
}
