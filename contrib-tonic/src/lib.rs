//! Traces gRPC calls that tonic serves and makes.
//!
//! | side | span | ends | an error is |
//! | --- | --- | --- | --- |
//! | [`ServerLayer`] | `package.Service/Method`, below the caller | with the trailers | `UNKNOWN`, `DEADLINE_EXCEEDED`, `UNIMPLEMENTED`, `INTERNAL`, `UNAVAILABLE`, `DATA_LOSS`, a cancelled call, a panic |
//! | [`ClientLayer`] | the same; the metadata carry it on | with the trailers, or the last message that came | every status but `OK`, a cancelled call, a panic |
//!
//! Tags are those of OpenTelemetry's conventions for gRPC: `rpc.system.name`, `rpc.method`,
//! `rpc.response.status_code` (read where the call has it: in the trailers, in the headers of a
//! call that fails at once, in the transport's error), server and peer.
//!
//! # Quick start
//!
//! ```no_run
//! # use contrib_tonic::ServerLayer;
//! # async fn serve(routes: tonic::service::Routes) -> Result<(), tonic::transport::Error> {
//! tonic::transport::Server::builder()
//!     .layer(ServerLayer::new())
//!     .add_routes(routes)
//!     .serve(([0, 0, 0, 0], 50051).into())
//!     .await
//! # }
//! ```
//!
//! ```
//! use contrib_tonic::ClientLayer;
//! use tower::ServiceBuilder;
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! let channel = tonic::transport::Endpoint::from_static("http://inventory:50051").connect_lazy();
//! let service = ServiceBuilder::new()
//!     .layer(ClientLayer::new().with_server("inventory:50051"))
//!     .service(channel);
//! // let client = InventoryClient::new(service);
//! # }
//! ```
//!
//! The channel's target is not in its requests: [`with_server`](contrib_tower::TraceLayer::with_server)
//! tells the span.
//!
//! # Who called what
//! A method's name is the caller's to choose. When nobody implements it (`UNIMPLEMENTED`), the
//! server's span is renamed to `grpc`, its `rpc.method` is `_OTHER`, and what was asked for is in
//! `rpc.method_original`: names stay few. Other answers do not tell (an authorisation in front of
//! the routes answers for any method), so they are counted: a method that has once been `OK` or
//! sent a message keeps its name, 1,024 of them in a process; of those that have not, 256 do, and
//! the others show as above until they work.
//!
//! # What is not gRPC
//! Requests whose content type is not `application/grpc` get no span here: gRPC-Web, whose status
//! is in its body, a browser's `OPTIONS`, plain HTTP on the same port. The caller's context goes on
//! to what is below. To see gRPC-Web calls, put this layer inside of the one that translates them:
//! `.layer(GrpcWebLayer::new()).layer(ServerLayer::new())`; to see the rest, put contrib-tower's
//! layer around those routes. Of clients, only those requests count that name another content type.
//!
//! # Messages
//! How many went each way, and how large they were, [`MessagesLayer`] counts, inside of one of the
//! layers above. The conventions have no names for it, and counting costs a little: it is asked for.
//!
//! # Health checks and reflection
//! They come every few seconds, or from a developer's tools. To keep them out of the traces:
//!
//! ```
//! use contrib_tonic::{HEALTH_AND_REFLECTION, ServerLayer};
//!
//! let layer = ServerLayer::new().skip_paths(HEALTH_AND_REFLECTION);
//! # drop(layer);
//! ```
//!
//! # Never recorded
//! Metadata that was not asked for
//! ([`with_request_headers`](contrib_tower::TraceLayer::with_request_headers)), messages. URLs in status messages are redacted.
//!
//! # Features
//! `channel` (default): tells the errors of tonic's client transport apart. `server` (default): the
//! peer's address, from tonic's server transport without TLS. With TLS it is in a type that tonic
//! has with its own TLS features only; where they are on, a hook finds it:
//!
//! ```
//! use contrib_tonic::ServerLayer;
//! use tonic::transport::server::TcpConnectInfo;
//!
//! // Behind TLS it is `TlsConnectInfo<TcpConnectInfo>`, with tonic's feature `tls-connect-info`,
//! // and `connection.get_ref().remote_addr()`.
//! let layer = ServerLayer::new().on_request(|span, request| {
//!     let connection = request.extensions().get::<TcpConnectInfo>();
//!     if let Some(peer) = connection.and_then(TcpConnectInfo::remote_addr) {
//!         span.set_tag("network.peer.address", peer.ip().to_string());
//!         span.set_tag("network.peer.port", peer.port());
//!     }
//! });
//! # let _: ServerLayer = layer;
//! ```
//!
//! # Cost when off
//! Switched off, the caller's metadata values are cloned and handed on unread. Compiled out, the
//! layers are newtypes that do nothing.
#![forbid(unsafe_code)]

mod client;
mod content;
mod counted;
mod framing;
mod messages;
mod server;
mod status;

pub use client::GrpcClient;
pub use contrib_tower::{
    RequestView, ResponseBody, ResponseFuture, ResponseView, TraceLayer, TraceService,
};
pub use counted::{Countable, CountedBody};
pub use messages::{MessagesFuture, MessagesLayer, MessagesService};
pub use server::GrpcServer;

/// Traces calls that are served; see [`TraceLayer`] for its settings.
pub type ServerLayer = TraceLayer<GrpcServer>;
/// Traces calls that are made; see [`TraceLayer`] for its settings.
pub type ClientLayer = TraceLayer<GrpcClient>;

/// The methods of gRPC's own health checking and reflection services.
pub const HEALTH_AND_REFLECTION: [&str; 4] = [
    "/grpc.health.v1.Health/Check",
    "/grpc.health.v1.Health/Watch",
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
];
