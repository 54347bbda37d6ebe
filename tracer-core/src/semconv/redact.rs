//! Taking secrets out of URLs, and out of texts that hold URLs.

use std::borrow::Cow;

/// What stands in a secret's place.
pub const REDACTED: &str = "REDACTED";

/// Query keys whose values are secrets: those of the conventions, and those that web frameworks,
/// OAuth and API gateways use. Compared without regard to case, after percent-decoding.
const SECRET_KEYS: &[&str] = &[
    "X-Amz-Signature",
    "X-Amz-Credential",
    "X-Amz-Security-Token",
    "X-Goog-Signature",
    "X-Goog-Credential",
    "AWSAccessKeyId",
    "Signature",
    "sig",
    "token",
    "access_token",
    "refresh_token",
    "id_token",
    "auth_token",
    "csrf_token",
    "auth",
    "authorization",
    "jwt",
    "key",
    "api_key",
    "api-key",
    "apikey",
    "access_key",
    "secret",
    "client_secret",
    "client_assertion",
    "password",
    "passwd",
    "passphrase",
    "pass",
    "pwd",
    "otp",
    "pin",
    "code",
    "session",
    "session_id",
    "sessionid",
    "credential",
    "credentials",
];

/// A query with the values of secret keys replaced. Pairs are parted by `&` or, as old frameworks
/// still have it, by `;`.
#[must_use]
pub fn query(query: &str) -> Cow<'_, str> {
    let mut out: Option<String> = None;
    let mut done = 0;
    let mut at = 0;
    for pair in query.split(['&', ';']) {
        if let Some((key, value)) = pair.split_once('=')
            && !value.is_empty()
            && is_secret(key)
        {
            let out = out.get_or_insert_with(|| String::with_capacity(query.len()));
            out.push_str(&query[done..at + key.len() + 1]);
            out.push_str(REDACTED);
            done = at + pair.len();
        }
        at += pair.len() + 1;
    }
    match out {
        None => Cow::Borrowed(query),
        Some(mut out) => {
            out.push_str(&query[done..]);
            Cow::Owned(out)
        }
    }
}

/// A URL without credentials, without its fragment, and with secret query values replaced.
#[must_use]
pub fn url(url: &str) -> Cow<'_, str> {
    let bare = url.split_once('#').map_or(url, |(bare, _)| bare);
    let (before, after) = match bare.split_once('?') {
        Some((before, after)) => (before, Some(query(after))),
        None => (bare, None),
    };
    let authority = before.find("://").map_or(0, |at| at + 3);
    let end = before[authority..].find(['/', '\\']).map_or(before.len(), |at| authority + at);
    let at = before[authority..end].rfind('@');
    if at.is_none() && !matches!(after, Some(Cow::Owned(_))) {
        return Cow::Borrowed(bare);
    }
    let mut out = String::with_capacity(bare.len() + 16);
    match at {
        Some(at) => {
            out.push_str(&before[..authority]);
            out.push_str("REDACTED:REDACTED");
            out.push_str(&before[authority + at..]);
        }
        None => out.push_str(before),
    }
    if let Some(after) = after {
        out.push('?');
        out.push_str(&after);
    }
    Cow::Owned(out)
}

/// A text, with every URL in it redacted, and every query of a path: libraries put them into their
/// errors.
#[must_use]
pub fn text(text: &str) -> Cow<'_, str> {
    if !text.contains("://") {
        return queries(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let start = rest[..at]
            .rfind(|char: char| !(char.is_ascii_alphanumeric() || "+-.".contains(char)))
            .map_or(0, |before| before + rest[before..].chars().next().map_or(1, char::len_utf8));
        let end = end_of_word(rest, at);
        out.push_str(&queries(&rest[..start]));
        out.push_str(&url(&rest[start..end]));
        rest = &rest[end..];
    }
    out.push_str(&queries(rest));
    Cow::Owned(out)
}

/// A text without URLs, with what follows a question mark redacted as a query.
fn queries(text: &str) -> Cow<'_, str> {
    let mut out: Option<String> = None;
    let mut done = 0;
    while let Some(mark) = text[done..].find('?').map(|mark| done + mark) {
        let end = end_of_word(text, mark + 1);
        let query = query(&text[mark + 1..end]);
        if out.is_some() || matches!(query, Cow::Owned(_)) {
            let out = out.get_or_insert_with(|| text[..done].to_owned());
            out.push_str(&text[done..=mark]);
            out.push_str(&query);
        }
        done = end;
    }
    match out {
        None => Cow::Borrowed(text),
        Some(mut out) => {
            out.push_str(&text[done..]);
            Cow::Owned(out)
        }
    }
}

