//! Durations in Go's words (package `time`, `ParseDuration`).

use std::time::Duration;

/// `1h30m`, `1.5s`, `500ms`, `0`; `None` for anything else, such as a bare number or a negative
/// one.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    if rest == "0" {
        return Some(Duration::ZERO);
    }
    let mut nanos = 0u64;
    loop {
        let of_number = |c: char| c.is_ascii_digit() || c == '.';
        let (number, behind) = rest.split_at(rest.find(|c| !of_number(c))?);
        let (unit, behind) = behind.split_at(behind.find(of_number).unwrap_or(behind.len()));
        nanos = nanos.checked_add(scale(number, in_nanos(unit)?)?)?;
        if behind.is_empty() {
            return Some(Duration::from_nanos(nanos));
        }
        rest = behind;
    }
}

fn in_nanos(unit: &str) -> Option<u64> {
    Some(match unit {
        "ns" => 1,
        // Both of Unicode's signs for micro.
        "us" | "\u{b5}s" | "\u{3bc}s" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60 * 1_000_000_000,
        "h" => 3_600 * 1_000_000_000,
        _ => return None,
    })
}

/// A decimal number of this many nanoseconds each. Less than a nanosecond is dropped.
fn scale(number: &str, nanos: u64) -> Option<u64> {
    /// Digits behind the point that can make a nanosecond of an hour.
    const DIGITS: usize = 18;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
        return None;
    }
    let of_whole = if whole.is_empty() { 0 } else { whole.parse::<u64>().ok()? };
    let digits = fraction.get(..DIGITS).unwrap_or(fraction);
    let padded: u64 = format!("{digits:0<DIGITS$}").parse().ok()?;
    let of_fraction = u128::from(padded) * u128::from(nanos) / 10u128.pow(DIGITS as u32);
    of_whole.checked_mul(nanos)?.checked_add(u64::try_from(of_fraction).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn go_writes_durations_like_this() {
        for (text, nanos) in [
            ("0", 0),
            ("0s", 0),
            ("1ns", 1),
            ("1us", 1_000),
            ("1µs", 1_000),
            ("1μs", 1_000),
            ("500ms", 500_000_000),
            ("1s", 1_000_000_000),
            ("+1s", 1_000_000_000),
            ("1.5s", 1_500_000_000),
            (".5s", 500_000_000),
            ("5.s", 5_000_000_000),
            ("1m", 60_000_000_000),
            ("1h30m", 5_400_000_000_000),
            ("1h0m0.5s", 3_600_500_000_000),
            ("0.000000000000000000000001h", 0),
            ("0.333333333333333333333h", 1_199_999_999_999),
        ] {
            assert_eq!(parse(text), Some(Duration::from_nanos(nanos)), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_none() {
        for bad in [
            "",
            " ",
            "1",
            "60000",
            "s",
            ".s",
            ".",
            "1.2.3s",
            "-1s",
            "--1s",
            "1 s",
            "1S",
            "1d",
            "1s1",
            "1sec",
            "1e3s",
            "0x1s",
            "99999999999999999999s",
            "9999999999h",
            "1s ",
            "ms",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
