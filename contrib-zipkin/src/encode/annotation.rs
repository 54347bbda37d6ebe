//! Logs.

use std::borrow::Cow;

use serde::ser::{Error, SerializeMap};
use serde::{Serialize, Serializer};
use tracer_core::semconv::event::Event;
use tracer_core::{LogView, SpanView, Value};

use super::span::micros;
use super::value::Json;

/// All logs of a span.
pub(super) struct Annotations<'a>(pub(super) SpanView<'a>);

impl Annotations<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.logs().next().is_none()
    }
}

impl Serialize for Annotations<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.logs().map(Annotation))
    }
}

struct Annotation<'a>(LogView<'a>);

impl Serialize for Annotation<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let event = Event::of(self.0.fields);
        let text = text(&event).map_err(S::Error::custom)?;
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("timestamp", &micros(self.0.unix_nanos))?;
        map.serialize_entry("value", &text)?;
        map.end()
    }
}

/// An event in one text: its name, or `"name": {"key":"value"}`.
fn text<'a>(event: &Event<'a>) -> serde_json::Result<Cow<'a, str>> {
    let fields = Fields(event.fields().filter(|(key, _)| !key.is_empty()).collect());
    if fields.0.is_empty() {
        return Ok(event.name().into());
    }
    let name = serde_json::to_string(event.name())?;
    Ok(format!("{name}: {}", serde_json::to_string(&fields)?).into())
}

/// An object. Of several fields under one key it has the last.
struct Fields<'a>(Vec<(&'a str, &'a Value)>);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (index, (key, value)) in self.0.iter().enumerate() {
            if self.0[index + 1..].iter().all(|(later, _)| later != key) {
                map.serialize_entry(key, &Json(value))?;
            }
        }
        map.end()
    }
}
