//! Where batches go: a URL that is never printed whole, for it can hold credentials.

use std::fmt;

use ureq::http::{HeaderValue, Uri, uri};

use crate::percent;
use crate::settings::ConfigError;

/// A checked URL. Credentials (`http://user:password@host`) have been taken out of it: they travel
/// as an `Authorization` header. `Debug` shows scheme, host and port.
#[derive(Clone)]
pub struct Endpoint {
    uri: Uri,
    authorization: Option<HeaderValue>,
}

impl Endpoint {
    /// The whole URL.
    ///
    /// # Errors
    /// [`ConfigError::InvalidEndpoint`] or [`ConfigError::TlsNotCompiledIn`].
    pub fn exact(url: &str) -> Result<Self, ConfigError> {
        Self::parse(url, None)
    }

    /// A server's address: `path` is appended to what path it has.
    ///
    /// # Errors
    /// As [`exact`](Self::exact).
    pub fn below(url: &str, path: &str) -> Result<Self, ConfigError> {
        Self::parse(url, Some(path))
    }

    /// A URL of the program's own, which has to be of the form `http://host:port/path`.
    ///
    /// # Panics
    /// Where it is not.
    #[must_use]
    pub fn from_static(url: &'static str) -> Self {
        Self { uri: Uri::from_static(url), authorization: None }
    }

    /// The same with one more parameter in its query, percent-encoded.
    ///
    /// # Errors
    /// [`ConfigError::InvalidEndpoint`] where the URL gets too long: over 65,534 bytes.
    pub fn with_query(&self, name: &str, value: &str) -> Result<Self, ConfigError> {
        let mut parts = self.uri.clone().into_parts();
        let old = parts.path_and_query.as_ref();
        let mut text = old.map_or_else(|| "/".to_owned(), ToString::to_string);
        text.push(if self.uri.query().is_some() { '&' } else { '?' });
        percent::encode(name, &mut text);
        text.push('=');
        percent::encode(value, &mut text);
        let invalid = |_| ConfigError::InvalidEndpoint;
        parts.path_and_query = Some(text.parse().map_err(invalid)?);
        let uri = Uri::from_parts(parts).map_err(|_| ConfigError::InvalidEndpoint)?;
        Ok(Self { uri, authorization: self.authorization.clone() })
    }

    /// What is asked for at the host: path and query. Both can hold secrets.
    #[must_use]
    pub fn path_and_query(&self) -> &str {
        self.uri.path_and_query().map_or("/", uri::PathAndQuery::as_str)
    }

    /// Scheme, host and port, as `http://host:port`; without credentials, path and query.
    #[must_use]
    pub fn origin(&self) -> String {
        let scheme = self.uri.scheme_str().unwrap_or_default();
        let authority = self.uri.authority().map_or("", |authority| authority.as_str());
        format!("{scheme}://{authority}")
    }

    fn parse(url: &str, below: Option<&str>) -> Result<Self, ConfigError> {
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
        if let Some(path) = below {
            let old = parts.path_and_query.as_ref();
            parts.path_and_query = Some(append_path(old, path).map_err(invalid)?);
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
fn append_path(
    old: Option<&uri::PathAndQuery>,
    more: &str,
) -> Result<uri::PathAndQuery, uri::InvalidUri> {
    let (path, query) = old.map_or(("/", None), |old| (old.path(), old.query()));
    let path = path.trim_end_matches('/');
    match query {
        Some(query) => format!("{path}/{more}?{query}").parse(),
        None => format!("{path}/{more}").parse(),
    }
}

/// HTTP's basic authentication (RFC 7617).
fn basic(credentials: &str) -> Result<HeaderValue, ConfigError> {
    let plain = credentials.split(':').map(percent::decode);
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
        f.write_str(&self.origin())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn below(url: &str) -> String {
        Endpoint::below(url, "v1/traces").unwrap().uri.to_string()
    }

    #[test]
    fn a_path_is_appended() {
        assert_eq!(below("http://c"), "http://c/v1/traces");
        assert_eq!(below("http://c:4318/"), "http://c:4318/v1/traces");
        assert_eq!(below("http://c/otlp/"), "http://c/otlp/v1/traces");
        assert_eq!(below("http://c/x?key=s"), "http://c/x/v1/traces?key=s");
        let exact = Endpoint::exact("http://c/x?key=s").unwrap();
        assert_eq!(exact.uri.to_string(), "http://c/x?key=s");
        assert_eq!(Endpoint::exact("http://c").unwrap().uri.path(), "/");
    }

    #[test]
    fn a_parameter_is_encoded_and_appended() {
        let with = |url: &str| {
            let endpoint = Endpoint::exact(url).unwrap();
            endpoint.with_query("service", "my shop&co").unwrap().uri.to_string()
        };
        assert_eq!(with("http://c"), "http://c/?service=my%20shop%26co");
        assert_eq!(with("http://c/x?key=s"), "http://c/x?key=s&service=my%20shop%26co");
        let endpoint = Endpoint::exact("http://u@c/x").unwrap();
        assert!(endpoint.with_query("a", "b").unwrap().authorization().is_some());
        let long = "x".repeat(1 << 16);
        assert_eq!(endpoint.with_query("a", &long).err(), Some(ConfigError::InvalidEndpoint));
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
