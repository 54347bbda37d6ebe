//! What is written on a span while it is open.

use std::borrow::Cow;
use std::sync::Arc;

use super::logs::Logs;
use super::{Limits, SpanKind, Status};
use crate::clock::Stamp;
use crate::context::Ext;
use crate::record::{Dropped, Link, Lists, LogHead, SpanHead};
use crate::semconv::opentracing;
use crate::value::{self, Tag, Value, heap_of_text};

/// Lists that grew beyond this are not kept with an idle slot.
const MAX_KEPT: usize = 16;
/// Longest key. A shortened key would be another tag's: what is longer is dropped.
const MAX_KEY: usize = 256;
/// Longest name of a span or a log, and longest reason of an error. These are no values: with
/// values held to nothing a trace can still be read.
pub(super) const MAX_NAME: usize = 4096;

#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) closed: bool,
    name: Option<Cow<'static, str>>,
    kind: Option<SpanKind>,
    status: Status,
    tags: Vec<Tag>,
    logs: Logs,
    links: Vec<Link>,
    pub(super) ext: Option<Arc<Ext>>,
    dropped: Dropped,
    /// Tags, logs and links that were dropped, and values that were shortened.
    pub(super) cut: u64,
    /// Bytes that tags, links and the status hold on the heap.
    heap: usize,
}

/// What a processor is told of.
#[derive(Default)]
pub(super) struct Told {
    pub(super) name: Option<Cow<'static, str>>,
    pub(super) kind: Option<SpanKind>,
    pub(super) status: Status,
    pub(super) tags: Vec<Tag>,
}

impl Body {
    /// Takes out what a processor is told of. To be [put back](Self::put_back).
    pub(super) fn take_told(&mut self) -> Told {
        Told {
            name: self.name.take(),
            kind: self.kind.take(),
            status: std::mem::take(&mut self.status),
            tags: std::mem::take(&mut self.tags),
        }
    }

    /// The span was closed meanwhile: nobody has written anything.
    pub(super) fn put_back(&mut self, told: &mut Told) {
        self.name = told.name.take();
        self.kind = told.kind.take();
        self.status = std::mem::take(&mut told.status);
        self.tags = std::mem::take(&mut told.tags);
    }

    pub(super) fn set_tag(&mut self, mut tag: Tag, limits: &Limits) {
        if tag.key == opentracing::ERROR
            && let Some(failed) = truth(&tag.value)
        {
            return self.set_error(failed);
        }
        if let Some(kind) = opentracing::kind(&tag) {
            return self.set_kind(kind);
        }
        let Some(heap) = self.hold_to_limits(&mut tag, limits) else {
            return self.drop_tag();
        };
        if let Some(at) = self.tags.iter().position(|old| old.key == tag.key) {
            return self.replace_tag(at, tag, heap, limits);
        }
        let bytes = self.bytes() + size_of::<Tag>() + heap;
        if bytes > limits.span_bytes || self.tags.len() >= limits.tags {
            return self.drop_tag();
        }
        self.heap += heap;
        self.tags.push(tag);
    }

    /// Puts a tag in the place of an older one, if the difference fits.
    #[cold]
    fn replace_tag(&mut self, at: usize, tag: Tag, heap: usize, limits: &Limits) {
        let freed = heap_of(&self.tags[at]);
        if self.bytes() - freed + heap > limits.span_bytes {
            return self.drop_tag();
        }
        self.heap = self.heap - freed + heap;
        self.tags[at] = tag;
    }

    #[cold]
    fn drop_tag(&mut self) {
        self.dropped.tags = self.dropped.tags.saturating_add(1);
        self.cut += 1;
    }

    /// Takes a tag away. Without the tag `error` a span has not failed, and without `span.kind` it
    /// is an internal one.
    pub(super) fn remove_tag(&mut self, key: &str) {
        match key {
            opentracing::ERROR => self.set_error(false),
            opentracing::SPAN_KIND => self.kind = Some(SpanKind::Internal),
            _ => {}
        }
        self.remove(key);
    }

