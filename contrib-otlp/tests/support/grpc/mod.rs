//! A real OTLP receiver: opentelemetry-proto's service on tonic's server, which counts, keeps the
//! metadata, and misbehaves on request.

mod fault;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tonic::Status;
use tonic::body::Body;
use tonic::codec::CompressionEncoding;
use tonic::metadata::MetadataMap;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tower_layer::Layer;
use tower_service::Service;

pub(crate) use fault::{Fault, Then};

/// A running receiver. Stops, and breaks its connections, when it is dropped.
pub(crate) struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
    runtime: Option<Runtime>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    accepted: u64,
    seen: Vec<Seen>,
    faults: VecDeque<Fault>,
    default: Option<Fault>,
    /// Peers' addresses: one each connection.
    peers: Vec<SocketAddr>,
    calls: usize,
}

/// A call that the service has read.
#[derive(Clone)]
pub(crate) struct Seen {
    pub(crate) metadata: MetadataMap,
    pub(crate) export: ExportTraceServiceRequest,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.metadata.get(name)?.to_str().ok()
    }

    pub(crate) fn spans(&self) -> usize {
        let scopes = self.export.resource_spans.iter().flat_map(|resource| &resource.scope_spans);
        scopes.map(|scope| scope.spans.len()).sum()
    }
}

impl Receiver {
    pub(crate) fn start() -> Self {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0)), usize::MAX)
    }

    /// One that takes no message over so many bytes.
    pub(crate) fn with_limit(most: usize) -> Self {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0)), most)
    }

    pub(crate) fn start_at(address: SocketAddr, most: usize) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(TcpListener::bind(address)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let service = TraceServiceServer::new(Traces(Arc::clone(&shared)))
            .accept_compressed(CompressionEncoding::Gzip)
            .max_decoding_message_size(most);
        let server = Server::builder()
            .layer(FaultLayer(Arc::clone(&shared)))
            .add_service(service)
            .serve_with_incoming(TcpIncoming::from(listener));
        runtime.spawn(async { server.await.unwrap() });
        Self { address, shared, runtime: Some(runtime) }
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn next(&self, faults: impl IntoIterator<Item = Fault>) {
        self.shared.state().faults.extend(faults);
    }

    pub(crate) fn always(&self, fault: Fault) {
        self.shared.state().default = Some(fault);
    }

    /// Spans that were stored, less those that were called rejected.
    pub(crate) fn span_count(&self) -> u64 {
        self.shared.state().accepted
    }

    /// What the service has read, whatever was answered.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.shared.state().seen.clone()
    }

    /// Calls that came in.
    pub(crate) fn calls(&self) -> usize {
        self.shared.state().calls
    }

    /// Connections over which calls came in.
    pub(crate) fn connections(&self) -> usize {
        self.shared.state().peers.len()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        // On a thread of its own: a test may be on a runtime. Waited for, so that the port is free.
        let runtime = self.runtime.take().unwrap();
        let stop = move || runtime.shutdown_timeout(Duration::from_secs(10));
        std::thread::spawn(stop).join().unwrap();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

/// The service.
struct Traces(Arc<Shared>);

#[tonic::async_trait]
impl TraceService for Traces {
    async fn export(
        &self,
        mut request: tonic::Request<ExportTraceServiceRequest>,
    ) -> Result<tonic::Response<ExportTraceServiceResponse>, Status> {
        let fault = request.extensions_mut().remove().unwrap_or(Fault::None);
        let (metadata, _, export) = request.into_parts();
        let seen = Seen { metadata, export };
        let spans = seen.spans() as u64;
        self.0.state().seen.push(seen);
        let mut response = ExportTraceServiceResponse::default();
        let taken = match fault {
            Fault::Status(status) => return Err(status),
            Fault::Hang => std::future::pending().await,
            Fault::Partial(rejected_spans) => {
                let error_message = "too old".to_owned();
                response.partial_success =
                    Some(ExportTracePartialSuccess { rejected_spans, error_message });
                spans.saturating_sub(u64::try_from(rejected_spans).unwrap_or(0))
            }
            _ => spans,
        };
        self.0.state().accepted += taken;
        Ok(tonic::Response::new(response))
    }
}

/// Hands out the faults.
#[derive(Clone)]
struct FaultLayer(Arc<Shared>);

#[derive(Clone)]
struct Faulty<S>(Arc<Shared>, S);

impl<S> Layer<S> for FaultLayer {
    type Service = Faulty<S>;

    fn layer(&self, inner: S) -> Faulty<S> {
        Faulty(Arc::clone(&self.0), inner)
    }
}

impl<S> Service<Request<Body>> for Faulty<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Response<Body>, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.1.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let fault = {
            let mut state = self.0.state();
            state.calls += 1;
            let info = request.extensions().get::<tonic::transport::server::TcpConnectInfo>();
            let peer = info.and_then(|info| info.remote_addr()).unwrap();
            if !state.peers.contains(&peer) {
                state.peers.push(peer);
            }
            let next = state.faults.pop_front();
            next.or_else(|| state.default.clone()).unwrap_or(Fault::None)
        };
        if let Some(response) = fault::reply(&fault) {
            return Box::pin(async { Ok(response) });
        }
        request.extensions_mut().insert(fault);
        Box::pin(self.1.call(request))
    }
}
