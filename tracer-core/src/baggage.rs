//! Baggage: a request's own key-value pairs, readable at every hop.

use std::fmt;

/// Most members in one request's baggage (W3C Baggage, section 3.3.2).
pub const MAX_MEMBERS: usize = 64;
/// Most bytes of one request's baggage as it goes over the wire (W3C Baggage, section 3.3.2).
pub const MAX_BYTES: usize = 8192;

/// Key-value pairs that travel with a request. At most [`MAX_MEMBERS`] members, and
/// [`MAX_BYTES`] bytes once encoded; what does not fit is refused, never cut in part.
///
/// Keys are case-sensitive tokens (RFC 9110); values are any text. Their order says nothing: two are
/// equal that have the same members.
#[derive(Clone, Default)]
pub struct Baggage {
    members: Vec<Member>,
    /// What the members take on the wire, each with a comma. Kept, because counting it anew for
    /// each member of a hostile header takes milliseconds.
    bytes: usize,
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) key: String,
    pub(crate) value: String,
    /// The properties as they arrived (`;a=b;c`), validated, kept for the next hop.
    pub(crate) properties: String,
}

impl Baggage {
    /// No members.
    #[must_use]
    pub const fn new() -> Self {
        Self { members: Vec::new(), bytes: 0 }
    }

    /// The value under this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.members.iter().find(|member| member.key == key).map(|member| member.value.as_str())
    }

    /// Sets a value; an empty one removes the key, as OpenTracing's tracers do. Returns false,
    /// and changes nothing, where the key is no token or the limits are reached.
    pub fn set(&mut self, key: &str, value: &str) -> bool {
        if value.is_empty() {
            if let Some(at) = self.position(key) {
                self.bytes -= self.members.remove(at).encoded_len() + 1;
            }
            return true;
        }
        self.insert(Member { key: key.into(), value: value.into(), properties: String::new() })
    }

    /// Sets a value together with its properties (W3C Baggage, section 3.3.1: `a=b;c`), which are
    /// handed on and mean nothing here. Those that are malformed are left out. Unlike with
    /// [`set`](Self::set), an empty value is one. Returns false, and changes nothing, where the key
    /// is no token or the limits are reached.
    ///
    /// ```
    /// let mut baggage = tracer_core::Baggage::new();
    /// assert!(baggage.set_with_properties("customer", "7", "ttl=30; internal"));
    /// assert_eq!(baggage.properties("customer"), Some("ttl=30;internal"));
    /// ```
    pub fn set_with_properties(&mut self, key: &str, value: &str, properties: &str) -> bool {
        let properties = kept_properties(properties);
        self.insert(Member { key: key.into(), value: value.into(), properties })
    }

    /// The properties of the member under this key, as [`set_with_properties`](Self::set_with_properties)
    /// takes them; empty where it has none.
    #[must_use]
    pub fn properties(&self, key: &str) -> Option<&str> {
        let member = self.members.iter().find(|member| member.key == key)?;
        Some(member.properties.strip_prefix(';').unwrap_or_default())
    }

    pub(crate) fn insert(&mut self, member: Member) -> bool {
        if !is_token(member.key.as_bytes()) {
            return false;
        }
        let old = self.position(&member.key);
        let freed = old.map_or(0, |at| self.members[at].encoded_len() + 1);
        let others = self.bytes - freed;
        let own = member.encoded_len();
        if others + own > MAX_BYTES {
            return false;
        }
        match old {
            Some(at) => self.members[at] = member,
            None if self.members.len() == MAX_MEMBERS => return false,
            None => self.members.push(member),
        }
        self.bytes = others + own + 1;
        true
    }

    /// Adds the members whose keys are not taken, as far as the limits go.
    pub(crate) fn add_missing(&mut self, other: &Self) {
        for member in &other.members {
            if self.position(&member.key).is_none() {
                self.insert(member.clone());
            }
        }
    }

    fn position(&self, key: &str) -> Option<usize> {
        self.members.iter().position(|member| member.key == key)
    }

    /// Bytes it holds on the heap.
    pub(crate) fn heap(&self) -> usize {
        self.bytes + self.members.capacity() * size_of::<Member>()
    }

    /// Keys and values, in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.members.iter().map(|member| (member.key.as_str(), member.value.as_str()))
    }

    /// Whether no further key can be added, however small.
    pub(crate) const fn is_full(&self) -> bool {
        self.members.len() == MAX_MEMBERS
    }

    /// What is left where only these members are kept.
    pub(crate) fn filtered(&self, mut keep: impl FnMut(&Self) -> bool) -> Self {
        let mut kept = Self::new();
        for member in &self.members {
            let mut single = Self::new();
            if single.insert(member.clone()) && keep(&single) {
                kept.insert(member.clone());
            }
        }
        kept
    }

    /// Number of members.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there are no members.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    pub(crate) fn members(&self) -> &[Member] {
        &self.members
    }
}

