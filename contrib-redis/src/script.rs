//! Scripts and functions that a command calls.

use std::borrow::Cow;

/// Longest name of a function that is taken for one.
const MAX: usize = 64;

/// A script's digest, a function's name. `EVAL` carries the script itself, and that is a text that
/// can hold anything.
pub(crate) fn procedure<'a>(mut args: impl Iterator<Item = &'a [u8]>) -> Option<Cow<'static, str>> {
    let command = args.next()?;
    let is = |name: &[u8]| command.eq_ignore_ascii_case(name);
    let fits: fn(&[u8]) -> bool = if is(b"EVALSHA") || is(b"EVALSHA_RO") {
        is_digest
    } else if is(b"FCALL") || is(b"FCALL_RO") {
        is_function
    } else {
        return None;
    };
    let name = args.next().filter(|name| fits(name))?;
    std::str::from_utf8(name).ok().map(|name| Cow::Owned(name.to_owned()))
}

/// SHA-1 in hexadecimal digits.
fn is_digest(name: &[u8]) -> bool {
    name.len() == 40 && name.iter().all(u8::is_ascii_hexdigit)
}

/// As Redis itself checks it.
fn is_function(name: &[u8]) -> bool {
    !name.is_empty()
        && name.len() <= MAX
        && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_name_and_what_is_not() {
        let digest = "4a2267357833227dd98abdedb8cf24b15a986445";
        let long = "f".repeat(MAX + 1);
        for (command, first, expected) in [
            ("EVALSHA", digest, Some(digest)),
            ("evalsha", digest, Some(digest)),
            ("EVALSHA_RO", digest, Some(digest)),
            ("EVALSHA", "return 'secret'", None),
            ("EVALSHA", &digest[1..], None),
            ("EVAL", digest, None),
            ("FCALL", "my_function", Some("my_function")),
            ("FCALL_RO", "f1", Some("f1")),
            ("FCALL", "not a name", None),
            ("FCALL", "", None),
            ("FCALL", &long, None),
            ("GET", "key", None),
        ] {
            let args = [command.as_bytes(), first.as_bytes(), b"0"];
            assert_eq!(procedure(args.into_iter()).as_deref(), expected, "{command} {first}");
        }
        assert_eq!(procedure([&b"EVALSHA"[..]].into_iter()), None);
    }
}
