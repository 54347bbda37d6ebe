//! Where batches go: a URL that is never printed whole, for it can hold credentials.

use std::fmt;

use ureq::http::{HeaderValue, Uri, uri};

use crate::config::ConfigError;
use crate::list::percent_decode;

/// The path of traces below a collector's address (OTLP 1.x, section "OTLP/HTTP Request").
const TRACES_PATH: &str = "v1/traces";

/// A checked URL. Credentials have been taken out of it: they travel as a header.
#[derive(Clone)]
pub(crate) struct Endpoint {
    uri: Uri,
    authorization: Option<HeaderValue>,
}

impl Endpoint {
    /// A collector on this host, at OTLP/HTTP's port.
    pub(crate) fn local() -> Self {
        Self { uri: Uri::from_static("http://localhost:4318/v1/traces"), authorization: None }
    }

    /// A collector's address: the path of traces is appended.
    pub(crate) fn collector(url: &str) -> Result<Self, ConfigError> {
        Self::parse(url, true)
    }

    /// The whole URL.
    pub(crate) fn exact(url: &str) -> Result<Self, ConfigError> {
        Self::parse(url, false)
    }

    fn parse(url: &str, append: bool) -> Result<Self, ConfigError> {
        let invalid = |_| ConfigError::InvalidEndpoint;
        let uri: Uri = url.trim().parse().map_err(|_| ConfigError::InvalidEndpoint)?;
        match uri.scheme_str() {
            Some("http") => {}
            Some("https") if cfg!(feature = "tls") => {}
            Some("https") => return Err(ConfigError::TlsNotCompiledIn),
            _ => return Err(ConfigError::InvalidEndpoint),
        }
        let mut parts = uri.into_parts();
        let authority = parts.authority.take().ok_or(ConfigError::InvalidEndpoint)?;
        if authority.host().is_empty() {
            return Err(ConfigError::InvalidEndpoint);
        }
        let (credentials, host) = match authority.as_str().rsplit_once('@') {
            Some((credentials, host)) => (Some(credentials), host),
            None => (None, authority.as_str()),
        };
        parts.authority = Some(host.parse().map_err(|_| ConfigError::InvalidEndpoint)?);
        if append {
            let old = parts.path_and_query.as_ref();
            parts.path_and_query = Some(append_path(old).map_err(invalid)?);
        }
        Ok(Self {
            uri: Uri::from_parts(parts).map_err(|_| ConfigError::InvalidEndpoint)?,
            authorization: credentials.map(basic).transpose()?,
        })
    }

    pub(crate) const fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The `Authorization` header that the URL's credentials stand for.
    pub(crate) const fn authorization(&self) -> Option<&HeaderValue> {
        self.authorization.as_ref()
    }

    /// Whether this is on the same host, where a proxy has no business.
    pub(crate) fn is_loopback(&self) -> bool {
        let host = self.uri.host().unwrap_or_default();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost"
            || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

/// The query, if any, stays at the end.
fn append_path(old: Option<&uri::PathAndQuery>) -> Result<uri::PathAndQuery, uri::InvalidUri> {
    let (path, query) = old.map_or(("/", None), |old| (old.path(), old.query()));
    let path = path.trim_end_matches('/');
    match query {
        Some(query) => format!("{path}/{TRACES_PATH}?{query}").parse(),
        None => format!("{path}/{TRACES_PATH}").parse(),
    }
}

/// HTTP's basic authentication (RFC 7617).
fn basic(credentials: &str) -> Result<HeaderValue, ConfigError> {
    let plain = credentials.split(':').map(percent_decode);
    let plain: Vec<String> = plain.collect::<Option<_>>().ok_or(ConfigError::InvalidEndpoint)?;
    let mut text = plain.join(":");
    if plain.len() == 1 {
        text.push(':');
    }
    let value = format!("Basic {}", base64(text.as_bytes()));
    let mut value = HeaderValue::try_from(value).map_err(|_| ConfigError::InvalidEndpoint)?;
    value.set_sensitive(true);
    Ok(value)
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let at = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let group = (at(0) << 16) | (at(1) << 8) | at(2);
        for digit in 0..4 {
            if digit <= chunk.len() {
                let index = (group >> (18 - 6 * digit)) & 63;
                out.push(char::from(DIGITS[index as usize]));
            } else {
                out.push('=');
            }
        }
    }
    out
}

impl fmt::Debug for Endpoint {
    /// Scheme, host and port. Paths and queries can hold keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.uri.scheme_str().unwrap_or_default();
        write!(f, "{scheme}://{}", self.uri.host().unwrap_or_default())?;
        match self.uri.port_u16() {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collector(url: &str) -> String {
        Endpoint::collector(url).unwrap().uri.to_string()
    }

    #[test]
    fn the_path_of_traces_is_appended() {
        assert_eq!(collector("http://c"), "http://c/v1/traces");
        assert_eq!(collector("http://c:4318/"), "http://c:4318/v1/traces");
        assert_eq!(collector("http://c/otlp/"), "http://c/otlp/v1/traces");
        assert_eq!(collector("http://c/x?key=s"), "http://c/x/v1/traces?key=s");
        let exact = Endpoint::exact("http://c/x?key=s").unwrap();
        assert_eq!(exact.uri.to_string(), "http://c/x?key=s");
        assert_eq!(Endpoint::exact("http://c").unwrap().uri.path(), "/");
    }

    #[test]
    fn what_is_no_http_url_is_refused() {
        for bad in ["", "c:4318", "/v1", "ftp://c", "http://", "http://c/a b", "http://u@"] {
            assert_eq!(Endpoint::exact(bad).err(), Some(ConfigError::InvalidEndpoint), "{bad}");
        }
    }

    #[test]
    fn https_needs_the_feature() {
        let endpoint = Endpoint::exact("https://c/x");
        if cfg!(feature = "tls") {
            assert!(endpoint.is_ok());
        } else {
            assert_eq!(endpoint.err(), Some(ConfigError::TlsNotCompiledIn));
        }
    }

    #[test]
    fn credentials_become_a_header_and_are_not_printed() {
        let endpoint = Endpoint::exact("http://u:p%40ss@c:1/path?key=s").unwrap();
        let header = endpoint.authorization().unwrap();
        assert_eq!(header, "Basic dTpwQHNz");
        assert!(header.is_sensitive());
        assert_eq!(endpoint.uri.to_string(), "http://c:1/path?key=s");
        assert_eq!(format!("{endpoint:?}"), "http://c:1");
    }

    #[test]
    fn base64_pads() {
        for (plain, coded) in [("", ""), ("a", "YQ=="), ("ab", "YWI="), ("abc", "YWJj")] {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn loopback_is_known() {
        for (url, loopback) in [
            ("http://localhost:1", true),
            ("http://127.0.0.1:1", true),
            ("http://[::1]:1", true),
            ("http://10.0.0.1:1", false),
            ("http://collector", false),
        ] {
            assert_eq!(Endpoint::exact(url).unwrap().is_loopback(), loopback, "{url}");
        }
    }
}
