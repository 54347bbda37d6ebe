//! Base64 (RFC 4648, section 4) of strangers: padded or not.

/// `None` where it is none.
pub(super) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let text = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"=")).unwrap_or(text);
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 2);
    for digits in text.chunks(4) {
        let mut group = 0;
        for digit in digits {
            group = (group << 6) | value(*digit)?;
        }
        // Missing digits are zeros, and give no bytes.
        group <<= 6 * (4 - digits.len());
        let bytes = group.to_be_bytes();
        let whole = match digits.len() {
            4 => 3,
            3 => 2,
            2 => 1,
            _ => return None,
        };
        out.extend_from_slice(&bytes[1..=whole]);
    }
    Some(out)
}

const fn value(digit: u8) -> Option<u32> {
    let value = match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(value as u32)
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn texts_are_decoded_padded_or_not() {
        for (coded, plain) in [
            ("", ""),
            ("YQ==", "a"),
            ("YQ", "a"),
            ("YWI=", "ab"),
            ("YWI", "ab"),
            ("YWJj", "abc"),
            ("YWJjZA", "abcd"),
        ] {
            assert_eq!(decode(coded.as_bytes()).unwrap(), plain.as_bytes(), "{coded}");
        }
        assert_eq!(decode(b"+/+/").unwrap(), [0xfb, 0xff, 0xbf]);
    }

    #[test]
    fn what_is_none_is_refused() {
        for bad in ["A", "YWJjZ", "Y===", "YQ =", "Y-_=", "\u{fc}\u{fc}", "=", "A=AA"] {
            assert_eq!(decode(bad.as_bytes()).filter(|bytes| !bytes.is_empty()), None, "{bad}");
        }
    }
}
