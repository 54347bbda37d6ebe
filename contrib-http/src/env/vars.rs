//! Variables that describe requests.

use std::fmt;
use std::time::Duration;

use super::list;
use crate::endpoint::Endpoint;
use crate::settings::{ConfigError, Settings};

/// How a variable's text becomes an endpoint: [`Endpoint::exact`], for one.
pub type ReadUrl = fn(&str) -> Result<Endpoint, ConfigError>;

/// Where variables come from, and where complaints about them go.
pub struct Vars<'a> {
    get: &'a dyn Fn(&str) -> Option<String>,
    warn: &'a mut dyn FnMut(&'static str, &'static str),
}

impl<'a> Vars<'a> {
    /// Variables from `get`. `warn` is told of bad ones: which, and why, without the value.
    /// [`bad_variable`](super::bad_variable) is one that prints.
    pub fn new(
        get: &'a dyn Fn(&str) -> Option<String>,
        warn: &'a mut dyn FnMut(&'static str, &'static str),
    ) -> Self {
        Self { get, warn }
    }

    /// Trimmed, if there is anything.
    fn text(&self, name: &str) -> Option<String> {
        let value = (self.get)(name)?;
        let value = value.trim();
        (!value.is_empty()).then(|| value.to_owned())
    }

    /// The first of these variables that is set and makes sense to `read`, which sees it trimmed.
    pub fn first<T>(
        &mut self,
        names: &[&'static str],
        why: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        names.iter().find_map(|name| {
            let value = read(&self.text(name)?);
            if value.is_none() {
                (self.warn)(name, why);
            }
            value
        })
    }

    /// Sets the endpoint by the first of these variables that is set, read in its own way. One that
    /// is no endpoint is the settings' error: what was meant for one host, the headers with their
    /// tokens for one, is not sent to another. Whether any was set.
    pub fn endpoint(
        &mut self,
        settings: &mut Settings,
        variables: &[(&'static str, ReadUrl)],
    ) -> bool {
        let found = variables.iter().find_map(|(name, read)| {
            let endpoint = read(&self.text(name)?);
            if matches!(endpoint, Err(ConfigError::InvalidEndpoint)) {
                (self.warn)(name, "no http(s) URL");
            }
            Some(endpoint)
        });
        let Some(endpoint) = found else { return false };
        settings.set_endpoint(endpoint);
        true
    }

    /// Sets headers by the first of these variables that is a list of `name=value`,
    /// percent-encoded, with headers that may be set.
    pub fn headers(&mut self, settings: &mut Settings, names: &[&'static str]) {
        let headers = self.first(names, "no list of header=value", |text| {
            let mut trial = Settings::new(settings.endpoint().clone());
            for (name, value) in list::parse(text)? {
                trial.set_header(&name, &value);
            }
            trial.checked().ok().map(|trial| trial.headers.clone())
        });
        settings.headers.extend(headers.unwrap_or_default());
    }

    /// Sets the root certificates by the first of these variables that is set: the path of a file in
    /// PEM. One that can't be used is the settings' error, since whoever names a certificate wants
    /// nobody else to be believed. Without TLS there is nobody to vouch for, and nothing is read.
    pub fn root_certificates(&mut self, settings: &mut Settings, names: &[&'static str]) {
        if !cfg!(feature = "tls") {
            return;
        }
        let path = names.iter().find_map(|name| self.text(name));
        match path.map(std::fs::read) {
            Some(Ok(pem)) => settings.set_root_certificates(&pem),
            Some(Err(_)) => settings.fail(ConfigError::InvalidCertificate),
            None => {}
        }
    }

    /// Sets the timeout by the first of these variables that is a number of milliseconds above 0.
    pub fn timeout(&mut self, settings: &mut Settings, names: &[&'static str]) {
        let millis = self.first(names, "no positive number of milliseconds", |text| {
            text.parse().ok().filter(|millis| *millis > 0)
        });
        if let Some(millis) = millis {
            settings.set_timeout(Duration::from_millis(millis));
        }
    }
}

impl fmt::Debug for Vars<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vars").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "URL";
    const OTHER_URL: &str = "OTHER_URL";
    const HEADERS: &str = "HEADERS";
    const TIMEOUT: &str = "TIMEOUT";

    /// The settings for these variables, and the variables that were warned of.
    fn read(vars: &[(&str, &str)]) -> (Settings, Vec<&'static str>) {
        let mut warned = Vec::new();
        let get = |name: &str| {
            let found = vars.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let mut settings = Settings::new(Endpoint::from_static("http://default/"));
        let mut warn = |name, _| warned.push(name);
        let mut vars = Vars::new(&get, &mut warn);
        vars.endpoint(&mut settings, &[(URL, Endpoint::exact), (OTHER_URL, Endpoint::exact)]);
        vars.headers(&mut settings, &[HEADERS]);
        vars.timeout(&mut settings, &[TIMEOUT]);
        (settings, warned)
    }

    #[test]
    fn an_empty_variable_counts_as_unset() {
        let (settings, warned) = read(&[(URL, ""), (HEADERS, " "), (TIMEOUT, "\t")]);
        assert_eq!(settings.endpoint().uri(), "http://default/");
        assert!(settings.headers.is_empty() && warned.is_empty());
        assert_eq!(settings.timeout(), Duration::from_secs(10));
    }

    #[test]
    fn values_are_trimmed() {
        let (settings, warned) = read(&[(URL, " http://c/x "), (TIMEOUT, " 7\n")]);
        assert_eq!(settings.endpoint().uri(), "http://c/x");
        assert_eq!(settings.timeout(), Duration::from_millis(7));
        assert!(warned.is_empty());
    }

    #[test]
    fn headers_are_never_printed() {
        let (settings, _) = read(&[(HEADERS, "b=2%203,c=")]);
        assert_eq!(settings.headers.len(), 2);
        assert_eq!(settings.header("b"), Some("2 3"));
        assert!(settings.headers["b"].is_sensitive());
        assert!(!format!("{settings:?}").contains("2 3"));
    }

    #[test]
    fn headers_of_http_itself_are_refused() {
        for list in ["content-length=1", "Content-Type=x", "a b=1", "a=%0d%0ab: c", "a=1,b"] {
            let (settings, warned) = read(&[(HEADERS, list)]);
            assert_eq!((settings.headers.len(), warned), (0, vec![HEADERS]), "{list}");
        }
    }

    #[test]
    fn https_without_the_feature_is_an_error_not_another_host() {
        let (settings, warned) = read(&[(URL, "https://c"), (HEADERS, "a=1")]);
        assert_eq!(settings.header("a"), Some("1"));
        assert!(warned.is_empty());
        assert_eq!(settings.checked().is_ok(), cfg!(feature = "tls"));
    }

    #[test]
    fn what_is_no_url_is_an_error_not_another_host() {
        let vars = [(URL, "htp:/c"), (OTHER_URL, "http://c/x"), (HEADERS, "a=1")];
        let (settings, warned) = read(&vars);
        assert_eq!(warned, [URL]);
        assert_eq!(settings.checked().err(), Some(ConfigError::InvalidEndpoint));
    }

    #[test]
    fn times_are_bounded() {
        let (settings, warned) = read(&[(TIMEOUT, "18446744073709551615")]);
        assert_eq!(settings.timeout(), Duration::from_secs(3600));
        assert!(warned.is_empty());
        for bad in ["0", "-1", "1.5", "1s", "18446744073709551616"] {
            let (settings, warned) = read(&[(TIMEOUT, bad)]);
            assert_eq!(settings.timeout(), Duration::from_secs(10));
            assert_eq!(warned, [TIMEOUT], "{bad}");
        }
    }
}