/// Where a URL ends that stands in a text and goes on at `from`.
fn end_of_word(text: &str, from: usize) -> usize {
    text[from..]
        .find(|char: char| char.is_whitespace() || "\"'`<>)]},".contains(char))
        .map_or(text.len(), |after| from + after)
}

fn is_secret(key: &str) -> bool {
    if key.contains('%') {
        return is_listed(&decoded(key));
    }
    is_listed(key.as_bytes())
}

fn is_listed(key: &[u8]) -> bool {
    let Some(first) = key.first() else {
        return false;
    };
    // Most keys are none of these, and are known by their length and first letter.
    let may_be = INITIALS.get(key.len()).is_some_and(|set| set & initial(*first) != 0);
    may_be && SECRET_KEYS.iter().any(|secret| key.eq_ignore_ascii_case(secret.as_bytes()))
}

/// For each length of a secret key, the set of first letters.
const INITIALS: [u32; 32] = {
    let mut sets = [0; 32];
    let mut at = 0;
    while at < SECRET_KEYS.len() {
        let key = SECRET_KEYS[at].as_bytes();
        sets[key.len()] |= initial(key[0]);
        at += 1;
    }
    sets
};

/// One bit for each letter, in either case.
const fn initial(byte: u8) -> u32 {
    1 << (byte & 31)
}

/// Percent-decoded as far as it can be: a broken escape stays as it is.
pub(super) fn decoded(key: &str) -> Vec<u8> {
    let bytes = key.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = |at: usize| {
            let digit = char::from(*bytes.get(at)?).to_digit(16)?;
            u8::try_from(digit).ok()
        };
        match (byte, hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push(high * 16 + low);
                at += 3;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l1_urls() {
        for (given, expected) in [
            (
                "http://user:pw@h/p?sig=a&X-Amz-Signature=b&color=blue#frag",
                "http://REDACTED:REDACTED@h/p?sig=REDACTED&X-Amz-Signature=REDACTED&color=blue",
            ),
            ("https://h:1/p", "https://h:1/p"),
            ("https://h?token=x", "https://h?token=REDACTED"),
            ("https://token@h/a@b", "https://REDACTED:REDACTED@h/a@b"),
            ("http://a:b@c@h/", "http://REDACTED:REDACTED@h/"),
            ("/only/a/path?x=1", "/only/a/path?x=1"),
            ("http://h/#access_token=x", "http://h/"),
            ("", ""),
        ] {
            assert_eq!(url(given), expected);
        }
    }

    #[test]
    fn l1_queries() {
        for (given, expected) in [
            ("a=1&b=2", "a=1&b=2"),
            ("PassWord=x&b", "PassWord=REDACTED&b"),
            ("s%69g=x&z=%zz", "s%69g=REDACTED&z=%zz"),
            ("sig=&sig=x=y&&", "sig=&sig=REDACTED&&"),
            ("signature_kind=v4", "signature_kind=v4"),
            ("%=1&%4=2", "%=1&%4=2"),
            ("a=1;token=x;b=2&sig=y", "a=1;token=REDACTED;b=2&sig=REDACTED"),
        ] {
            assert_eq!(query(given), expected);
        }
    }

    #[test]
    fn l1_texts() {
        for (given, expected) in [
            ("connection refused", "connection refused"),
            (
                "error for url (http://u:p@h/x?token=1): é",
                "error for url (http://REDACTED:REDACTED@h/x?token=REDACTED): é",
            ),
            ("GET /cb?a=1&token=x failed, why? é", "GET /cb?a=1&token=REDACTED failed, why? é"),
            ("a?b=1 c?sig=é) d?pwd=x", "a?b=1 c?sig=REDACTED) d?pwd=REDACTED"),
            (
                "/a?key=x, then http://h/?a=1;token=x; then ?pin=1",
                "/a?key=REDACTED, then http://h/?a=1;token=REDACTED; then ?pin=REDACTED",
            ),
            ("é://x@y", "é://REDACTED:REDACTED@y"),
            (
                "from \"redis://:pw@h\" to amqp://a:b@h/v",
                "from \"redis://REDACTED:REDACTED@h\" to amqp://REDACTED:REDACTED@h/v",
            ),
        ] {
            assert_eq!(text(given), expected);
        }
    }
}
