//! Who may vouch for a receiver.

use crate::settings::ConfigError;

/// Whether there is a certificate in it, and nothing malformed.
#[cfg(feature = "tls")]
pub(crate) fn check(pem: &[u8]) -> Result<(), ConfigError> {
    certificates(pem).map(|_| ())
}

/// Without TLS there is nobody to vouch for.
#[cfg(not(feature = "tls"))]
pub(crate) const fn check(_pem: &[u8]) -> Result<(), ConfigError> {
    Err(ConfigError::TlsNotCompiledIn)
}

/// The certificates in it; keys and the like beside them are passed over.
#[cfg(feature = "tls")]
pub(crate) fn certificates(
    pem: &[u8],
) -> Result<Vec<ureq::tls::Certificate<'static>>, ConfigError> {
    use ureq::tls::{PemItem, parse_pem};

    let mut found = Vec::new();
    for item in parse_pem(pem) {
        if let PemItem::Certificate(certificate) =
            item.map_err(|_| ConfigError::InvalidCertificate)?
        {
            found.push(certificate);
        }
    }
    if found.is_empty() { Err(ConfigError::InvalidCertificate) } else { Ok(found) }
}

#[cfg(all(test, feature = "tls"))]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_pem_is_refused() {
        let broken = "-----BEGIN CERTIFICATE-----\n????\n-----END CERTIFICATE-----\n";
        for bad in ["", "certificate", "-----BEGIN CERTIFICATE-----\n", broken] {
            assert_eq!(check(bad.as_bytes()), Err(ConfigError::InvalidCertificate), "{bad}");
        }
        let one = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert_eq!(certificates(one.as_bytes()).unwrap().len(), 1);
        assert_eq!(certificates(format!("{one}{one}").as_bytes()).unwrap().len(), 2);
    }
}
