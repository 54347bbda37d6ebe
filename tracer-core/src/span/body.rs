//! What is written on a span while it is open.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Limits, Status};
use crate::clock::Stamp;
use crate::context::Ext;
use crate::record::{Link, Lists, LogHead, SpanHead};
use crate::semconv::opentracing;
use crate::value::{self, Tag, Value};

/// Lists that grew beyond this are not kept with an idle slot.
const MAX_KEPT: usize = 32;

#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) closed: bool,
    name: Option<Cow<'static, str>>,
    status: Status,
    tags: Vec<Tag>,
    logs: Vec<LogHead>,
    fields: Vec<Tag>,
    links: Vec<Link>,
    pub(super) ext: Option<Arc<Ext>>,
    dropped: (u32, u32, u32),
    /// Tags, logs and links that were dropped, and values that were shortened.
    pub(super) cut: u64,
    /// Bytes that tags, fields, links and the status hold on the heap.
    heap: usize,
}

impl Body {
    pub(super) fn set_tag(&mut self, mut tag: Tag, limits: &Limits) {
        if tag.key == opentracing::ERROR {
            return self.set_error(&tag.value);
        }
        self.shorten(&mut tag, limits);
        let heap = heap_of(&tag);
        if let Some(old) = self.tags.iter_mut().find(|old| old.key == tag.key) {
            self.heap = self.heap - heap_of(old) + heap;
            *old = tag;
        } else if self.tags.len() < limits.tags {
            self.heap += heap;
            self.tags.push(tag);
        } else {
            self.dropped.0 += 1;
            self.cut += 1;
        }
    }

    /// Takes tags that differ from one another and are none of OpenTracing's: the first ones of a
    /// span are taken as a list.
    pub(super) fn adopt(&mut self, tags: &mut Vec<Tag>, limits: &Limits) {
        if !self.tags.is_empty() || tags.len() > limits.tags {
            return tags.drain(..).for_each(|tag| self.set_tag(tag, limits));
        }
        for tag in tags.iter_mut() {
            self.shorten(tag, limits);
            self.heap += heap_of(tag);
        }
        std::mem::swap(&mut self.tags, tags);
    }

    /// OpenTracing's tag `error` is a status on the wire.
    fn set_error(&mut self, value: &Value) {
        let failed = *value == Value::Bool(true) || value.as_str() == Some("true");
        match (failed, &self.status) {
            (true, Status::Error(_)) => {}
            (true, _) => self.status = Status::ERROR,
            (false, _) => self.replace_status(Status::Unset),
        }
    }

    pub(super) fn set_status(&mut self, mut status: Status, limits: &Limits) {
        if let Status::Error(text) = &mut status {
            self.cut += u64::from(value::truncate(text, limits.value_bytes));
            self.heap += heap_of_text(text);
        }
        self.replace_status(status);
    }

    fn replace_status(&mut self, status: Status) {
        if let Status::Error(old) = std::mem::replace(&mut self.status, status) {
            self.heap -= heap_of_text(&old);
        }
    }

    pub(super) fn log(
        &mut self,
        time: Stamp,
        fields: impl ExactSizeIterator<Item = Tag>,
        limits: &Limits,
    ) {
        if self.logs.len() >= limits.logs {
            self.dropped.1 += 1;
            self.cut += 1;
            return;
        }
        self.cut += fields.len().saturating_sub(limits.tags) as u64;
        let mut count = 0;
        for mut field in fields.take(limits.tags) {
            self.shorten(&mut field, limits);
            self.heap += heap_of(&field);
            self.fields.push(field);
            count += 1;
        }
        self.logs.push(LogHead { time, fields: count });
    }

    pub(super) fn add_links(&mut self, links: &mut Vec<Link>, limits: &Limits) {
        let over = links.len().saturating_sub(limits.links);
        self.dropped.2 += u32::try_from(over).unwrap_or(u32::MAX);
        self.cut += over as u64;
        for link in links.drain(..).take(limits.links) {
            self.heap += size_of::<Link>() + link.context.ext().map_or(0, |ext| ext.heap());
            self.links.push(link);
        }
    }

    pub(super) fn rename(&mut self, mut name: Cow<'static, str>, limits: &Limits) {
        self.cut += u64::from(value::truncate(&mut name, limits.value_bytes));
        self.name = Some(name);
    }

    fn shorten(&mut self, tag: &mut Tag, limits: &Limits) {
        let key = value::truncate(&mut tag.key, limits.value_bytes);
        let value = tag.value.truncate(limits.value_bytes);
        self.cut += u64::from(key || value);
    }

    /// Moves everything out, through `push`, and leaves the body empty, for the next span.
    pub(super) fn finish(&mut self, mut head: SpanHead, push: impl FnOnce(SpanHead, Lists<'_>)) {
        if let Some(name) = self.name.take() {
            head.name = name;
        }
        let ext = self.ext.clone().filter(|ext| !ext.tracestate.is_empty());
        let heap = self.heap + heap_of_text(&head.name) + ext.as_ref().map_or(0, |ext| ext.heap());
        head.heap = u32::try_from(heap).unwrap_or(u32::MAX);
        let lists = Lists {
            tags: &mut self.tags,
            logs: &mut self.logs,
            fields: &mut self.fields,
            links: &mut self.links,
            status: std::mem::take(&mut self.status),
            ext,
            dropped: std::mem::take(&mut self.dropped),
        };
        push(head, lists);
        // A span that was dropped has left them full; and a giant's lists are not kept.
        self.tags.clear();
        self.logs.clear();
        self.fields.clear();
        self.links.clear();
        self.tags.shrink_to(MAX_KEPT);
        self.logs.shrink_to(MAX_KEPT);
        self.fields.shrink_to(MAX_KEPT);
        self.heap = 0;
        self.cut = 0;
    }
}

/// Bytes a tag holds on the heap.
fn heap_of(tag: &Tag) -> usize {
    heap_of_text(&tag.key) + tag.value.heap()
}

#[allow(clippy::ptr_arg, reason = "whether it is owned is the question")]
fn heap_of_text(text: &Cow<'static, str>) -> usize {
    match text {
        Cow::Owned(text) => text.capacity(),
        Cow::Borrowed(_) => 0,
    }
}
