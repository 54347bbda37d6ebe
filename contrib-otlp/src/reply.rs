//! What a collector answers to a batch that it took.

use crate::fields::{Field, Fields};

/// The number of rejected spans in an `ExportTraceServiceResponse`: zero where the reply has no
/// partial success. `None` where this is no such message (some gateways answer with a word or
/// with JSON); the status has said "accepted" then, and that stands.
pub(crate) fn rejected_spans(reply: &[u8]) -> Option<u64> {
    const PARTIAL_SUCCESS: u64 = 1;
    const REJECTED_SPANS: u64 = 1;
    let mut rejected = 0;
    let mut fields = Fields::of(reply);
    while !fields.is_empty() {
        if let (PARTIAL_SUCCESS, Field::Bytes(partial)) = fields.next()? {
            let mut fields = Fields::of(partial);
            while !fields.is_empty() {
                if let (REJECTED_SPANS, Field::Varint(value)) = fields.next()? {
                    // An `int64`: a negative number is nonsense, and rejects nothing.
                    rejected = u64::try_from(value.cast_signed()).unwrap_or(0);
                }
            }
        }
    }
    Some(rejected)
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::collector::trace::v1::{
        ExportTracePartialSuccess, ExportTraceServiceResponse,
    };
    use proptest::prelude::*;
    use prost::Message;

    use super::*;

    fn reply(rejected_spans: i64, words: &str) -> Vec<u8> {
        let partial_success =
            Some(ExportTracePartialSuccess { rejected_spans, error_message: words.to_owned() });
        ExportTraceServiceResponse { partial_success }.encode_to_vec()
    }

    #[test]
    fn rejected_spans_are_read() {
        assert_eq!(rejected_spans(&[]), Some(0));
        assert_eq!(rejected_spans(&reply(0, "slow down")), Some(0));
        assert_eq!(rejected_spans(&reply(3, "")), Some(3));
        assert_eq!(rejected_spans(&reply(i64::MAX, "all")), Some(i64::MAX as u64));
        assert_eq!(rejected_spans(&reply(-1, "odd")), Some(0));
    }

    #[test]
    fn other_fields_are_passed_over() {
        let mut bytes = vec![0x79, 1, 2, 3, 4, 5, 6, 7, 8, 0x7d, 1, 2, 3, 4, 0x78, 0xff, 1];
        bytes.extend(reply(2, "x"));
        assert_eq!(rejected_spans(&bytes), Some(2));
    }

    #[test]
    fn what_is_no_reply_is_none() {
        for bad in ["OK", "{\"partialSuccess\":{}}", "<html>", "\u{a}\u{7f}"] {
            assert_eq!(rejected_spans(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(rejected_spans(&[0xff; 64]), None);
        let longest = [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
        assert_eq!(rejected_spans(&longest), None);
    }

    proptest! {
        #[test]
        fn noise_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let ours = rejected_spans(&bytes);
            // Where both understand it, they read the same.
            let theirs = ExportTraceServiceResponse::decode(&bytes[..]);
            if let (Some(ours), Ok(theirs)) = (ours, theirs) {
                let rejected = theirs.partial_success.map_or(0, |p| p.rejected_spans);
                prop_assert_eq!(ours, u64::try_from(rejected).unwrap_or(0));
            }
        }
    }
}
