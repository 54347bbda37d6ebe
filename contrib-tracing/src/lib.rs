//! tbd
#![forbid(unsafe_code)]

mod above;
mod callbacks;
mod config;
mod entered;
mod event;
mod fields;
#[cfg(feature = "fmt")]
mod ids;
#[cfg(feature = "json")]
mod json;
mod layer;
mod origin;
mod select;
mod spans;
mod text;

#[cfg(feature = "fmt")]
pub use ids::WithTraceIds;
#[cfg(feature = "json")]
pub use json::{JsonLines, JsonSpanFields};
pub use layer::TraceLayer;
pub use select::Select;
