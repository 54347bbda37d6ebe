//! A command in words: its keys are shown, and nothing else of what it carries.

use std::borrow::Cow;

use tracer_core::semconv::redact;

use crate::keys::Keys;
use crate::name;
use crate::sent::Sent;

/// Longest text, in bytes; what comes after it is left out, and the text says so.
const MAX: usize = 1024;
const MORE: &str = " ...";

/// The commands, a line each.
pub(crate) fn of(sent: &impl Sent, transaction: bool) -> String {
    let mut text = String::new();
    for command in sent.commands() {
        let mut args = command.peekable();
        // The name is looked at twice: it can be of two words.
        let Some(first) = args.next() else { continue };
        let second = args.peek().copied();
        let name = name::of_command(std::iter::once(first).chain(second));
        if transaction && name::is_frame(&name) {
            continue;
        }
        if name.contains(' ') {
            args.next();
        }
        let separator = if text.is_empty() { "" } else { "\n" };
        if !push(&mut text, separator, &name) {
            text.push_str(MORE);
            return text;
        }
        let keys = Keys::of(&name);
        let mut index = 0;
        while let Some(arg) = args.next() {
            let shown = match keys.has(index, args.peek().is_none()) {
                true => key(arg),
                false => Some(Cow::Borrowed("?")),
            };
            let fits = shown.is_some_and(|shown| push(&mut text, " ", &shown));
            if !fits {
                text.push_str(MORE);
                return text;
            }
            index += 1;
        }
    }
    text
}

/// Whether there was room for it.
fn push(text: &mut String, separator: &str, word: &str) -> bool {
    if text.len() + separator.len() + word.len() > MAX - MORE.len() {
        return false;
    }
    text.push_str(separator);
    text.push_str(word);
    true
}

/// A key, in quotes where redis-cli would need them; `None` of one that is too long in any case.
fn key(key: &[u8]) -> Option<Cow<'_, str>> {
    if key.len() > MAX {
        return None;
    }
    let plain = |byte: &u8| byte.is_ascii_graphic() && !b"\"'\\?".contains(byte);
    if !key.is_empty() && key.iter().all(plain) {
        return std::str::from_utf8(key).ok().map(redacted);
    }
    // As a whole: a URL with a byte in it that is no UTF-8 has its secrets on both sides of it.
    let text = String::from_utf8_lossy(key);
    let redacted = redacted(&text);
    // What holds no secrets is shown to the byte.
    let shown = if redacted == text { key } else { redacted.as_bytes() };
    Some(Cow::Owned(quoted(shown)))
}

/// A key with a URL in it is that URL to its end, whatever characters its password has: in a text of
/// many words some of them would end it.
fn redacted(key: &str) -> Cow<'_, str> {
    match key.contains("://") {
        true => Cow::Owned(redact::text(&redact::url(key)).into_owned()),
        false => redact::text(key),
    }
}

fn quoted(key: &[u8]) -> String {
    let mut quoted = String::with_capacity(key.len() + 8);
    quoted.push('"');
    for chunk in key.utf8_chunks() {
        for char in chunk.valid().chars() {
            match char {
                '"' | '\\' => quoted.extend(['\\', char]),
                ' ' => quoted.push(char),
                // Only what can be seen: no controls, no marks that change the direction.
                char if char.is_ascii_graphic() || char.is_alphanumeric() => quoted.push(char),
                char => escape(&mut quoted, char.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        escape(&mut quoted, chunk.invalid());
    }
    quoted.push('"');
    quoted
}

fn escape(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        text.push_str(&format!("\\x{byte:02x}"));
    }
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