    fn remove(&mut self, key: &str) {
        if let Some(at) = self.tags.iter().position(|tag| tag.key == key) {
            let tag = self.tags.remove(at);
            self.heap -= heap_of(&tag);
        }
    }

    /// Takes tags that differ from one another and are none of OpenTracing's: the first ones of a
    /// span are taken as a list.
    pub(super) fn adopt(&mut self, tags: &mut Vec<Tag>, limits: &Limits) {
        let mut bytes = self.bytes();
        let mut heap = 0;
        let as_list = self.tags.is_empty()
            && tags.len() <= limits.tags
            && tags.iter_mut().all(|tag| {
                let Some(held) = self.hold_to_limits(tag, limits) else { return false };
                heap += held;
                bytes += size_of::<Tag>() + held;
                bytes <= limits.span_bytes
            });
        if !as_list {
            return tags.drain(..).for_each(|tag| self.set_tag(tag, limits));
        }
        self.heap += heap;
        std::mem::swap(&mut self.tags, tags);
    }

    /// OpenTracing's tag `error` is a status on the wire. That it did not fail is said about an
    /// error only: what the application has called fine stays fine.
    #[cold]
    fn set_error(&mut self, failed: bool) {
        match (failed, &self.status) {
            (true, Status::Unset | Status::Ok) => self.status = Status::ERROR,
            (false, Status::Error(_)) => self.replace_status(Status::Unset),
            _ => {}
        }
    }

    /// OpenTracing's tag `span.kind` is the kind on the wire, in the place of a tag of that name.
    #[cold]
    fn set_kind(&mut self, kind: SpanKind) {
        self.remove(opentracing::SPAN_KIND);
        self.kind = Some(kind);
    }

