//! OTLP over HTTP: `POST /v1/traces` with a protobuf body, `GET /healthz`.

use std::io::Read;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use flate2::read::GzDecoder;
use otlp_embedded::proto::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;

use crate::Store;

/// The largest batch that is taken, on the wire and after unpacking.
pub const MAX_BODY: usize = 16 * 1024 * 1024;

const PROTOBUF: &str = "application/x-protobuf";

/// The routes of the OTLP/HTTP port.
pub fn router(store: Store) -> Router {
    Router::new()
        .route("/v1/traces", post(traces))
        .route("/healthz", get(|| async { "ok\n" }))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(store)
}

async fn traces(State(store): State<Store>, headers: HeaderMap, body: Bytes) -> Response {
    match take(&store, &headers, body).await {
        Ok(answer) => ([(header::CONTENT_TYPE, PROTOBUF)], answer).into_response(),
        Err((status, why)) => (status, format!("{why}\n")).into_response(),
    }
}

type Refusal = (StatusCode, String);

async fn take(store: &Store, headers: &HeaderMap, body: Bytes) -> Result<Vec<u8>, Refusal> {
    if !is_protobuf(headers) {
        let why = format!("only {PROTOBUF} is taken");
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, why));
    }
    let body = unpack(headers, body)?;
    let batch = ExportTraceServiceRequest::decode(body)
        .map_err(|e| (StatusCode::BAD_REQUEST, format!("not an export request: {e}")))?;
    let answer = store
        .accept(batch)
        .await
        .map_err(|e| (StatusCode::INTERNAL_SERVER_ERROR, e.to_string()))?;
    Ok(answer.into_inner().encode_to_vec())
}

fn is_protobuf(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    // Parameters behind the type say nothing about a protobuf body.
    let kind = value.and_then(|v| v.split(';').next()).unwrap_or_default();
    kind.trim().eq_ignore_ascii_case(PROTOBUF)
}

fn unpack(headers: &HeaderMap, body: Bytes) -> Result<Bytes, Refusal> {
    let coding = match headers.get(header::CONTENT_ENCODING) {
        Some(value) => value.to_str().unwrap_or("?").trim(),
        None => "identity",
    };
    if coding.eq_ignore_ascii_case("identity") {
        return Ok(body);
    }
    if !coding.eq_ignore_ascii_case("gzip") {
        let why = format!("content-encoding {coding}: only gzip is understood");
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, why));
    }
    // One byte past the limit tells "too large" from "just fits", and a small
    // body that unpacks to gigabytes is never unpacked further than that.
    let mut plain = Vec::new();
    GzDecoder::new(&body[..])
        .take(MAX_BODY as u64 + 1)
        .read_to_end(&mut plain)
        .map_err(|e| (StatusCode::BAD_REQUEST, format!("not gzip: {e}")))?;
    if plain.len() > MAX_BODY {
        let why = format!("unpacks to more than {MAX_BODY} bytes");
        return Err((StatusCode::PAYLOAD_TOO_LARGE, why));
    }
    Ok(plain.into())
}
