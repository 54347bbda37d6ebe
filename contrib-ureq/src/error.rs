//! `error.type` of a failed call.

use std::io;

use tracer_core::semconv::{self, failure};
use ureq::Error;

pub(crate) fn kind(error: &Error) -> &'static str {
    match error {
        Error::Timeout(_) => semconv::TIMEOUT,
        Error::Io(error) => io_kind(error),
        Error::HostNotFound => "dns",
        Error::ConnectionFailed | Error::ConnectProxyFailed(_) => "connect",
        Error::RedirectFailed | Error::TooManyRedirects => "redirect",
        Error::Protocol(_) | Error::LargeResponseHeader(..) => "protocol",
        Error::BadUri(_)
        | Error::Http(_)
        | Error::InvalidProxyUrl
        | Error::RequireHttpsOnly(_)
        | Error::TlsRequired => "builder",
        Error::Tls(_) => "tls",
        Error::BodyExceedsLimit(_) => "too_large",
        _ => semconv::OTHER,
    }
}

/// The same of a body, whose errors come as those of reading; ureq's own are inside of them.
pub(crate) fn io_kind(error: &io::Error) -> &'static str {
    let own = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    own.map(kind).or_else(|| failure::io_kind(error)).unwrap_or(semconv::OTHER)
}

#[cfg(test)]
mod tests {
    use ureq::Timeout;

    use super::*;

    #[test]
    fn kinds() {
        let refused = || io::Error::from(io::ErrorKind::ConnectionRefused);
        for (error, expected) in [
            (Error::Timeout(Timeout::Global), "timeout"),
            (Error::Io(refused()), "connection_refused"),
            (Error::HostNotFound, "dns"),
            (Error::ConnectionFailed, "connect"),
            (Error::ConnectProxyFailed("no".to_owned()), "connect"),
            (Error::RedirectFailed, "redirect"),
            (Error::TooManyRedirects, "redirect"),
            (Error::LargeResponseHeader(2, 1), "protocol"),
            (Error::BadUri("x".to_owned()), "builder"),
            (Error::InvalidProxyUrl, "builder"),
            (Error::RequireHttpsOnly("x".to_owned()), "builder"),
            (Error::TlsRequired, "builder"),
            (Error::Tls("no"), "tls"),
            (Error::BodyExceedsLimit(1), "too_large"),
            (Error::Other("no".into()), semconv::OTHER),
        ] {
            assert_eq!(kind(&error), expected, "{error:?}");
            assert_eq!(io_kind(&io::Error::other(error)), expected);
        }
        assert_eq!(io_kind(&refused()), "connection_refused");
    }
}
