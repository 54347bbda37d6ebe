//! `error.type` and the message of a failed call.

use std::error::Error;

use tracer_core::semconv::{self, failure};

/// An error in words: reqwest's own text leaves the cause out.
pub(crate) fn text(error: &(dyn Error + 'static)) -> String {
    let mut text = String::new();
    for cause in failure::causes(error) {
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&cause.to_string());
    }
    text
}

pub(crate) fn kind(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        return semconv::TIMEOUT;
    }
    if let Some(kind) = failure::io_kind(error) {
        return kind;
    }
    match error {
        error if error.is_dns() => "dns",
        error if error.is_connect() => "connect",
        error if error.is_redirect() => "redirect",
        error if error.is_decode() => "decode",
        error if error.is_body() => "body",
        error if error.is_builder() => "builder",
        error if error.is_upgrade() => "upgrade",
        error if error.is_request() => "request",
        _ => semconv::OTHER,
    }
}
