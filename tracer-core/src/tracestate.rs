//! W3C `tracestate`: what vendors hand on beside the ids.

/// Most members (W3C Trace Context, section 3.3.1.1).
const MAX_MEMBERS: usize = 32;
/// Longest list taken from the wire; the W3C asks for 512 at least. Together with a full baggage
/// it stays below the 16 KiB of headers that HTTP/2 servers take by default.
pub(crate) const MAX_BYTES: usize = 4096;

/// The members of a `tracestate` header, validated, in order. This kit adds none of its own: it
/// hands on what it got (W3C Trace Context level 2, section 3.3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TraceState(Option<Box<str>>);

impl TraceState {
    pub(crate) const EMPTY: Self = Self(None);

    /// Parses the values of all `tracestate` headers of a message, in their order. One malformed
    /// member spoils the whole, as the specification says; empty members are legal and vanish.
    #[must_use]
    pub fn parse<'a>(lines: impl IntoIterator<Item = &'a [u8]>) -> Option<Self> {
        let mut members: Vec<&str> = Vec::new();
        let mut bytes = 0;
        for line in lines {
            bytes += line.len();
            if bytes > MAX_BYTES {
                return None;
            }
            for member in std::str::from_utf8(line).ok()?.split(',') {
                let member = member.trim_matches([' ', '\t']);
                if member.is_empty() {
                    continue;
                }
                let (key, value) = member.split_once('=')?;
                let taken = members.iter().any(|old| old.split_once('=').map(|m| m.0) == Some(key));
                if members.len() == MAX_MEMBERS || taken || !is_key(key) || !is_value(value) {
                    return None;
                }
                members.push(member);
            }
        }
        if members.is_empty() {
            return Some(Self::EMPTY);
        }
        Some(Self(Some(members.join(",").into_boxed_str())))
    }

    /// The list as it goes into one header; empty where there is none.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }

    /// The value of one member.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        let mut members = self.as_str().split(',').filter_map(|member| member.split_once('='));
        members.find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    /// Whether there are no members.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

/// `simple-key` or `tenant@system` (level 2: one rule, a digit may come first).
fn is_key(key: &str) -> bool {
    let bytes = key.as_bytes();
    let first = bytes.first().is_some_and(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9'));
    first
        && bytes.len() <= 256
        && bytes.iter().all(
            |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'*' | b'/' | b'@'),
        )
}

/// Printable ASCII without comma and equals sign, 256 characters at most, no space at the end.
fn is_value(value: &str) -> bool {
    let bytes = value.as_bytes();
    !bytes.is_empty()
        && bytes.len() <= 256
        && bytes.last() != Some(&b' ')
        && bytes.iter().all(|byte| matches!(byte, 0x20..=0x7e if !matches!(byte, b',' | b'=')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(lines: &[&str]) -> Option<String> {
        TraceState::parse(lines.iter().map(|line| line.as_bytes()))
            .map(|state| state.as_str().to_owned())
    }

    #[test]
    fn lines_are_joined_in_order() {
        assert_eq!(parse(&["a=1, b=2", " c=3"]).as_deref(), Some("a=1,b=2,c=3"));
        assert_eq!(parse(&[",a=1,,"]).as_deref(), Some("a=1"));
        assert_eq!(parse(&["t@v=x y", "0a=1"]).as_deref(), Some("t@v=x y,0a=1"));
        assert_eq!(parse(&[" , ,"]).as_deref(), Some(""));
    }

    #[test]
    fn one_bad_member_spoils_the_list() {
        for bad in ["a", "=1", "a=", "A=1", "a=1,a=2", "a b=1", "a=ü", "a=1=2", "a=\u{7f}", "@a=1"]
        {
            assert_eq!(parse(&["ok=1", bad]), None, "{bad}");
        }
        assert_eq!(parse(&[&format!("{}=1", "k".repeat(257))]), None);
        assert_eq!(parse(&[&format!("k={}", "v".repeat(257))]), None);
    }

    #[test]
    fn thirty_two_members_are_the_limit() {
        let list = |n: usize| (0..n).map(|i| format!("k{i}=v")).collect::<Vec<_>>().join(",");
        assert!(parse(&[&list(32)]).is_some());
        assert_eq!(parse(&[&list(33)]), None);
        assert_eq!(parse(&[&",".repeat(65_536)]), None, "bounded work");
    }

    #[test]
    fn a_member_can_be_read() {
        let state = TraceState::parse([&b"a=1,b=2"[..]]).unwrap();
        assert_eq!((state.get("b"), state.get("c")), (Some("2"), None));
    }
}
