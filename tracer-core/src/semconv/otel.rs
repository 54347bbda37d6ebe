//! Names for what OpenTelemetry knows of a span and other formats have no field for
//! (OpenTelemetry specification, "Transformation to non-OTLP Formats").

use crate::value::Tag;

/// The status, where it was said: [`OK`] or [`ERROR`].
pub const STATUS_CODE: &str = "otel.status_code";
/// [`STATUS_CODE`] of work that was called a success.
pub const OK: &str = "OK";
/// [`STATUS_CODE`] of work that failed.
pub const ERROR: &str = "ERROR";

/// How many tags the limits have cut off.
pub const DROPPED_ATTRIBUTES_COUNT: &str = "otel.dropped_attributes_count";
/// How many logs.
pub const DROPPED_EVENTS_COUNT: &str = "otel.dropped_events_count";
/// How many links.
pub const DROPPED_LINKS_COUNT: &str = "otel.dropped_links_count";

/// What has recorded a span (an instrumentation scope).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its version, if it has said so.
    pub version: Option<&'a str>,
}

impl<'a> Scope<'a> {
    /// The library that says of a span with these tags that it has recorded it, by
    /// `otel.scope.name`; else this kit.
    #[must_use]
    pub fn of(tags: &'a [Tag]) -> Self {
        let said = |key: &str| tags.iter().find(|tag| tag.key == key)?.value.as_str();
        match said(SCOPE_NAME[0]) {
            Some(name) => Self { name, version: said(SCOPE_VERSION[0]) },
            None => Self { name: "tracer", version: Some(env!("CARGO_PKG_VERSION")) },
        }
    }

    /// The tags beside those that [`of`](Self::of) reads, which have a place of their own.
    pub fn beside(tags: &'a [Tag]) -> impl Iterator<Item = &'a Tag> + Clone + use<'a> {
        let is = |tag: &Tag, key: &str| tag.key == key && tag.value.as_str().is_some();
        let is_named = tags.iter().any(|tag| is(tag, SCOPE_NAME[0]));
        tags.iter()
            .filter(move |tag| !is_named || !(is(tag, SCOPE_NAME[0]) || is(tag, SCOPE_VERSION[0])))
    }
}

/// What has recorded the span, under its name of today and its earlier one, both of which are to
/// be written.
pub const SCOPE_NAME: [&str; 2] = ["otel.scope.name", "otel.library.name"];
/// Its version.
pub const SCOPE_VERSION: [&str; 2] = ["otel.scope.version", "otel.library.version"];