    pub(super) fn set_status(&mut self, mut status: Status, limits: &Limits) {
        if let Status::Error(text) = &mut status {
            let room = limits.span_bytes.saturating_sub(self.bytes());
            let cut = value::truncate(text, MAX_NAME);
            let over = heap_of_text(text) > room;
            if over {
                *text = Cow::Borrowed("");
            }
            self.cut += u64::from(cut || over);
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
        let (first, cut) = (self.logs.fields.len(), self.cut);
        let mut bytes = size_of::<LogHead>();
        let mut over = fields.len().saturating_sub(limits.tags) as u64;
        for mut field in fields.take(limits.tags) {
            let Some(heap) = self.hold_to_limits(&mut field, limits) else {
                over += 1;
                continue;
            };
            bytes += size_of::<Tag>() + heap;
            if bytes > limits.span_bytes {
                break;
            }
            self.logs.push_field(field, heap);
        }
        if bytes > limits.span_bytes {
            // All of it or nothing.
            self.logs.take_back(self.logs.fields.len() - first);
            self.cut = cut;
            return self.drop_logs(1);
        }
        let room = limits.span_bytes.saturating_sub(self.bytes() - self.logs.bytes());
        let added = self.logs.add(time, first, room, limits.logs);
        if added.kept {
            self.cut += over;
        } else {
            self.cut = cut;
        }
        self.drop_logs(added.gone + u64::from(!added.kept));
    }

    fn drop_logs(&mut self, count: u64) {
        let fewer = u32::try_from(count).unwrap_or(u32::MAX);
        self.dropped.logs = self.dropped.logs.saturating_add(fewer);
        self.cut += count;
    }

    pub(super) fn add_links(&mut self, links: &mut Vec<Link>, limits: &Limits) {
        for link in links.drain(..) {
            // In its list now, and in a box of its own on its way to the reporter.
            let heap = size_of::<Link>() + link.context.ext().map_or(0, |ext| ext.heap());
            let bytes = self.bytes() + size_of::<Link>() + heap;
            if self.links.len() >= limits.links || bytes > limits.span_bytes {
                self.dropped.links = self.dropped.links.saturating_add(1);
                self.cut += 1;
            } else {
                self.heap += heap;
                self.links.push(link);
            }
        }
    }

    pub(super) fn rename(&mut self, mut name: Cow<'static, str>) {
        self.cut += u64::from(value::truncate(&mut name, MAX_NAME));
        self.name = Some(name);
    }

    /// Holds a tag's value to its limit. Returns the bytes that the tag has on the heap, or `None`
    /// where it cannot be kept: its key is too long. Always in line: it is a handful of comparisons,
    /// and a call costs more than they do.
    #[inline(always)]
    fn hold_to_limits(&mut self, tag: &mut Tag, limits: &Limits) -> Option<usize> {
        let value_fits = match &tag.value {
            Value::Str(Cow::Borrowed(text)) => text.len() <= limits.value_bytes,
            Value::I64(_) | Value::F64(_) | Value::Bool(_) => true,
            Value::Str(Cow::Owned(_)) | Value::Array(_) => false,
        };
        // Nearly all keys, and most values, are the program's own texts, or no texts.
        if value_fits && matches!(&tag.key, Cow::Borrowed(key) if key.len() <= MAX_KEY) {
            return Some(0);
        }
        self.shorten(tag, limits).then(|| heap_of(tag))
    }

    #[inline(never)]
    fn shorten(&mut self, tag: &mut Tag, limits: &Limits) -> bool {
        if tag.key.len() > MAX_KEY {
            return false;
        }
        // For its room: nothing goes.
        value::truncate(&mut tag.key, MAX_KEY);
        // A log's name is written as a field, and is none.
        let limit = if tag.key == opentracing::EVENT { MAX_NAME } else { limits.value_bytes };
        self.cut += u64::from(tag.value.truncate(limit));
        true
    }

    /// Bytes of all that is written here, lists and what they hold.
    fn bytes(&self) -> usize {
        self.heap
            + self.tags.len() * size_of::<Tag>()
            + self.logs.bytes()
            + self.links.len() * size_of::<Link>()
    }

    /// Moves everything out, through `push`, and leaves the body empty, for the next span.
    pub(super) fn finish(&mut self, mut head: SpanHead, push: impl FnOnce(SpanHead, Lists<'_>)) {
        if let Some(name) = self.name.take() {
            head.name = name;
        }
        if let Some(kind) = self.kind.take() {
            head.kind = kind;
        }
        let ext = self.ext.clone().filter(|ext| !ext.tracestate.is_empty());
        let heap = self.heap
            + self.logs.close(self.dropped.logs)
            + heap_of_text(&head.name)
            + ext.as_ref().map_or(0, |ext| ext.heap());
        head.heap = u32::try_from(heap).unwrap_or(u32::MAX);
        let lists = Lists {
            tags: &mut self.tags,
            logs: &mut self.logs.heads,
            fields: &mut self.logs.fields,
            links: &mut self.links,
            status: std::mem::take(&mut self.status),
            ext,
            dropped: std::mem::take(&mut self.dropped),
        };
        push(head, lists);
        // A span that was dropped has left them full; and a giant's lists are not kept.
        empty(&mut self.tags);
        self.logs.clear();
        empty(&mut self.links);
        self.heap = 0;
        self.cut = 0;
    }
}

pub(super) fn empty<T>(list: &mut Vec<T>) {
    list.clear();
    list.shrink_to(MAX_KEPT);
}

/// What OpenTracing's tag `error` says; `None` where it is some other tag of this name.
fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::Str(text) if text == "true" => Some(true),
        Value::Str(text) if text == "false" => Some(false),
        _ => None,
    }
}

/// Bytes a tag holds on the heap.
pub(super) fn heap_of(tag: &Tag) -> usize {
    heap_of_text(&tag.key) + tag.value.heap()
}
