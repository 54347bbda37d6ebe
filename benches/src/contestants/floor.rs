//! The least that could do: what the rows cost without a tracer.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::HeaderMap;

use super::{Contestant, Mode, Sink, Ticks, drive};

static SWITCH: AtomicBool = AtomicBool::new(false);

pub struct Floor;

impl Contestant for Floor {
    fn start(_: Mode, _: Sink) -> Self {
        // Else the compiler knows that nobody ever writes to it.
        black_box(&SWITCH);
        Self
    }

    fn root(&self) {}

    fn root_with_tags(&self, _: u64) {}

    fn trace(&self, _: u32) {}

    /// The switch that every tracer needs: a relaxed load and a branch.
    #[inline]
    fn alone(&self) {
        if SWITCH.load(Ordering::Relaxed) {
            black_box(());
        }
    }

    fn extract(&self, headers: &HeaderMap) {
        black_box(headers.get("traceparent"));
    }

    fn in_root(&self, work: impl FnOnce()) {
        work();
    }

    fn inject(&self, headers: &mut HeaderMap) {
        let value = http::HeaderValue::from_static(crate::model::TRACEPARENT);
        headers.insert(http::HeaderName::from_static("traceparent"), value);
    }

    fn poll(&self, future: Ticks) {
        drive(future);
    }

    fn flush(&self) {}

    fn seen(&self) -> u64 {
        0
    }

    fn shutdown(&self, _: Duration) {}
}