impl PartialEq for Baggage {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.members.iter().all(|own| other.members.contains(own))
    }
}

impl Eq for Baggage {}

impl Member {
    /// Bytes of `key=value;properties` with the value percent-encoded.
    fn encoded_len(&self) -> usize {
        let value: usize =
            self.value.bytes().map(|byte| if needs_encoding(byte) { 3 } else { 1 }).sum();
        self.key.len() + 1 + value + self.properties.len()
    }
}

/// Everything outside `baggage-octet`, and the percent sign itself (W3C Baggage, section 3.3.1.3).
pub(crate) const fn needs_encoding(byte: u8) -> bool {
    !matches!(byte, 0x21 | 0x23..=0x24 | 0x26..=0x2b | 0x2d..=0x3a | 0x3c..=0x5b | 0x5d..=0x7e)
}

/// RFC 9110 `token`.
pub(crate) fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty()
        && bytes.iter().all(|byte| {
            matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`'
                | b'|' | b'~' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z')
        })
}

/// White space that may stand between the parts of a member (RFC 9110).
pub(crate) const OWS: [char; 2] = [' ', '\t'];

/// `baggage-octet`s; the percent sign is one of them on the wire.
pub(crate) fn is_octets(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'%' || !needs_encoding(byte))
}

/// Of a list of properties, those that are some, without the white space in them, each behind a
/// semicolon.
pub(crate) fn kept_properties(list: &str) -> String {
    let mut kept = String::new();
    for property in list.split(';') {
        let (key, value) = match property.split_once('=') {
            Some((key, value)) => (key, Some(value.trim_matches(OWS))),
            None => (property, None),
        };
        let key = key.trim_matches(OWS);
        if !is_token(key.as_bytes()) || !value.is_none_or(is_octets) {
            continue;
        }
        kept.push(';');
        kept.push_str(key);
        if let Some(value) = value {
            kept.push('=');
            kept.push_str(value);
        }
    }
    kept
}

impl fmt::Debug for Baggage {
    /// Keys only: values are users' data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.members.iter().map(|member| &member.key)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixty_fifth_member_is_refused() {
        let mut baggage = Baggage::new();
        for n in 0..MAX_MEMBERS {
            assert!(baggage.set(&format!("k{n}"), "v"));
        }
        assert!(!baggage.set("one-more", "v"));
        assert!(baggage.set("k0", "changed"), "an existing key can still change");
        assert_eq!((baggage.len(), baggage.get("k0")), (MAX_MEMBERS, Some("changed")));
    }

    #[test]
    fn bytes_are_counted_as_encoded_with_separators() {
        let mut baggage = Baggage::new();
        assert!(baggage.set("a", &"x".repeat(4096 - 2)));
        // 4096 used, one comma, `b=`: 4093 bytes of value reach 8192 exactly.
        assert!(!baggage.set("b", &"x".repeat(4094)));
        assert!(baggage.set("b", &"x".repeat(4093)));
        assert!(!Baggage::new().set("a", &" ".repeat(2731)), "a space takes three bytes");
    }

    #[test]
    fn empty_values_delete_and_bad_keys_are_refused() {
        let mut baggage = Baggage::new();
        assert!(baggage.set("user", "7"));
        assert!(baggage.set("user", ""));
        assert!(baggage.is_empty());
        assert!(!baggage.set("two words", "v"));
        assert!(!baggage.set("", "v"));
    }

    #[test]
    fn properties_are_kept_where_they_are_some() {
        let mut baggage = Baggage::new();
        assert!(baggage.set_with_properties("user", "", " a = b ; c;d e;f=\"g\";;h=%20"));
        assert_eq!(baggage.get("user"), Some(""));
        assert_eq!(baggage.properties("user"), Some("a=b;c;h=%20"));
        assert!(baggage.set("user", "7"));
        assert_eq!((baggage.properties("user"), baggage.properties("else")), (Some(""), None));
        assert!(!baggage.set_with_properties("user", "7", &"p".repeat(MAX_BYTES)));
        assert!(!baggage.set_with_properties("two words", "7", ""));
    }

    #[test]
    fn debug_shows_keys_only() {
        let mut baggage = Baggage::new();
        baggage.set("card", "4111");
        assert_eq!(format!("{baggage:?}"), r#"["card"]"#);
    }
}
