//! The connection, and the runtime that drives it.

use std::future::poll_fn;
use std::io;
use std::time::Duration;

use contrib_http::{ConfigError, Settings};
use http::Request;
use tokio::runtime::{Builder, Runtime};
use tonic::body::Body;
use tonic::client::GrpcService;
use tonic::transport::{Channel, Endpoint};

use super::broken::Broken;
use super::reply::Reply;

/// How often what has come in is looked at before a call.
const GLANCES: usize = 3;

/// A channel, with a runtime on this thread that lives as long as it and no longer: dropped, all
/// of it is gone, the connection too. It is driven only while a call is made.
pub(super) struct Link {
    /// Taken by the drop only.
    runtime: Option<Runtime>,
    channel: Channel,
}

impl Link {
    /// Connects with the first call.
    pub(super) fn open(endpoint: &Endpoint) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let channel = {
            let _inside = runtime.enter();
            endpoint.connect_lazy()
        };
        Ok(Self { runtime: Some(runtime), channel })
    }

    /// Makes a call; `None` where it takes longer than `timeout`.
    pub(super) fn exchange(
        &self,
        request: Request<Body>,
        timeout: Duration,
    ) -> Option<Result<Reply, Broken>> {
        let call = async {
            // A receiver that has gone since the last call is noticed before this one is made.
            for _ in 0..GLANCES {
                tokio::task::yield_now().await;
            }
            call(self.channel.clone(), request).await
        };
        let runtime = self.runtime.as_ref()?;
        runtime.block_on(async { tokio::time::timeout(timeout, call).await.ok() })
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // A look-up of a name that hangs is not waited for.
            runtime.shutdown_background();
        }
    }
}

async fn call(mut channel: Channel, request: Request<Body>) -> Result<Reply, Broken> {
    poll_fn(|cx| GrpcService::poll_ready(&mut channel, cx)).await.map_err(Broken::from_error)?;
    let response = GrpcService::call(&mut channel, request).await;
    Reply::read(response.map_err(Broken::from_error)?).await
}

/// With TLS, where the endpoint wants it.
#[cfg(feature = "tls")]
pub(super) fn secured(endpoint: Endpoint, settings: &Settings) -> Result<Endpoint, ConfigError> {
    use tonic::transport::{Certificate, ClientTlsConfig};

    if endpoint.uri().scheme_str() != Some("https") {
        return Ok(endpoint);
    }
    let tls = match settings.root_certificates() {
        Some(pem) => ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem)),
        None => ClientTlsConfig::new().with_webpki_roots(),
    };
    endpoint.tls_config(tls).map_err(|_| ConfigError::InvalidCertificate)
}

/// An endpoint that is https was refused before.
#[cfg(not(feature = "tls"))]
pub(super) fn secured(endpoint: Endpoint, _settings: &Settings) -> Result<Endpoint, ConfigError> {
    Ok(endpoint)
}
