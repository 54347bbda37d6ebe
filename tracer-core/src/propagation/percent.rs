//! Percent-encoding of baggage values (W3C Baggage, section 3.3.1.3).

use std::borrow::Cow;

use crate::baggage::needs_encoding;

const HEX: &[u8; 16] = b"0123456789ABCDEF";

pub(super) fn encode_into(out: &mut String, text: &str) {
    for byte in text.bytes() {
        if needs_encoding(byte) {
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
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        match (byte, tail) {
            (b'%', [high, low, after @ ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => {
                    bytes.push((high << 4) | low);
                    rest = after;
                    continue;
                }
                _ => bytes.push(byte),
            },
            _ => bytes.push(byte),
        }
        rest = tail;
    }
    match String::from_utf8_lossy(&bytes) {
        Cow::Borrowed(text) => text.to_owned(),
        Cow::Owned(text) => text,
    }
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_comes_back() {
        for text in ["plain", "two words", "a,b;c=d", "100%", "ünï", "\r\nX: y", "\"\\"] {
            let mut wire = String::new();
            encode_into(&mut wire, text);
            assert!(wire.bytes().all(|byte| byte.is_ascii_graphic()), "{wire}");
            assert!(!wire.contains([',', ';', '"', '\\']), "{wire}");
            assert_eq!(decode(&wire), text);
        }
    }

    #[test]
    fn broken_escapes_never_panic() {
        assert_eq!(decode("%"), "%");
        assert_eq!(decode("%Z1%4"), "%Z1%4");
        assert_eq!(decode("%E0%40%2E"), "\u{fffd}@.");
    }
}
