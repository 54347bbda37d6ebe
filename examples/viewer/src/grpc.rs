//! OTLP over gRPC.

use otlp_embedded::proto::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use otlp_embedded::{TraceService, TraceServiceServer};
use tonic::codec::CompressionEncoding;
use tonic::{Request, Response, Status};

use crate::Store;
use crate::http::MAX_BODY;

/// The gRPC service that fills `store`.
pub fn service(store: Store) -> TraceServiceServer<Intake> {
    TraceServiceServer::new(Intake(store))
        .accept_compressed(CompressionEncoding::Gzip)
        .max_decoding_message_size(MAX_BODY)
}

/// Hands each batch to the store.
pub struct Intake(Store);

#[tonic::async_trait]
impl TraceService for Intake {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.0.accept(request.into_inner()).await
    }
}
