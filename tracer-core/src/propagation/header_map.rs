//! `http::HeaderMap` as a carrier.

use std::ops::ControlFlow;

use http::{HeaderMap, HeaderName, HeaderValue};

use super::carrier::{Extract, Field, Inject, behind};
use super::raw::RawValue;

/// Of so many headers it costs less to look at each than to hash a name.
const FEW: usize = 12;

/// Reads the context a request came with.
///
/// ```
/// use tracer_core::{Tracer, SpanKind};
///
/// # fn serve(tracer: &Tracer, headers: &http::HeaderMap) {
/// let caller = tracer.extract(headers);
/// let span = tracer.span("GET /items").kind(SpanKind::Server).child_of(&caller).start();
/// # }
/// ```
impl Extract for HeaderMap {
    fn values<'a>(&'a self, field: &Field, each: &mut dyn FnMut(&'a [u8])) {
        if self.len() <= FEW {
            return self
                .iter()
                .filter(|(name, _)| *name == field.header())
                .for_each(|(_, value)| each(value.as_bytes()));
        }
        for value in self.get_all(field.header()) {
            each(value.as_bytes());
        }
    }

    fn raw_values(&self, field: &Field, each: &mut dyn FnMut(RawValue)) {
        for value in self.get_all(field.header()) {
            each(RawValue::from(value.clone()));
        }
    }

    fn prefixed<'a>(
        &'a self,
        prefix: &str,
        each: &mut dyn FnMut(&'a str, &'a [u8]) -> ControlFlow<()>,
    ) {
        for (name, value) in self {
            if let Some(rest) = behind(name.as_str(), prefix)
                && each(rest, value.as_bytes()).is_break()
            {
                return;
            }
        }
    }
}

/// Gives a request its context. This is all that a hand-rolled client needs:
///
/// ```
/// use tracer_core::{Tracer, SpanKind};
///
/// fn call(tracer: &Tracer) -> http::Request<()> {
///     let span = tracer.span("GET").kind(SpanKind::Client).start();
///     let mut request = http::Request::new(());
///     tracer.inject(&span, request.headers_mut());
///     request // send it, then tag the span with the status and drop it
/// }
/// # call(&Tracer::builder("shop").build());
/// ```
impl Inject for HeaderMap {
    fn set(&mut self, field: &Field, value: &str) {
        if let Ok(value) = HeaderValue::from_str(value) {
            // A map at its limit of 32,768 names is no reason to panic.
            let _ = self.try_insert(field.header(), value);
        }
    }

    fn append_raw(&mut self, field: &Field, value: &RawValue) {
        if let Some(value) = value.to_header() {
            let _ = self.try_append(field.header(), value);
        }
    }

    fn remove(&mut self, field: &Field) {
        if self.len() <= FEW && !self.keys().any(|name| name == field.header()) {
            return;
        }
        Self::remove(self, field.header());
    }

    fn set_prefixed(&mut self, prefix: &str, key: &str, value: &str) {
        // `HeaderValue` takes letters beyond ASCII too, and gRPC does not.
        if !value.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            return;
        }
        if let (Some(name), Ok(value)) = (name(prefix, key), HeaderValue::from_str(value)) {
            let _ = self.try_insert(name, value);
        }
    }

    fn append_raw_prefixed(&mut self, prefix: &str, key: &str, value: &RawValue) {
        if let (Some(name), Some(value)) = (name(prefix, key), value.to_header()) {
            let _ = self.try_append(name, value);
        }
    }

    fn remove_prefixed(&mut self, prefix: &str) {
        let names = self.keys().filter(|name| behind(name.as_str(), prefix).is_some());
        for name in names.cloned().collect::<Vec<_>>() {
            Self::remove(self, name);
        }
    }
}

/// Header names are lower case: the key's case is lost, as it is over HTTP anyway.
fn name(prefix: &str, key: &str) -> Option<HeaderName> {
    HeaderName::from_bytes(format!("{prefix}{key}").as_bytes()).ok()
}
