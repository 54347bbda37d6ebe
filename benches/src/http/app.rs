//! The application that is served: one route, a small answer.

use axum::Router;
use axum::extract::Path;
use axum::response::IntoResponse;
use axum::routing::get;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Method, Request};

pub const TARGET: &str = "/orders/1234567";

pub fn router() -> Router {
    Router::new().route("/orders/{id}", get(order))
}

async fn order(Path(id): Path<u64>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], format!("{{\"id\":{id},\"state\":\"sent\"}}"))
}

/// The headers of a request, as a browser's gateway would send it on.
pub const HEADERS: [(&str, &str); 3] = [
    ("host", "shop.example:8080"),
    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"),
    ("accept", "application/json"),
];

/// The caller's context; sampled, or not.
pub const fn traceparent(sampled: bool) -> &'static str {
    if sampled {
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    } else {
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"
    }
}

pub fn request(sampled: bool) -> Request<axum::body::Body> {
    let mut request = Request::new(axum::body::Body::empty());
    *request.method_mut() = Method::GET;
    *request.uri_mut() = http::Uri::from_static(TARGET);
    let mut headers = HeaderMap::new();
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers.insert("traceparent", HeaderValue::from_static(traceparent(sampled)));
    *request.headers_mut() = headers;
    request
}
