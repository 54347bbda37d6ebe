//! Protocol Buffers' wire format: the few parts that OTLP needs.
//!
//! Everything is appended to one buffer in a single pass. The length of a message stands before
//! it and is known after it: a guess of its width is kept free, and the message is moved only
//! where the guess was wrong.

/// Most bytes of a varint.
const MAX_VARINT: usize = 10;

/// The key of a varint field. For field numbers up to 15, as all constants here.
pub(super) const fn varint_key(field: u8) -> u8 {
    field << 3
}

/// The key of a `fixed64` or `double` field.
pub(super) const fn fixed64_key(field: u8) -> u8 {
    (field << 3) | 1
}

/// The key of a field that starts with its length: text, bytes, a message.
pub(super) const fn len_key(field: u8) -> u8 {
    (field << 3) | 2
}

/// Bytes that a number takes.
#[inline]
pub(super) const fn varint_len(value: u64) -> usize {
    let bits = u64::BITS - (value | 1).leading_zeros();
    bits.div_ceil(7) as usize
}

/// Bytes that a text takes, with its key and length.
#[inline]
pub(super) const fn text_len(text: &str) -> usize {
    1 + varint_len(text.len() as u64) + text.len()
}

#[inline]
pub(super) fn varint(buf: &mut Vec<u8>, value: u64) {
    if value < 0x80 {
        buf.push(value as u8);
    } else {
        long_varint(buf, value);
    }
}

fn long_varint(buf: &mut Vec<u8>, mut value: u64) {
    let mut bytes = [0; MAX_VARINT];
    let width = varint_len(value);
    for byte in &mut bytes[..width] {
        *byte = value as u8 | 0x80;
        value >>= 7;
    }
    bytes[width - 1] &= 0x7f;
    buf.extend_from_slice(&bytes[..width]);
}

/// A `uint32` field; zero is the default and left out.
#[inline]
pub(super) fn count(buf: &mut Vec<u8>, key: u8, value: u32) {
    if value != 0 {
        buf.push(key);
        varint(buf, u64::from(value));
    }
}

#[inline]
pub(super) fn fixed64(buf: &mut Vec<u8>, key: u8, value: u64) {
    let mut bytes = [key, 0, 0, 0, 0, 0, 0, 0, 0];
    bytes[1..].copy_from_slice(&value.to_le_bytes());
    buf.extend_from_slice(&bytes);
}

#[inline]
pub(super) fn bytes(buf: &mut Vec<u8>, key: u8, value: &[u8]) {
    if value.len() < 0x80 {
        // One write for both: this is the most frequent call of all.
        buf.extend_from_slice(&[key, value.len() as u8]);
    } else {
        buf.push(key);
        long_varint(buf, value.len() as u64);
    }
    buf.extend_from_slice(value);
}

#[inline]
pub(super) fn text(buf: &mut Vec<u8>, key: u8, value: &str) {
    bytes(buf, key, value.as_bytes());
}

/// A text field that is left out where it is empty, as proto3 does with defaults.
#[inline]
pub(super) fn optional_text(buf: &mut Vec<u8>, key: u8, value: &str) {
    if !value.is_empty() {
        text(buf, key, value);
    }
}

/// A message field. `width` is how many bytes its length will probably take.
#[inline]
pub(super) fn message(buf: &mut Vec<u8>, key: u8, width: usize, body: impl FnOnce(&mut Vec<u8>)) {
    buf.push(key);
    let at = buf.len();
    buf.extend_from_slice(&[0; MAX_VARINT][..width]);
    body(buf);
    close(buf, at, width);
}

/// Writes the length of the message that has just ended in front of it.
fn close(buf: &mut Vec<u8>, at: usize, guess: usize) {
    let start = at + guess;
    let len = buf.len() - start;
    let width = varint_len(len as u64);
    if width != guess {
        buf.resize(buf.len().max(at + width + len), 0);
        buf.copy_within(start..start + len, at + width);
        buf.truncate(at + width + len);
    }
    let mut left = len;
    for byte in &mut buf[at..at + width] {
        *byte = left as u8 | 0x80;
        left >>= 7;
    }
    buf[at + width - 1] &= 0x7f;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_have_the_width_they_are_said_to_have() {
        for value in [0, 1, 127, 128, 16_383, 16_384, u64::MAX >> 1, u64::MAX] {
            let mut buf = Vec::new();
            varint(&mut buf, value);
            assert_eq!(buf.len(), varint_len(value), "{value}");
            let read = prost::encoding::decode_varint(&mut &buf[..]).unwrap();
            assert_eq!(read, value);
        }
    }

    #[test]
    fn a_wrong_guess_moves_the_message() {
        for guess in 1..=5 {
            for len in [0, 1, 127, 128, 20_000] {
                let mut buf = vec![9];
                message(&mut buf, len_key(1), guess, |buf| {
                    buf.resize(buf.len() + len, 7);
                });
                buf.push(8);
                let mut expected = vec![9, len_key(1)];
                varint(&mut expected, len as u64);
                expected.resize(expected.len() + len, 7);
                expected.push(8);
                assert_eq!(buf, expected, "{guess} {len}");
            }
        }
    }
}
