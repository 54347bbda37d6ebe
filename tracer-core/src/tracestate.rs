//! W3C `tracestate`: what vendors hand on beside the ids.

/// Most members (W3C Trace Context, section 3.3.1.1).
const MAX_MEMBERS: usize = 32;
/// Longest list that is handed on; the W3C asks for 512 at least. Together with a full baggage it
/// stays below the 16 KiB of headers that HTTP/2 servers take by default.
pub(crate) const MAX_BYTES: usize = 4096;
/// Most bytes that are looked at: the longest list there can be, without white space.
const MAX_WIRE: usize = MAX_MEMBERS * (256 + 1 + 256 + 1);
/// Members longer than this go first where there is not enough room (section 3.3.1.5).
const LONG: usize = 128;

/// The members of a `tracestate` header, validated, in order. This kit adds none of its own: it
/// hands on what it got (W3C Trace Context level 2, section 3.3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TraceState(Option<Box<str>>);

impl TraceState {
    pub(crate) const EMPTY: Self = Self(None);

    /// Parses the values of all `tracestate` headers of a message, in their order. One malformed
    /// member spoils the whole, as the specification says; empty members are legal and vanish. Of
    /// several members with one key the first one stays, which is the newest. What is longer than
    /// 4,096 bytes is shortened by whole members: those of more than 128 bytes, then the others,
    /// both from the end.
    #[must_use]
    pub fn parse<'a>(lines: impl IntoIterator<Item = &'a [u8]>) -> Option<Self> {
        let mut members: Vec<(&str, &str)> = Vec::new();
        let (mut bytes, mut count) = (0, 0);
        for line in lines {
            bytes += line.len();
            if bytes > MAX_WIRE {
                return None;
            }
            for member in std::str::from_utf8(line).ok()?.split(',') {
                let member = member.trim_matches([' ', '\t']);
                if member.is_empty() {
                    continue;
                }
                let (key, value) = member.split_once('=')?;
                count += 1;
                if count > MAX_MEMBERS || !is_key(key) || !is_value(value) {
                    return None;
                }
                if members.iter().all(|(known, _)| *known != key) {
                    members.push((key, member));
                }
            }
        }
        if members.is_empty() {
            return Some(Self::EMPTY);
        }
        let members: Vec<&str> = members.into_iter().map(|(_, member)| member).collect();
        Some(Self(Some(shortened(members).join(",").into_boxed_str())))
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

fn shortened(mut members: Vec<&str>) -> Vec<&str> {
    let mut bytes: usize = members.iter().map(|member| member.len() + 1).sum();
    while bytes > MAX_BYTES + 1 {
        let long = members.iter().rposition(|member| member.len() > LONG);
        let gone = members.remove(long.unwrap_or(members.len() - 1));
        bytes -= gone.len() + 1;
    }
    members
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
        assert_eq!(parse(&["a=1,b=2,a=3", "b=4"]).as_deref(), Some("a=1,b=2"));
    }

    #[test]
    fn one_bad_member_spoils_the_list() {
        for bad in ["a", "=1", "a=", "A=1", "a b=1", "a=ü", "a=1=2", "a=\u{7f}", "@a=1"] {
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
    fn long_lists_are_shortened_by_whole_members() {
        // 32 members of 128 bytes and their commas: 4,127 bytes, one member too many.
        let short: Vec<_> = (0..32).map(|n| format!("k{n:02}={}", "v".repeat(124))).collect();
        assert_eq!(parse(&[&short.join(",")]), Some(short[..31].join(",")));
        let mut members = short[..31].to_vec();
        assert_eq!(parse(&[&members.join(",")]), Some(members.join(",")));
        // The long ones go before the last ones do, and no more of them than have to.
        members[3] = format!("long={}", "v".repeat(250));
        members[4] = format!("longer={}", "v".repeat(250));
        let kept = parse(&[&members.join(",")]).unwrap_or_default();
        members.remove(4);
        assert!(kept == members.join(","));
        let longest = (0..32).map(|n| format!("{n:0256}={}", "v".repeat(256))).collect::<Vec<_>>();
        assert_eq!(parse(&[&longest.join(",")]), Some(longest[..7].join(",")));
        assert_eq!(parse(&[&longest.join(",  ")]), None, "longer than any list");
    }

    #[test]
    fn a_member_can_be_read() {
        let state = TraceState::parse([&b"a=1,b=2"[..]]).unwrap();
        assert_eq!((state.get("b"), state.get("c")), (Some("2"), None));
    }
}
