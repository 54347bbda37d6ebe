//! Where messages end in a stream of bytes.

use tracer_core::semconv::rpc::Messages;

/// In front of each message: whether it is compressed, and its length.
/// ([gRPC over HTTP/2](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md),
/// "Length-Prefixed-Message")
const PREFIX: u8 = 5;

/// Reads lengths, and nothing else. Whatever strangers write there, nothing is kept of it but a
/// number.
#[derive(Debug, Default)]
pub(crate) struct Framing {
    /// Bytes of a prefix that have come.
    seen: u8,
    length: u32,
    /// Bytes of a message that have yet to come.
    left: u32,
    whole: Messages,
}

impl Framing {
    /// Messages that were complete so far.
    pub(crate) const fn whole(&self) -> Messages {
        self.whole
    }

    /// The next bytes, wherever they were cut.
    pub(crate) fn read(&mut self, mut bytes: &[u8]) {
        while let Some((first, rest)) = bytes.split_first() {
            if self.seen < PREFIX {
                // The first byte is no part of the length, and is gone when the others are there.
                self.length = (self.length << 8) | u32::from(*first);
                if self.seen == 0 {
                    self.length = 0;
                }
                self.seen += 1;
                bytes = rest;
                if self.seen < PREFIX {
                    continue;
                }
                self.left = self.length;
            } else {
                let there = u32::try_from(bytes.len()).unwrap_or(u32::MAX).min(self.left);
                self.left -= there;
                bytes = bytes.get(there as usize..).unwrap_or_default();
            }
            if self.left == 0 {
                self.whole.count += 1;
                self.whole.size += u64::from(self.length);
                self.seen = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn framed(messages: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (at, message) in messages.iter().enumerate() {
            bytes.push((at % 2) as u8);
            bytes.extend((message.len() as u32).to_be_bytes());
            bytes.extend(message);
        }
        bytes
    }

    fn count(chunks: &[&[u8]]) -> Messages {
        let mut framing = Framing::default();
        chunks.iter().for_each(|chunk| framing.read(chunk));
        framing.whole()
    }

    proptest! {
        #[test]
        fn wherever_it_is_cut(
            messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 0..8),
            at in 1usize..9,
        ) {
            let bytes = framed(&messages);
            let chunks: Vec<_> = bytes.chunks(at).collect();
            let size = messages.iter().map(Vec::len).sum::<usize>() as u64;
            prop_assert_eq!(count(&chunks), Messages { count: messages.len() as u64, size });
        }

        #[test]
        fn whatever_it_is(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let whole = count(&[&bytes]);
            prop_assert!(whole.size + 5 * whole.count <= bytes.len() as u64);
        }
    }

    #[test]
    fn half_a_message_is_none() {
        let bytes = framed(&[b"whole".to_vec(), b"half".to_vec()]);
        let expected = Messages { count: 1, size: 5 };
        assert_eq!(count(&[&bytes[..bytes.len() - 1]]), expected);
        assert_eq!(count(&[&bytes[..12]]), expected);
        // A length that nobody will ever send.
        assert_eq!(count(&[&[0, 255, 255, 255, 255], &[0; 100]]), Messages::default());
    }
}
