//! Spans: the owner ([`Span`]), the handle ([`SpanRef`]), and how one is started.

mod active;
#[cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]
mod admit;
mod body;
mod builder;
mod handle;
mod lazy;
#[cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]
mod live;
#[cfg(any(feature = "off", all(feature = "release-off", not(debug_assertions))))]
#[path = "live_off.rs"]
mod live;
mod logs;
mod owner;
mod passive;
mod slot;
#[cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]
mod start;
#[cfg(any(feature = "off", all(feature = "release-off", not(debug_assertions))))]
#[path = "start_off.rs"]
mod start;

pub use active::ActiveSpan;
pub(crate) use active::Place;
pub use builder::{Parent, SpanBuilder, ToContext};
pub use handle::SpanRef;
pub(crate) use live::{LeanParent, Live, Owned};
pub use owner::Span;
pub(crate) use slot::{Closing, Pool};
pub(crate) use start::start_scope;

use std::borrow::Cow;

/// What part a span plays in a call (OpenTracing: `span.kind`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SpanKind {
    /// Work inside a service.
    #[default]
    Internal,
    /// Serves a request of another process.
    Server,
    /// Sends a request to another process and waits for the answer.
    Client,
    /// Puts a message on a queue.
    Producer,
    /// Handles a message from a queue.
    Consumer,
}

impl SpanKind {
    /// The value of OpenTracing's `span.kind`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::Server => "server",
            Self::Client => "client",
            Self::Producer => "producer",
            Self::Consumer => "consumer",
        }
    }
}

/// How a span's work ended. OpenTracing's tag `error=true` sets [`Status::Error`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// Nothing said: as good as fine.
    #[default]
    Unset,
    /// Said to be fine, by the application. Instrumentations leave a success unset.
    Ok,
    /// Failed. The description may be empty.
    Error(Cow<'static, str>),
}

impl Status {
    /// A failure that needs no words.
    pub const ERROR: Self = Self::Error(Cow::Borrowed(""));

    /// Whether this is a failure.
    #[must_use]
    pub const fn is_error(&self) -> bool {
        matches!(self, Self::Error(_))
    }
}

/// What another span is to this one (OpenTracing: reference type).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReferenceKind {
    /// The other span waits for this one.
    ChildOf,
    /// The other span caused this one and does not wait for it.
    FollowsFrom,
}

impl ReferenceKind {
    /// The value of the link attribute `opentracing.ref_type`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ChildOf => "child_of",
            Self::FollowsFrom => "follows_from",
        }
    }
}

/// Sizes a span is held to. What goes over is cut and counted.
///
/// Some are fixed: a key has 256 bytes at most, and a tag with a longer one is dropped; an array
/// has 1,024 items; names of spans and logs and the reason of an error have 4,096 bytes.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// Tags of a span, and fields of a log. Default 128.
    pub tags: usize,
    /// Logs of a span. Default 128. When there are more, the oldest stay and the newest, half and
    /// half, with a log `dropped logs` between them in the place of all that went
    /// (`dropped_log_count`): of 128 the 63 oldest, that one, and the 64 newest.
    pub logs: usize,
    /// Links of a span. Default 128.
    pub links: usize,
    /// Bytes of a text that is a tag's value, or one of its values. Default 4,096.
    pub value_bytes: usize,
    /// Bytes of all that an open span holds: tags, logs, links. Default 262,144 (256 KiB). When
    /// that is spent, what comes goes; for a new log that is one of the newest, older ones do.
    pub span_bytes: usize,
}

impl Limits {
    /// These limits with another number of tags of a span, and fields of a log.
    #[must_use]
    pub const fn with_tags(mut self, tags: usize) -> Self {
        self.tags = tags;
        self
    }

    /// These limits with another number of logs.
    #[must_use]
    pub const fn with_logs(mut self, logs: usize) -> Self {
        self.logs = logs;
        self
    }

    /// These limits with another number of links.
    #[must_use]
    pub const fn with_links(mut self, links: usize) -> Self {
        self.links = links;
        self
    }

    /// These limits with another length of texts. More than
    /// [`span_bytes`](Self::span_bytes) has no effect.
    #[must_use]
    pub const fn with_value_bytes(mut self, bytes: usize) -> Self {
        self.value_bytes = bytes;
        self
    }

    /// These limits with another size of a span.
    #[must_use]
    pub const fn with_span_bytes(mut self, bytes: usize) -> Self {
        self.span_bytes = bytes;
        self
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { tags: 128, logs: 128, links: 128, value_bytes: 4096, span_bytes: 256 << 10 }
    }
}
