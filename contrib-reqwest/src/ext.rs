//! A client without middleware.

use reqwest::{RequestBuilder, Response};

use crate::TraceMiddleware;

/// Sends a request of a plain `reqwest::Client` with a span.
pub trait RequestBuilderExt {
    /// As `send`, with the global tracer and the settings of [`TraceMiddleware::new`]. Others:
    /// [`TraceMiddleware::execute`].
    fn send_traced(self) -> impl Future<Output = reqwest::Result<Response>> + Send;
}

impl RequestBuilderExt for RequestBuilder {
    async fn send_traced(self) -> reqwest::Result<Response> {
        let (client, request) = self.build_split();
        TraceMiddleware::new().execute(&client, request?).await
    }
}
