//! `user:password@host:port`, taken apart and put together.

/// The host (an IPv6 address without its brackets) and the port, if there is one.
pub(super) fn host_and_port(authority: &str) -> (&str, Option<u16>) {
    let authority = after_credentials(authority);
    if let Some(rest) = authority.strip_prefix('[') {
        return match rest.split_once(']') {
            Some((host, port)) => (host, port.strip_prefix(':').and_then(parse)),
            None => (rest, None),
        };
    }
    let mut colons = authority.bytes().enumerate().filter(|(_, byte)| *byte == b':');
    match (colons.next(), colons.next()) {
        (Some((at, _)), None) => (&authority[..at], parse(&authority[at + 1..])),
        // More than one colon without brackets: an address, not a port.
        _ => (authority, None),
    }
}

/// The two together again.
pub(super) fn joined(host: &str, port: u16) -> String {
    if host.contains(':') {
        // An IPv6 address has colons of its own.
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}

/// What comes after the last `@`.
pub(super) fn after_credentials(authority: &str) -> &str {
    match authority.bytes().rposition(|byte| byte == b'@') {
        Some(at) => &authority[at + 1..],
        None => authority,
    }
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
            if let (host, Some(port)) = expected {
                assert_eq!(joined(host, port), after_credentials(authority));
            }
        }
    }
}
