//! An open span and how far its operation has come. `open_off.rs` is its other half.

use super::Kind;
use crate::clock::{self, Stamp, Ticks};
use crate::current::{Entered, Lent};
use crate::semconv::{self, opentracing, rpc};
use crate::span::{Span, SpanRef, Status};
use crate::value::Tag;

pub(super) struct Open<T> {
    span: Span,
    kind: Kind,
    /// Unsampled spans are made current, and that is all.
    recording: bool,
    /// When the head or the latest part of the answer came; `None` before the head.
    progress: Option<Ticks>,
    /// `error.type` is the head's.
    failed: bool,
    /// Bytes or rows so far.
    amount: u64,
    /// Said at a good end, too.
    keeps_size: bool,
    /// Where the span is on the thread's stack, while the owner is being dropped.
    ticket: Option<usize>,
    data: T,
}

impl<T> Open<T> {
    #[inline]
    pub(super) fn new(kind: Kind, span: Span, data: T) -> Option<Self> {
        let recording = span.live.as_ref()?.slot().is_some();
        let (progress, ticket) = (None, None);
        let (failed, keeps_size) = (false, false);
        Some(Self { span, kind, recording, progress, failed, amount: 0, keeps_size, ticket, data })
    }

    pub(super) const fn is_recording(&self) -> bool {
        self.recording
    }

    pub(super) fn span(&self) -> &SpanRef {
        &self.span
    }

    pub(super) fn recording(&mut self) -> Option<(&SpanRef, &mut T)> {
        if self.recording { Some((&self.span, &mut self.data)) } else { None }
    }

    pub(super) const fn data(&self) -> &T {
        &self.data
    }

    pub(super) fn lend(&mut self) -> Lent<'_> {
        Lent::new(self.span.live_mut())
    }

    pub(super) fn head(&mut self) {
        if self.recording {
            // A server's span ends with the drop, whatever came before: no clock is read for it.
            self.progress = Some(if self.ends_at_progress() { clock::now() } else { 0 });
        }
    }

    pub(super) const fn fail(&mut self) {
        self.failed = true;
    }

    pub(super) const fn keep_size(&mut self) {
        self.keeps_size = true;
    }

    pub(super) fn progress(&mut self, amount: u64) {
        if self.recording {
            self.amount = self.amount.saturating_add(amount);
            self.head();
        }
    }

    pub(super) fn end(self) {
        if self.keeps_size && self.recording {
            self.span.set_tag(semconv::HTTP_RESPONSE_BODY_SIZE, self.amount);
        }
        drop(Entered::from_ticket(self.ticket));
        self.span.finish();
    }

    pub(super) fn enter_for_drop(&mut self) {
        if self.ticket.is_none() {
            self.ticket = self.span.enter().into_ticket();
        }
    }

    /// The operation panicked.
    #[cold]
    pub(super) fn panicked(self) {
        if self.recording {
            if matches!(self.kind, Kind::GrpcServer | Kind::GrpcClient) {
                let unknown = rpc::code_name(rpc::UNKNOWN);
                self.span.set_tag(semconv::RPC_RESPONSE_STATUS_CODE, unknown);
            }
            self.failed_with(semconv::PANIC);
            self.span.log_fields([
                Tag::new(opentracing::EVENT, opentracing::ERROR_EVENT),
                Tag::new(opentracing::ERROR_KIND, semconv::PANIC),
            ]);
        }
        self.end();
    }

    /// The operation was dropped before its end; local work has no other one.
    pub(super) fn abandon(self) {
        drop(Entered::from_ticket(self.ticket));
        if !self.recording {
            return;
        }
        let end = Stamp::Ticks(match self.progress {
            Some(ticks) if self.ends_at_progress() => ticks,
            _ => clock::now(),
        });
        match self.kind {
            Kind::HttpServer | Kind::Upgraded | Kind::Consumer => {
                self.failed_with(semconv::CANCELLED);
            }
            Kind::GrpcServer | Kind::GrpcClient => {
                let cancelled = rpc::code_name(rpc::CANCELLED);
                self.span.set_tag(semconv::RPC_RESPONSE_STATUS_CODE, cancelled);
                self.failed_with(cancelled);
            }
            Kind::HttpClient | Kind::Store | Kind::Producer | Kind::Local => {}
        }
        if self.progress.is_some() {
            match self.kind {
                Kind::HttpServer | Kind::HttpClient => {
                    self.span.set_tag(semconv::HTTP_RESPONSE_BODY_SIZE, self.amount);
                }
                Kind::Store => {
                    self.span.set_tag(semconv::DB_RESPONSE_RETURNED_ROWS, self.amount);
                }
                Kind::GrpcServer
                | Kind::GrpcClient
                | Kind::Producer
                | Kind::Upgraded
                | Kind::Consumer
                | Kind::Local => {}
            }
        }
        if self.kind != Kind::Local
            && let Some(live) = &self.span.live
        {
            live.log_fields(end, &mut self.last_words().into_iter().flatten());
        }
        self.span.finish_stamped(Some(end));
    }

    fn failed_with(&self, kind: &'static str) {
        if !self.failed {
            self.span.set_tag(semconv::ERROR_TYPE, kind);
            self.span.set_status(Status::ERROR);
        }
    }

    fn last_words(&self) -> [Option<Tag>; 2] {
        let quiet = matches!(self.kind, Kind::HttpClient | Kind::Store | Kind::Producer);
        let (event, message) = match (self.progress, quiet) {
            (None, true) => ("cancelled", None),
            (Some(_), true) => ("incomplete", None),
            (_, false) if matches!(self.kind, Kind::Upgraded | Kind::Consumer) => {
                ("cancelled", Some("dropped before its end"))
            }
            // The reason is not known in here: it can be the client, or a timeout above.
            (None, false) => ("cancelled", Some("dropped before the response's head")),
            (Some(_), false) => ("cancelled", Some("dropped in the response's body")),
        };
        [
            Some(Tag::new(opentracing::EVENT, event)),
            message.map(|message| Tag::new(opentracing::MESSAGE, message)),
        ]
    }

    const fn ends_at_progress(&self) -> bool {
        !matches!(self.kind, Kind::HttpServer | Kind::GrpcServer | Kind::Upgraded | Kind::Consumer)
    }
}
