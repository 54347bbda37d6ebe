//! The service's environment variables (OpenTelemetry specification, "Resource SDK"), for whoever
//! sets a tracer up.

pub use contrib_http::env::{default_service_name, resource_from};
