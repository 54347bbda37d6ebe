//! Tags: the span's, the service's, and those that stand for what Zipkin has no field for.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use tracer_core::semconv::opentracing::ERROR;
use tracer_core::semconv::otel::{self, Scope};
use tracer_core::semconv::resource::SERVICE_NAME;
use tracer_core::{Resource, SpanView, Status, Tag, Value};

use super::value::Text;

/// Keys that say what is in a span's own fields: a tag of the same key is not passed on.
const OWN: [&str; 9] = [
    ERROR,
    otel::STATUS_CODE,
    otel::DROPPED_ATTRIBUTES_COUNT,
    otel::DROPPED_EVENTS_COUNT,
    otel::DROPPED_LINKS_COUNT,
    otel::SCOPE_NAME[0],
    otel::SCOPE_NAME[1],
    otel::SCOPE_VERSION[0],
    otel::SCOPE_VERSION[1],
];

/// All tags of a span: an object, so that each key is there once.
pub(super) struct Tags<'a> {
    pub(super) view: SpanView<'a>,
    pub(super) resource: &'a Resource,
}

impl Serialize for Tags<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for tag in self.view.tags().iter().filter(|tag| is_passed_on(tag)) {
            map.serialize_entry(&*tag.key, &Text(&tag.value))?;
        }
        for tag in self.of_service() {
            map.serialize_entry(&*tag.key, &Text(&tag.value))?;
        }
        self.status(&mut map)?;
        self.dropped(&mut map)?;
        let scope = Scope::of(self.view.tags());
        for key in otel::SCOPE_NAME {
            map.serialize_entry(key, scope.name)?;
        }
        for key in otel::SCOPE_VERSION.into_iter().filter(|_| scope.version.is_some()) {
            map.serialize_entry(key, &scope.version)?;
        }
        map.end()
    }
}

impl<'a> Tags<'a> {
    /// The service's tags, but for its name, which is the endpoint's. The span's go before them.
    fn of_service(&self) -> impl Iterator<Item = &'a Tag> {
        let span = self.view.tags();
        self.resource.tags().iter().filter(move |tag| {
            let shadowed = || span.iter().any(|other| other.key == tag.key);
            is_passed_on(tag) && tag.key != SERVICE_NAME && !shadowed()
        })
    }

    fn status<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        match self.view.status() {
            Status::Ok => map.serialize_entry(otel::STATUS_CODE, otel::OK),
            Status::Error(reason) => {
                map.serialize_entry(otel::STATUS_CODE, otel::ERROR)?;
                match self.own_error() {
                    _ if !reason.is_empty() => map.serialize_entry(ERROR, &**reason),
                    Some(value) => map.serialize_entry(ERROR, &Text(value)),
                    None => map.serialize_entry(ERROR, "true"),
                }
            }
            _ => Ok(()),
        }
    }

    /// What a tag `error` says that is no truth value, which would be the status.
    fn own_error(&self) -> Option<&'a Value> {
        let tag = self.view.tags().iter().find(|tag| tag.key == ERROR)?;
        (tag.value.as_str() != Some("")).then_some(&tag.value)
    }

    fn dropped<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let dropped = self.view.dropped();
        let without_key = self.view.tags().iter().filter(|tag| tag.key.is_empty()).count();
        let without_key = u32::try_from(without_key).unwrap_or(u32::MAX);
        for (key, count) in [
            (otel::DROPPED_ATTRIBUTES_COUNT, dropped.tags.saturating_add(without_key)),
            (otel::DROPPED_EVENTS_COUNT, dropped.logs),
            (otel::DROPPED_LINKS_COUNT, dropped.links),
        ] {
            if count != 0 {
                map.serialize_entry(key, &count.to_string())?;
            }
        }
        Ok(())
    }
}

fn is_passed_on(tag: &Tag) -> bool {
    !tag.key.is_empty() && !OWN.contains(&&*tag.key)
}
