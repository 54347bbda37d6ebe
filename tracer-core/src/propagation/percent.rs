//! Percent-encoding of baggage values: the W3C's (W3C Baggage, section 3.3.1.3), and that of query
//! strings, which OpenTracing's tracers have.

use std::borrow::Cow;

use super::hex::digit;
use crate::baggage::needs_encoding;

const HEX: &[u8; 16] = b"0123456789ABCDEF";

pub(super) fn encode_into(out: &mut String, text: &str) {
    escape(out, text, needs_encoding);
}

/// Everything but what RFC 3986 calls unreserved. A space is `%20`: `+` would be one in a query
/// string and nowhere else.
pub(super) fn encode_query(text: &str) -> Cow<'_, str> {
    let reserved = |byte: u8| !matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~');
    if !text.bytes().any(reserved) {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    escape(&mut out, text, reserved);
    Cow::Owned(out)
}

fn escape(out: &mut String, text: &str, needed: impl Fn(u8) -> bool) {
    for byte in text.bytes() {
        if needed(byte) {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        } else {
            out.push(char::from(byte));
        }
    }
}

/// Bytes that are no UTF-8 become U+FFFD, as the specification asks; a percent sign without two
/// hex digits stands for itself.
pub(super) fn decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let (bytes, _) = unescape(text, b'+');
    match String::from_utf8_lossy(&bytes) {
        Cow::Borrowed(text) => text.to_owned(),
        Cow::Owned(text) => text,
    }
}

/// The reverse of [`encode_query`], where `+` is a space too. `None` where an escape is broken or
/// the text is no UTF-8.
pub(super) fn decode_query(text: &str) -> Option<String> {
    let (bytes, whole) = unescape(text, b' ');
    whole.then(|| String::from_utf8(bytes).ok()).flatten()
}

/// The bytes, with broken escapes as they are, and whether there was none.
fn unescape(text: &str, plus: u8) -> (Vec<u8>, bool) {
    let mut bytes = Vec::with_capacity(text.len());
    let mut whole = true;
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        match byte {
            b'+' => bytes.push(plus),
            b'%' => match escaped(tail) {
                Some((byte, after)) => {
                    bytes.push(byte);
                    rest = after;
                }
                None => {
                    bytes.push(byte);
                    whole = false;
                }
            },
            _ => bytes.push(byte),
        }
    }
    (bytes, whole)
}

/// The byte that these two digits mean, and what comes behind them.
fn escaped(text: &[u8]) -> Option<(u8, &[u8])> {
    let (&[high, low], after) = text.split_first_chunk()?;
    Some(((digit(high)? << 4) | digit(low)?, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: [&str; 7] =
        ["plain", "two words", "a,b;c=d", "100% + 1", "ünï", "\r\nX: y", "\"\\"];

    #[test]
    fn what_is_encoded_comes_back() {
        for text in TEXTS {
            let mut wire = String::new();
            encode_into(&mut wire, text);
            assert!(wire.bytes().all(|byte| byte.is_ascii_graphic()), "{wire}");
            assert!(!wire.contains([',', ';', '"', '\\']), "{wire}");
            assert_eq!(decode(&wire), text);
            let wire = encode_query(text);
            assert!(wire.bytes().all(|byte| byte.is_ascii_graphic()), "{wire}");
            assert!(!wire.contains([',', ';', '+', ':', '/']), "{wire}");
            assert_eq!(decode_query(&wire).as_deref(), Some(text));
        }
    }

    #[test]
    fn broken_escapes_never_panic() {
        assert_eq!(decode("%"), "%");
        assert_eq!(decode("%Z1%4+"), "%Z1%4+");
        assert_eq!(decode("%E0%40%2E"), "\u{fffd}@.");
    }

    #[test]
    fn query_strings_are_strict_and_know_the_plus() {
        assert_eq!(decode_query("a+b%2bc%2F").as_deref(), Some("a b+c/"));
        for broken in ["%", "%Z1", "a%4", "%E0%40%2E", "%ff"] {
            assert_eq!(decode_query(broken), None, "{broken}");
        }
    }
}
