//! Who may be told.

use std::borrow::Cow;

use super::{Field, Propagator};
use crate::baggage::Baggage;
use crate::context::SpanContext;

/// A list of hosts: those to which trace context, or baggage, may be sent
/// ([`TracerBuilder::propagate_to`](crate::TracerBuilder::propagate_to),
/// [`baggage_to`](crate::TracerBuilder::baggage_to)).
///
/// An entry is a host (`shop.internal`, `10.0.0.7`, `[::1]`), a host with a port
/// (`shop.internal:8443`), or `*.` and a domain, for all hosts below it. Case does not count, nor
/// does a dot at the end; of a URL, scheme and path count for nothing. An entry without a port holds
/// for every port; one with a port where a request names that port (`https://a.test/` names none,
/// and neither does `https://a.test:443/` to a client that leaves default ports out, as reqwest
/// does).
///
/// ```
/// use tracer_core::propagation::Hosts;
///
/// let ours = Hosts::only(["shop.internal", "*.pay.internal", "partner.test:8443"]);
/// assert!(ours.allow("Shop.internal:80") && ours.allow("a.b.pay.internal"));
/// assert!(!ours.allow("pay.internal") && !ours.allow("evilshop.internal"));
/// assert!(ours.allow("partner.test:8443") && !ours.allow("partner.test"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hosts(Option<Vec<Entry>>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    /// Lower case, without a dot at the end. Below a `*.` entry, what is behind the star: `.domain`.
    host: String,
    port: Option<String>,
}

impl Hosts {
    /// Every host: the default.
    #[must_use]
    pub const fn any() -> Self {
        Self(None)
    }

    /// No host.
    #[must_use]
    pub const fn none() -> Self {
        Self(Some(Vec::new()))
    }

    /// These hosts, and no other. An empty entry allows nothing; `*` allows every host.
    #[must_use]
    pub fn only<I>(hosts: I) -> Self
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let mut entries = Vec::new();
        for host in hosts {
            let host = host.as_ref().trim();
            if host == "*" {
                return Self::any();
            }
            let (host, port) = split(bare(host));
            let host = host.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(host);
            let host = plain(host).to_ascii_lowercase();
            if !host.is_empty() {
                entries.push(Entry { host, port: port.map(str::to_owned) });
            }
        }
        Self(Some(entries))
    }

    /// Whether this is every host.
    #[must_use]
    pub const fn is_any(&self) -> bool {
        self.0.is_none()
    }

    /// Whether this host is one of them. `authority` is a host with or without a port; user and
    /// password before an `@` do not count.
    #[must_use]
    pub fn allow(&self, authority: &str) -> bool {
        let Some(entries) = &self.0 else { return true };
        let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let (host, port) = split(authority);
        let host = lower(plain(host));
        entries.iter().any(|entry| {
            let named = match entry.host.strip_prefix('.') {
                Some(_) => host.len() > entry.host.len() && host.ends_with(&*entry.host),
                None => host == entry.host,
            };
            named && (entry.port.is_none() || entry.port.as_deref() == port)
        })
    }
}

/// What of a URL is its host and port.
fn bare(entry: &str) -> &str {
    let entry = entry.split_once("://").map_or(entry, |(_, rest)| rest);
    entry.split('/').next().unwrap_or(entry)
}

/// Without a dot at the end, and without the brackets of an IPv6 address.
fn plain(host: &str) -> &str {
    let host = host.trim_end_matches('.');
    host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host)
}

fn lower(host: &str) -> Cow<'_, str> {
    if host.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(host.to_ascii_lowercase())
    } else {
        Cow::Borrowed(host)
    }
}

/// Host and port. Colons inside of `[…]` belong to an IPv6 address, and so do several ones.
fn split(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port))
            if !port.contains(']') && (host.ends_with(']') || !host.contains(':')) =>
        {
            (host, Some(port))
        }
        _ => (authority, None),
    }
}

/// Whether this field of a format is baggage.
pub(super) fn is_baggage(format: &dyn Propagator, field: &Field) -> bool {
    format.baggage_fields().iter().any(|own| own.name() == field.name())
}

/// What of a context may be sent to a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Ids, decision and tracestate.
    pub context: bool,
    /// Baggage.
    pub baggage: bool,
}

impl Reach {
    /// Everything.
    pub const ALL: Self = Self { context: true, baggage: true };
    /// Nothing.
    pub const NONE: Self = Self { context: false, baggage: false };

    /// Whether this field of a format may be sent.
    pub(crate) fn allows(self, format: &dyn Propagator, field: &Field) -> bool {
        if is_baggage(format, field) { self.baggage } else { self.context }
    }

    /// What of a context may be sent.
    pub(crate) fn of(self, context: SpanContext) -> SpanContext {
        match (self.context, self.baggage) {
            (true, true) => context,
            (true, false) => context.with_baggage(Baggage::new()),
            (false, true) => SpanContext::baggage_only(context.baggage()),
            (false, false) => SpanContext::EMPTY,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_and_the_hosts_they_allow() {
        for (entry, host, allowed) in [
            ("a.test", "a.test", true),
            ("a.test", "A.TEST.", true),
            ("A.test.", "a.test:443", true),
            ("a.test", "b.a.test", false),
            ("a.test", "a.test.evil", false),
            ("a.test", "a.test@evil", false),
            ("a.test", "user:pw@a.test", true),
            ("*.a.test", "b.a.test", true),
            ("*.a.test", "c.b.a.test:1", true),
            ("*.a.test", "a.test", false),
            ("*.a.test", "xa.test", false),
            ("*.a.test", ".a.test", false),
            ("a.test:1", "a.test:1", true),
            ("a.test:1", "a.test:12", false),
            ("a.test:1", "a.test", false),
            ("[::1]", "[::1]:80", true),
            ("[::1]:80", "[::1]:80", true),
            ("[::1]:80", "[::1]:81", false),
            ("::1", "::1", true),
            ("::1", "[::1]:80", true),
            ("[::1]", "::1", true),
            ("https://a.test/x", "a.test", true),
            ("https://a.test:1/", "a.test:1", true),
            ("*", "anything", true),
            ("", "", false),
            ("*.", "a", false),
            ("*x", "yx", false),
        ] {
            assert_eq!(Hosts::only([entry]).allow(host), allowed, "{entry} {host}");
        }
        assert!(Hosts::any().allow("x") && !Hosts::none().allow("x"));
        assert!(!Hosts::only(Vec::<String>::new()).allow("x"));
    }
}
