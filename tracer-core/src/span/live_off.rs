//! What is inside a span while tracing is compiled out: nothing can be.

use std::borrow::Cow;
use std::sync::Arc;

use super::slot::Slot;
use super::{SpanKind, Status};
use crate::baggage::Baggage;
use crate::clock::Stamp;
use crate::context::SpanContext;
use crate::current::Lean;
use crate::id::{SpanId, TraceId};
use crate::record::{Link, NameCache, PlainSpan, SpanHead};
use crate::tracer::Core;
use crate::value::Tag;

/// No span does anything. `Option<Live>` takes no room, and every method vanishes.
#[derive(Clone, Debug)]
pub(crate) enum Live {}

impl Live {
    pub(crate) fn passive(_: SpanContext) -> Option<Self> {
        None
    }

    pub(crate) fn nobody() -> Option<Self> {
        None
    }

    pub(crate) fn with_baggage(&self, _: Baggage) -> Option<Self> {
        match *self {}
    }

    pub(crate) fn context(&self) -> SpanContext {
        match *self {}
    }

    pub(crate) fn ids(&self) -> Option<(TraceId, SpanId, u8)> {
        match *self {}
    }

    pub(crate) fn is_recording(&self) -> bool {
        match *self {}
    }

    pub(crate) fn is_suppressed(&self) -> bool {
        match *self {}
    }

    pub(crate) const fn is_decided(&self) -> bool {
        match *self {}
    }

    pub(crate) fn set_tag(&self, _: Tag) {
        match *self {}
    }

    pub(crate) fn set_tags(&self, _: &mut Vec<Tag>) {
        match *self {}
    }

    pub(crate) fn add_link(&self, _: Link) {
        match *self {}
    }

    pub(crate) fn remove_tag(&self, _: &str) {
        match *self {}
    }

    pub(crate) fn log(&self, _: Stamp, _: Tag) {
        match *self {}
    }

    pub(crate) fn log_fields(&self, _: Stamp, _: &mut dyn Iterator<Item = Tag>) {
        match *self {}
    }

    pub(crate) fn rename(&self, _: Cow<'static, str>) {
        match *self {}
    }

    pub(crate) fn set_status(&self, _: Status) {
        match *self {}
    }

    pub(crate) fn set_baggage(&self, _: &str, _: &str) -> bool {
        match *self {}
    }

    pub(crate) fn baggage(&self) -> Baggage {
        match *self {}
    }

    pub(crate) fn end(_: Option<Self>, _: Option<Stamp>) {}

    pub(crate) fn lean_parent(&self) -> LeanParent<'_> {
        match *self {}
    }

    #[allow(clippy::boxed_local, clippy::needless_pass_by_value, reason = "as its other half")]
    pub(crate) fn from_owned(owned: Box<Owned>) -> Self {
        match *owned {}
    }

    pub(crate) fn into_owned(self) -> Result<Box<Owned>, Self> {
        match self {}
    }
}

/// Nothing is recorded.
#[derive(Debug)]
pub(crate) enum Owned {}

/// No span has children.
pub(crate) enum LeanParent<'a> {
    Slot(&'a Slot),
    Decided,
    No,
}

impl Owned {
    pub(crate) fn furnish(&mut self, _: &Lean) {
        match *self {}
    }

    pub(crate) fn new(_: &Arc<Core>) -> Box<Self> {
        unreachable!("tracing is compiled out: nothing starts a span")
    }

    pub(crate) fn slot(&self) -> &Arc<Slot> {
        match *self {}
    }

    pub(crate) fn beginning(&self) -> (&str, SpanKind, Stamp) {
        match *self {}
    }

    pub(crate) fn plain(&self, _: Stamp, _: &mut NameCache) -> Option<PlainSpan> {
        match *self {}
    }

    pub(crate) fn head(&mut self, _: Stamp) -> SpanHead {
        match *self {}
    }
}
