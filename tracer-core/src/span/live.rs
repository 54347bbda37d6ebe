//! What is inside a span while tracing is compiled in. `live_off.rs` is its other half.

use std::borrow::Cow;
use std::sync::Arc;

use super::Status;
use super::passive::Passive;
use super::slot::Slot;
use crate::baggage::Baggage;
use crate::clock::Stamp;
use crate::context::SpanContext;
use crate::value::Tag;

/// A span that does something: hands on a context, or records.
#[derive(Clone, Debug)]
pub(crate) enum Live {
    Passive(Passive),
    Recording(Arc<Slot>),
}

impl Live {
    /// A span that only hands this context on.
    pub(crate) fn passive(context: SpanContext) -> Option<Self> {
        if context.is_empty() && !context.is_suppressed() {
            return None;
        }
        Some(Self::Passive(Passive::new(context)))
    }

    pub(crate) fn context(&self) -> SpanContext {
        match self {
            Self::Passive(passive) => passive.context(),
            Self::Recording(slot) => slot.context(),
        }
    }

    pub(crate) fn is_recording(&self) -> bool {
        match self {
            Self::Passive(_) => false,
            Self::Recording(slot) => slot.is_open(),
        }
    }

    pub(crate) fn is_suppressed(&self) -> bool {
        match self {
            Self::Passive(passive) => passive.ids().is_suppressed(),
            Self::Recording(_) => false,
        }
    }

    pub(crate) fn set_tag(&self, tag: Tag) {
        if let Self::Recording(slot) = self {
            slot.set_tag(tag);
        }
    }

    pub(crate) fn log(&self, time: Stamp, fields: &mut dyn Iterator<Item = Tag>) {
        if let Self::Recording(slot) = self {
            slot.log(time, fields);
        }
    }

    pub(crate) fn rename(&self, name: Cow<'static, str>) {
        if let Self::Recording(slot) = self {
            slot.rename(name);
        }
    }

    pub(crate) fn set_status(&self, status: Status) {
        if let Self::Recording(slot) = self {
            slot.set_status(status);
        }
    }

    pub(crate) fn set_baggage(&self, key: &str, value: &str) -> bool {
        match self {
            Self::Passive(passive) => passive.set_baggage(key, value),
            Self::Recording(slot) => slot.set_baggage(key, value),
        }
    }

    pub(crate) fn baggage(&self) -> Baggage {
        match self {
            Self::Passive(passive) => passive.context().baggage(),
            Self::Recording(slot) => slot.baggage(),
        }
    }

    pub(crate) fn finish(self, end: Option<Stamp>) {
        if let Self::Recording(slot) = self {
            Slot::finish(slot, end);
        }
    }
}
