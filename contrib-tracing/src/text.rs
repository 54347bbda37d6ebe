//! Texts out of users' values.

use std::fmt::{self, Write};

/// Longest text that is made of a value. The tracer's own limit is lower, unless somebody has
/// raised it, and counts what it cuts; this one is for values that have no end.
const MAX_TEXT: usize = 64 << 10;

/// What a value writes, as far as it goes: a value that fails in the middle has said that much.
pub(crate) fn of(value: fmt::Arguments<'_>) -> String {
    let mut text = Bounded(String::new());
    let _ = text.write_fmt(value);
    text.0
}

/// The beginning of a text.
pub(crate) fn of_str(text: &str) -> String {
    head(text, MAX_TEXT).to_owned()
}

/// As much of a text as fits, in whole characters.
fn head(text: &str, room: usize) -> &str {
    let end = (0..=room.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}

struct Bounded(String);

impl Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let fitting = head(text, MAX_TEXT - self.0.len());
        self.0.push_str(fitting);
        // An error, so that whoever writes stops.
        if fitting.len() < text.len() { Err(fmt::Error) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Endless;

    impl fmt::Display for Endless {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            loop {
                f.write_str("äöü")?;
            }
        }
    }

    struct Failing;

    impl fmt::Display for Failing {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("so far")?;
            Err(fmt::Error)
        }
    }

    #[test]
    fn is_bounded_in_whole_characters() {
        let text = of(format_args!("{Endless}"));
        assert!(text.len() <= MAX_TEXT && text.len() > MAX_TEXT - 6);
        assert_eq!(of_str(&"ä".repeat(MAX_TEXT)).len(), MAX_TEXT);
        assert_eq!(of_str(&format!("a{}", "ä".repeat(MAX_TEXT))).len(), MAX_TEXT - 1);
        assert_eq!((of_str(""), of_str("short")), (String::new(), "short".to_owned()));
    }

    #[test]
    fn what_fails_has_said_that_much() {
        assert_eq!(of(format_args!("{Failing}, and no more")), "so far");
    }
}
