//! `user:password@host:port`, taken apart.

/// The host (an IPv6 address without its brackets) and the port, if there is one.
pub(super) fn host_and_port(authority: &str) -> (&str, Option<u16>) {
    let authority = after_credentials(authority);
    if let Some(rest) = authority.strip_prefix('[') {
        return match rest.split_once(']') {
            Some((host, port)) => (host, port.strip_prefix(':').and_then(parse)),
            None => (rest, None),
        };
    }
    match authority.rsplit_once(':') {
        // More than one colon without brackets: an address, not a port.
        Some((host, port)) if !host.contains(':') => (host, parse(port)),
        _ => (authority, None),
    }
}

/// What comes after the last `@`.
pub(super) fn after_credentials(authority: &str) -> &str {
    authority.rsplit_once('@').map_or(authority, |(_, address)| address)
}

fn parse(port: &str) -> Option<u16> {
    port.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_ports() {
        for (authority, expected) in [
            ("shop.test", ("shop.test", None)),
            ("shop.test:8080", ("shop.test", Some(8080))),
            ("u:p@w@shop.test:1", ("shop.test", Some(1))),
            ("[::1]:443", ("::1", Some(443))),
            ("[::1]", ("::1", None)),
            ("::1", ("::1", None)),
            ("shop.test:x", ("shop.test", None)),
            ("shop.test:99999", ("shop.test", None)),
            ("[", ("", None)),
            ("", ("", None)),
        ] {
            assert_eq!(host_and_port(authority), expected, "{authority}");
        }
    }
}
