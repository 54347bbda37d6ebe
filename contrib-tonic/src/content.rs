//! What is gRPC and what comes over the same port.

use http::{HeaderMap, header};

const GRPC: &[u8] = b"application/grpc";

/// Whether this is the head of a gRPC message: not of gRPC-Web, whose status is in its body, nor of
/// plain HTTP (a browser's `OPTIONS`, a health check).
pub(crate) fn is_grpc(headers: &HeaderMap) -> bool {
    let content = headers.get(header::CONTENT_TYPE).map(|value| value.as_bytes());
    let Some((kind, rest)) = content.and_then(|content| content.split_at_checked(GRPC.len()))
    else {
        return false;
    };
    kind.eq_ignore_ascii_case(GRPC) && matches!(rest.first(), None | Some(b'+' | b';' | b' '))
}

/// Whether a request that leaves is of another protocol, by its own word.
pub(crate) fn is_other(headers: &HeaderMap) -> bool {
    headers.contains_key(header::CONTENT_TYPE) && !is_grpc(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_content() {
        for (content, expected) in [
            ("application/grpc", true),
            ("application/grpc+proto", true),
            ("Application/gRPC; charset=utf-8", true),
            ("application/grpc-web", false),
            ("application/grpc-web-text+proto", false),
            ("application/json", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            assert!(!is_grpc(&headers) && !is_other(&headers));
            headers.insert(header::CONTENT_TYPE, content.parse().unwrap());
            assert_eq!((is_grpc(&headers), is_other(&headers)), (expected, !expected), "{content}");
        }
    }
}
