//! What a set-up can do, and how its contexts are compared.

use crate::context::SpanContext;

/// Compares two contexts.
pub type Probe = fn(&SpanContext, &SpanContext) -> bool;

/// What is to be checked: everything, but for what a set-up is not made for.
#[derive(Clone, Debug)]
#[must_use = "options do nothing by themselves"]
pub struct Options {
    pub(super) baggage: Baggage,
    pub(super) inject: bool,
    pub(super) extract: bool,
    pub(super) joins: bool,
    pub(super) same_trace: Probe,
    pub(super) same_context: Probe,
}

/// Which values of baggage a format carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Baggage {
    Any,
    Text,
    Plain,
    None,
}

impl Options {
    /// Everything is checked.
    pub const fn new() -> Self {
        Self {
            baggage: Baggage::Any,
            inject: true,
            extract: true,
            joins: true,
            same_trace,
            same_context,
        }
    }

    /// The format carries no baggage.
    pub const fn without_baggage(mut self) -> Self {
        self.baggage = Baggage::None;
        self
    }

    /// The format carries values of the baggage that are printable ASCII, and no others.
    pub const fn with_plain_baggage(mut self) -> Self {
        self.baggage = Baggage::Plain;
        self
    }

    /// The format is one for maps of text (OpenTracing: `TextMap`): it carries values of the
    /// baggage as they are, in any script, and none that have control characters. Headers are not
    /// tried.
    pub const fn in_text_maps(mut self) -> Self {
        self.baggage = Baggage::Text;
        self
    }

    /// The format is never written.
    pub const fn without_inject(mut self) -> Self {
        self.inject = false;
        self
    }

    /// The format is never read.
    pub const fn without_extract(mut self) -> Self {
        self.extract = false;
        self
    }

    /// The traces of callers do not go on here, and what they sent is not handed on while tracing
    /// is off: [`Trust::Link`](crate::Trust::Link), [`Trust::Ignore`](crate::Trust::Ignore).
    pub const fn without_joining(mut self) -> Self {
        self.joins = false;
        self
    }

    /// How it is told whether two contexts are of one trace. Default: by the trace id. For a
    /// format that has room for a part of it:
    ///
    /// ```
    /// use tracer_core::SpanContext;
    /// use tracer_core::conformance::Options;
    ///
    /// fn low(context: &SpanContext) -> Option<u64> {
    ///     context.trace_id().map(|id| id.to_u128() as u64)
    /// }
    ///
    /// let options = Options::new()
    ///     .with_same_trace(|a, b| low(a) == low(b))
    ///     .with_same_context(|a, b| low(a) == low(b) && a.span_id() == b.span_id());
    /// ```
    pub const fn with_same_trace(mut self, probe: Probe) -> Self {
        self.same_trace = probe;
        self
    }

    /// How it is told whether two contexts stand for the same span. Default: by trace id and span
    /// id.
    pub const fn with_same_context(mut self, probe: Probe) -> Self {
        self.same_context = probe;
        self
    }
}

impl Baggage {
    /// Whether a value is legal on the wire.
    pub(super) fn is_legal(self, value: &[u8]) -> bool {
        match self {
            Self::Text => {
                std::str::from_utf8(value).is_ok_and(|text| !text.chars().any(char::is_control))
            }
            Self::Any | Self::Plain | Self::None => {
                value.iter().all(|byte| (0x20..0x7f).contains(byte))
            }
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}

fn same_trace(one: &SpanContext, other: &SpanContext) -> bool {
    one.trace_id() == other.trace_id()
}

fn same_context(one: &SpanContext, other: &SpanContext) -> bool {
    same_trace(one, other) && one.span_id() == other.span_id()
}
