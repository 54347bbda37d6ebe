//! The request's span as an argument of a handler.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::request::Parts;
use tracer_core::{SpanRef, current};

/// What is current where the handler is called: the span of its request, for handlers that would
/// rather have it as an argument than ask [`tracer_core::current()`] for it. It goes along into a
/// task or a WebSocket's handler. A noop where there is no layer, or no tracer.
///
/// ```
/// use axum::{Router, extract::Path, routing::get};
/// use contrib_axum::{CurrentSpan, TraceLayer};
///
/// async fn item(CurrentSpan(span): CurrentSpan, Path(id): Path<u64>) -> String {
///     span.set_tag("shop.item", id);
///     format!("item {id}, trace {:?}", span.context().trace_id())
/// }
///
/// let app: Router = Router::new().route("/items/{id}", get(item)).layer(TraceLayer::new());
/// ```
#[derive(Clone, Debug)]
pub struct CurrentSpan(pub SpanRef);

impl<S: Sync> FromRequestParts<S> for CurrentSpan {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(current()))
    }
}
