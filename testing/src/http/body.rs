//! A body that does what a case asks for.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};
use tracer_core::Tracer;

pub(super) enum Step {
    Data(Bytes),
    Trailers(HeaderMap),
    Wait(Duration),
    Stall,
    BreakOff,
}

/// Frames with pauses between them, an error, or silence.
pub struct ScriptedBody {
    steps: VecDeque<Step>,
    waiting: Option<Pin<Box<Sleep>>>,
    /// Starts a span with each frame: whose child is it?
    tracer: Option<Tracer>,
}

impl ScriptedBody {
    pub(super) fn new(steps: impl IntoIterator<Item = Step>, tracer: Option<Tracer>) -> Self {
        Self { steps: steps.into_iter().collect(), waiting: None, tracer }
    }
}

impl Body for ScriptedBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        loop {
            if let Some(sleep) = &mut self.waiting {
                ready!(sleep.as_mut().poll(cx));
                self.waiting = None;
            }
            match self.steps.pop_front() {
                None => return Poll::Ready(None),
                Some(Step::Data(data)) => {
                    if let Some(tracer) = &self.tracer {
                        tracer.span("frame").start().finish();
                    }
                    return Poll::Ready(Some(Ok(Frame::data(data))));
                }
                Some(Step::Trailers(trailers)) => {
                    return Poll::Ready(Some(Ok(Frame::trailers(trailers))));
                }
                Some(Step::Wait(time)) => self.waiting = Some(Box::pin(sleep(time))),
                Some(Step::Stall) => {
                    self.steps.push_front(Step::Stall);
                    return Poll::Pending;
                }
                Some(Step::BreakOff) => {
                    let error = io::Error::new(io::ErrorKind::ConnectionReset, "broken off");
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.steps.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        let mut bytes = 0;
        for step in &self.steps {
            match step {
                Step::Data(data) => bytes += data.len() as u64,
                _ => return SizeHint::new(),
            }
        }
        SizeHint::with_exact(bytes)
    }
}

impl std::fmt::Debug for ScriptedBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ScriptedBody").field("steps", &self.steps.len()).finish_non_exhaustive()
    }
}
