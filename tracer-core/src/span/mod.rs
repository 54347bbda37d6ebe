//! Spans: the owner ([`Span`]), the handle ([`SpanRef`]), and how one is started.

mod active;
mod body;
mod builder;
mod handle;
#[cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]
mod live;
#[cfg(any(feature = "off", all(feature = "release-off", not(debug_assertions))))]
#[path = "live_off.rs"]
mod live;
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
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Tags of a span, and fields of a log. Default 128.
    pub tags: usize,
    /// Logs of a span. Default 128: when there are more, the newest go.
    pub logs: usize,
    /// Links of a span. Default 128.
    pub links: usize,
    /// Bytes of one value, and of a name made at run time. Default 4,096.
    pub value_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { tags: 128, logs: 128, links: 128, value_bytes: 4096 }
    }
}
