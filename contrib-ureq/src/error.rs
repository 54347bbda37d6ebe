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
        Error::Protocol(_) => "protocol",
        Error::BadUri(_) | Error::Http(_) | Error::InvalidProxyUrl => "builder",
        Error::Tls(_) => "tls",
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
    use super::*;

    #[test]
    fn kinds() {
        let refused = || io::Error::from(io::ErrorKind::ConnectionRefused);
        assert_eq!(kind(&Error::Io(refused())), "connection_refused");
        assert_eq!(kind(&Error::HostNotFound), "dns");
        let inside = io::Error::other(Error::Io(refused()));
        assert_eq!(io_kind(&inside), "connection_refused");
        assert_eq!(io_kind(&io::Error::other(Error::TooManyRedirects)), "redirect");
    }
}
