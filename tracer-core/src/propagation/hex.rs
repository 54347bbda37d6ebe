//! Hex digits as the older formats have them: of either case, and fewer than there could be.

use crate::id::{SpanId, TraceId};

pub(super) fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// A number of one to `most` digits, which are 32 at most.
pub(super) fn number(digits: &[u8], most: usize) -> Option<u128> {
    if digits.is_empty() || digits.len() > most {
        return None;
    }
    digits.iter().try_fold(0, |number: u128, byte| Some((number << 4) | u128::from(digit(*byte)?)))
}

/// A trace id of up to 32 digits, not zero. With 16 or fewer it is one of 64 bits.
pub(super) fn trace_id(digits: &[u8]) -> Option<TraceId> {
    TraceId::from_u128(number(digits, 32)?)
}

/// A span id of up to 16 digits, not zero.
pub(super) fn span_id(digits: &[u8]) -> Option<SpanId> {
    SpanId::from_u64(u64::try_from(number(digits, 16)?).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_nothing_else() {
        for (digits, expected) in [
            ("0", Some(0)),
            ("aF", Some(0xaf)),
            ("ffffffffffffffffffffffffffffffff", Some(u128::MAX)),
            ("000000000000000000000000000000001", None),
            ("", None),
            ("+1", None),
            ("-1", None),
            ("1_0", None),
            ("0x1", None),
            (" 1", None),
            ("g", None),
        ] {
            assert_eq!(number(digits.as_bytes(), 32), expected, "{digits}");
        }
        assert_eq!(number("é".as_bytes(), 32), None);
    }

    #[test]
    fn ids_are_split_padded_and_never_zero() {
        // 17 digits: the first one is all there is of the high half.
        let id = trace_id(b"10000000000000002").map(TraceId::to_u128);
        assert_eq!(id, Some((1 << 64) | 2));
        assert_eq!(span_id(b"8000000000000000").map(SpanId::to_u64), Some(1 << 63));
        assert_eq!((trace_id(b"0"), span_id(b"0000")), (None, None));
        assert_eq!(span_id(b"00000000000000001"), None, "17 digits");
    }
}
