//! What the proxies in front of a service say of a request: `Forwarded` (RFC 7239), else
//! `X-Forwarded-For`, `-Host` and `-Proto`.
//!
//! Each proxy adds what it has seen at the end of a list, and anybody can send a list that has
//! something in it already. So the entry is the one that the outermost of one's own proxies has
//! added: as many from the end as there are proxies that are trusted.

use std::borrow::Cow;
use std::net::IpAddr;

use http::{HeaderMap, HeaderName, header};

const X_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Most bytes of a list that are looked at, from its end.
const MAX_BYTES: usize = 4096;

/// What one's own outermost proxy has seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Forwarded {
    pub(crate) client: Option<IpAddr>,
    pub(crate) host: Option<String>,
    pub(crate) scheme: Option<&'static str>,
}

impl Forwarded {
    /// As `hops` proxies tell it, which are all trusted.
    pub(crate) fn of(headers: &HeaderMap, hops: usize) -> Self {
        if let Some(list) = list(headers, &header::FORWARDED) {
            return nth_last(&list, hops).map(element).unwrap_or_default();
        }
        let last =
            |name| list(headers, name).and_then(|list| nth_last(&list, hops).map(str::to_owned));
        Self {
            client: last(&X_FOR).and_then(|node| address(&node)),
            host: last(&X_HOST).filter(|host| is_host(host)),
            scheme: last(&X_PROTO).and_then(|scheme| known(&scheme)),
        }
    }
}

/// All lines of a header as one list; of a long one the end.
fn list(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let mut lines = headers.get_all(name).iter().rev();
    let mut list = lines.next()?.to_str().ok()?.to_owned();
    for line in lines {
        if list.len() > MAX_BYTES {
            break;
        }
        list = format!("{},{list}", line.to_str().ok()?);
    }
    let mut from = list.len().saturating_sub(MAX_BYTES);
    while !list.is_char_boundary(from) {
        from += 1;
    }
    list.drain(..from);
    Some(list)
}

