//! The service's environment variables (OpenTelemetry specification, "Resource SDK"), for whoever
//! sets a tracer up.
//!
//! ```
//! use contrib_otlp::env;
//!
//! let (name, tags) = env::resource_from(|name| match name {
//!     "OTEL_SERVICE_NAME" => Some("shop".into()),
//!     "OTEL_RESOURCE_ATTRIBUTES" => Some("deployment.environment.name=test".into()),
//!     _ => None,
//! });
//! assert_eq!((name.as_deref(), tags.len()), (Some("shop"), 1));
//! ```

pub use contrib_http::env::{default_service_name, resource_from};
