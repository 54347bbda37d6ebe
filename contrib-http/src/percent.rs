//! Percent-encoding (RFC 3986, section 2.1).

use std::fmt::Write;

/// `None` where a percent sign is not followed by two hex digits, or the result is no UTF-8.
pub(crate) fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            let (high, low) = (digit()?, digit()?);
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// Appends `text` with everything encoded that could mean something in a query.
pub(crate) fn encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to memory does not fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded() {
        for (plain, coded) in [
            ("", ""),
            ("shop-1.a_b~", "shop-1.a_b~"),
            ("a b&c=d#e", "a%20b%26c%3Dd%23e"),
            ("ü%\n", "%C3%BC%25%0A"),
        ] {
            let mut out = String::new();
            encode(plain, &mut out);
            assert_eq!(out, coded);
            assert_eq!(decode(&out).as_deref(), Some(plain));
        }
    }

    #[test]
    fn what_is_malformed_is_none() {
        for bad in ["%", "%4", "%zz", "%ff", "%+1", "a%"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }
}
