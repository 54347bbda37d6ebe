//! The `traceparent` field (W3C Trace Context level 2, section 3.2).

use crate::context::SpanContext;
use crate::id::{SpanId, TraceId};

/// `00-` + 32 + `-` + 16 + `-` + 2.
pub(super) const LEN: usize = 55;

const BAD: u8 = 0xff;

/// Values of lower-case hex digits; upper case is not allowed here.
const VALUES: [u8; 256] = {
    let mut table = [BAD; 256];
    let mut digit = 0u8;
    while digit < 16 {
        table[(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 }) as usize] = digit;
        digit += 1;
    }
    table
};

/// Both digits of every byte.
const DIGITS: [[u8; 2]; 256] = {
    let hex = b"0123456789abcdef";
    let mut table = [[0u8; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = [hex[byte >> 4], hex[byte & 15]];
        byte += 1;
    }
    table
};

pub(super) fn parse(value: &[u8]) -> Option<SpanContext> {
    // Optional white space around a field's value is not part of it (RFC 9110, section 5.5).
    let value = value.trim_ascii();
    let (head, tail) = value.split_first_chunk::<LEN>()?;
    let [v0, v1, b'-', ids @ .., b'-', f0, f1] = head else { return None };
    match (byte([*v0, *v1])?, tail) {
        (0xff, _) => return None,
        // Later versions may carry more, set off by a dash; version 00 ends here.
        (_, []) | (1..=0xfe, [b'-', ..]) => {}
        _ => return None,
    }
    let (trace, ids) = ids.split_first_chunk::<32>()?;
    let (b"-", span) = ids.split_first_chunk::<1>()? else { return None };
    let (high, low) = trace.split_first_chunk::<16>()?;
    let trace_id = TraceId::from_words([word(high)?, word(low.first_chunk()?)?])?;
    let span_id = SpanId::from_u64(word(span.first_chunk()?)?)?;
    let flags = byte([*f0, *f1])?;
    Some(
        SpanContext::new(trace_id, span_id, flags & 1 != 0)
            .with_random(flags & 2 != 0)
            .with_remote(),
    )
}

fn byte(digits: [u8; 2]) -> Option<u8> {
    let [high, low] = digits.map(|digit| VALUES[usize::from(digit)]);
    ((high | low) & 0xf0 == 0).then_some(high << 4 | low)
}

fn word(digits: &[u8; 16]) -> Option<u64> {
    let (high, low) = digits.split_first_chunk::<8>()?;
    Some(u64::from(half(*high)?) << 32 | u64::from(half(*low.first_chunk()?)?))
}

/// Eight digits at once, one in each byte of a word: a quarter of the work of a table.
#[inline]
fn half(digits: [u8; 8]) -> Option<u32> {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let text = u64::from_be_bytes(digits);
    // Letters have this bit and decimal digits do not.
    let letters = (text >> 6) & EACH;
    let values = (text & (0x0f * EACH)) + letters * 9;
    let is_text = values + 0x30 * EACH + letters * 0x27 == text;
    // Between the digits and the letters, and behind the letters, there are other characters.
    let in_range = values & (0xf0 * EACH) == 0;
    let of_its_kind = (values + 6 * EACH) & (0x10 * EACH) == letters << 4;
    let pairs = (values | values >> 4) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs | pairs >> 8) & 0x0000_ffff_0000_ffff;
    (is_text && in_range && of_its_kind).then_some((fours | fours >> 16) as u32)
}

pub(super) fn format(trace_id: TraceId, span_id: SpanId, flags: u8) -> [u8; LEN] {
    let mut out = [b'-'; LEN];
    put(&mut out[0..2], &[0]);
    put(&mut out[3..35], &trace_id.to_bytes());
    put(&mut out[36..52], &span_id.to_bytes());
    put(&mut out[53..55], &[flags]);
    out
}

fn put(out: &mut [u8], bytes: &[u8]) {
    for (digits, byte) in out.chunks_exact_mut(2).zip(bytes) {
        digits.copy_from_slice(&DIGITS[usize::from(*byte)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03";

    #[test]
    fn what_is_formatted_parses_to_the_same() {
        let context = parse(GOOD.as_bytes()).unwrap();
        assert!(context.is_sampled() && context.is_random() && context.is_remote());
        let (trace_id, span_id) = context.ids().unwrap();
        assert_eq!(format(trace_id, span_id, context.trace_flags()), *GOOD.as_bytes());
    }

    #[test]
    fn table_of_versions_and_defects() {
        let with = |version: &str, rest: &str| format!("{version}{}{rest}", &GOOD[2..]);
        let cases = [
            (GOOD.to_owned(), true),
            (format!("  {GOOD}\t"), true),
            (with("00", "-extra"), false),
            (with("00", "-"), false),
            (with("cc", "-extra"), true),
            (with("cc", "-"), true),
            (with("cc", ".extra"), false),
            (with("cc", ""), true),
            (with("ff", ""), false),
            (with("0x", ""), false),
            (GOOD.to_uppercase(), false),
            (GOOD.replace("0af7", "+af7"), false),
            (GOOD.replace("0af7651916cd43dd8448eb211c80319c", &"0".repeat(32)), false),
            (GOOD.replace("b7ad6b7169203331", &"0".repeat(16)), false),
            (GOOD[..54].to_owned(), false),
            (GOOD.replace('-', "_"), false),
            (String::new(), false),
            ("é".repeat(40), false),
        ];
        for (header, good) in cases {
            assert_eq!(parse(header.as_bytes()).is_some(), good, "{header}");
        }
    }

    /// Every byte in every place: the digits of eight at once are those of the table.
    #[test]
    fn eight_digits_at_once() {
        for other in *b"09af" {
            for (place, value) in (0..8).flat_map(|place| (0..=255).map(move |v| (place, v))) {
                let mut digits = [other; 8];
                digits[place] = value;
                let expected = std::str::from_utf8(&digits)
                    .ok()
                    .filter(|text| !text.contains(['+', 'A', 'B', 'C', 'D', 'E', 'F']))
                    .and_then(|text| u32::from_str_radix(text, 16).ok());
                assert_eq!(half(digits), expected, "{digits:?}");
            }
        }
    }

    #[test]
    fn unknown_flags_are_not_handed_on() {
        let context = parse(GOOD.replace("-03", "-fd").as_bytes()).unwrap();
        assert_eq!(context.trace_flags(), 1);
    }
}
