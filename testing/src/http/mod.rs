//! The suite for everything that looks like HTTP: a request with headers, a response with a head
//! and a body. One suite for servers and clients, HTTP and gRPC.
//!
//! A crate writes an [`Adapter`], which makes one exchange over its integration, and calls
//! [`assert_holds`].
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod body;
mod case;
mod cases;
mod exchange;

pub use body::ScriptedBody;
pub use exchange::{Caller, Exchange, HEALTH, Shape, consume};

use std::sync::Arc;

use tracer_core::Tracer;

/// What an integration traces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// HTTP requests that are served.
    HttpServer,
    /// HTTP requests that are sent.
    HttpClient,
    /// gRPC calls that are served.
    GrpcServer,
    /// gRPC calls that are made.
    GrpcClient,
}

impl Kind {
    /// Whether requests go out.
    #[must_use]
    pub const fn is_client(self) -> bool {
        matches!(self, Self::HttpClient | Self::GrpcClient)
    }

    /// Whether the status is a gRPC one.
    #[must_use]
    pub const fn is_grpc(self) -> bool {
        matches!(self, Self::GrpcServer | Self::GrpcClient)
    }
}

/// One integration, made to be tested.
pub trait Adapter: Send + Sync + 'static {
    /// What it traces.
    fn kind(&self) -> Kind;

    /// Whether it is told routes: then `/items/7` is to be served by `/items/{id}`.
    fn knows_routes(&self) -> bool {
        false
    }

    /// Whether an exchange of this shape can be made with it.
    fn supports(&self, _: Shape) -> bool {
        true
    }

    /// Makes one exchange, with the integration under test on its side of it: it uses this tracer
    /// and leaves the path [`HEALTH`] (gRPC: [`Exchange::path`] of such an exchange) untraced.
    ///
    /// The request is [`Exchange::request`]; whoever serves it answers with [`Exchange::answer`];
    /// whoever has sent it reads with [`consume`]. The exchange may be dropped at any time.
    fn exchange(&self, tracer: Tracer, exchange: Exchange) -> impl Future<Output = ()> + Send;
}

/// What of the suite is run: one test file of each crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Names, tags, secrets, the ends of good responses.
    Attributes,
    /// Failures: of the response, of the body, of the service, panics.
    Errors,
    /// Who leaves early.
    Cancellation,
    /// What comes in and what goes on.
    Propagation,
    /// Filtered, switched off, switched off meanwhile, compiled out.
    Disabled,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 5] =
        [Self::Attributes, Self::Errors, Self::Cancellation, Self::Propagation, Self::Disabled];
}

/// Runs a part of the suite and says what does not hold, in words. Compiled out there is only one
/// thing to see: that nothing happens.
pub async fn check<A: Adapter>(adapter: &Arc<A>, part: Part) -> Vec<String> {
    if tracer_core::ENABLED {
        cases::check(adapter, part).await
    } else {
        cases::compiled_out(adapter).await
    }
}

/// Runs a part of the suite.
///
/// # Panics
/// When something does not hold.
pub async fn assert_holds(adapter: impl Adapter, part: Part) {
    let complaints = check(&Arc::new(adapter), part).await;
    assert!(complaints.is_empty(), "{complaints:#?}");
}