/// The entry that is so many from the end, or the first one where there are fewer: a proxy that adds
/// nothing is one that others cannot pass either.
fn nth_last(list: &str, hops: usize) -> Option<&str> {
    let mut entries = Vec::new();
    let (mut start, mut is_quoted, mut is_escaped) = (0, false, false);
    for (at, byte) in list.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_quoted => is_escaped = true,
            b'"' => is_quoted = !is_quoted,
            b',' if !is_quoted => {
                entries.push(&list[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    entries.push(&list[start..]);
    let at = entries.len().saturating_sub(hops);
    entries.get(at).map(|entry| entry.trim()).filter(|entry| !entry.is_empty())
}

/// `for=…;host=…;proto=…`, in any order and case.
fn element(entry: &str) -> Forwarded {
    let mut forwarded = Forwarded::default();
    for pair in entry.split(';') {
        let Some((name, value)) = pair.split_once('=') else { continue };
        let value = unquoted(value.trim());
        match name.trim() {
            name if name.eq_ignore_ascii_case("for") => forwarded.client = address(&value),
            name if name.eq_ignore_ascii_case("host") => {
                forwarded.host = Some(value.into_owned()).filter(|host| is_host(host));
            }
            name if name.eq_ignore_ascii_case("proto") => forwarded.scheme = known(&value),
            _ => {}
        }
    }
    forwarded
}

fn unquoted(value: &str) -> Cow<'_, str> {
    match value.strip_prefix('"').and_then(|value| value.strip_suffix('"')) {
        Some(quoted) if quoted.contains('\\') => Cow::Owned(quoted.replace('\\', "")),
        Some(quoted) => Cow::Borrowed(quoted),
        None => Cow::Borrowed(value),
    }
}

/// Of a node (RFC 7239, section 6), with its port or without. `unknown` and names that proxies make
/// up are nobody's address.
fn address(node: &str) -> Option<IpAddr> {
    let node = node.trim();
    if let Ok(address) = node.parse() {
        return Some(address);
    }
    match node.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.0.parse().ok(),
        None => node.split_once(':')?.0.parse().ok(),
    }
}

fn is_host(host: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    (1..=255).contains(&host.len()) && host.bytes().all(legal)
}

fn known(scheme: &str) -> Option<&'static str> {
    ["http", "https"].into_iter().find(|known| scheme.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().expect("legal"));
        }
        headers
    }

    fn said(lines: &[(&'static str, &str)], hops: usize) -> (String, String, &'static str) {
        let Forwarded { client, host, scheme } = Forwarded::of(&headers(lines), hops);
        let client = client.map(|client| client.to_string()).unwrap_or_default();
        (client, host.unwrap_or_default(), scheme.unwrap_or_default())
    }

    #[test]
    fn lists_are_read_from_their_end() {
        let list = "6.6.6.6, 10.0.0.1 ,10.0.0.2";
        for (hops, expected) in [(1, "10.0.0.2"), (2, "10.0.0.1"), (3, "6.6.6.6"), (9, "6.6.6.6")] {
            assert_eq!(said(&[("x-forwarded-for", list)], hops).0, expected);
        }
        // Lines are one list.
        let lines = [("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "10.0.0.1")];
        assert_eq!(said(&lines, 1).0, "10.0.0.1");
        assert_eq!(said(&lines, 2).0, "6.6.6.6");
        let all = [
            ("x-forwarded-for", "10.0.0.1"),
            ("x-forwarded-host", "shop.test:8443"),
            ("x-forwarded-proto", "HTTPS"),
        ];
        assert_eq!(said(&all, 1), ("10.0.0.1".into(), "shop.test:8443".into(), "https"));
    }

    #[test]
    fn the_standard_header_goes_first() {
        let both = [
            (
                "forwarded",
                r#"for=6.6.6.6, For="[2001:db8::17]:4711";Proto=https; HOST="shop.test""#,
            ),
            ("x-forwarded-for", "1.1.1.1"),
        ];
        assert_eq!(said(&both, 1), ("2001:db8::17".into(), "shop.test".into(), "https"));
        assert_eq!(said(&both, 2), ("6.6.6.6".into(), String::new(), ""));
    }

    #[test]
    fn nodes() {
        for (node, expected) in [
            ("192.0.2.43", "192.0.2.43"),
            ("192.0.2.43:47011", "192.0.2.43"),
            ("2001:db8::17", "2001:db8::17"),
            ("[2001:db8::17]", "2001:db8::17"),
            ("[2001:db8::17]:80", "2001:db8::17"),
            ("unknown", ""),
            ("_hidden", ""),
            ("_hidden:80", ""),
            ("[2001:db8::17", ""),
            ("", ""),
            ("1.2.3.4.5", ""),
        ] {
            let found = address(node).map(|address| address.to_string()).unwrap_or_default();
            assert_eq!(found, expected, "{node}");
        }
    }

    #[test]
    fn what_is_hostile_says_nothing_and_costs_little() {
        for (name, value) in [
            ("forwarded", r#"for="1.1.1.1"#),
            ("forwarded", r#"for="1.1.1.1\"#),
            ("forwarded", ";;;===,,,"),
            ("x-forwarded-for", ",,,"),
            ("x-forwarded-host", "a b"),
            ("x-forwarded-host", "user:secret@shop.test"),
            ("x-forwarded-proto", "javascript"),
        ] {
            assert_eq!(said(&[(name, value)], 1), (String::new(), String::new(), ""), "{value}");
        }
        let quoted = r#"for="1.1.1.1,2.2.2.2";x="a,b\",c", for=3.3.3.3"#;
        assert_eq!(said(&[("forwarded", quoted)], 1).0, "3.3.3.3");
        let long = format!("{}10.0.0.9", "1.1.1.1,".repeat(100_000));
        assert_eq!(said(&[("x-forwarded-for", &long)], 1).0, "10.0.0.9");
    }
}
