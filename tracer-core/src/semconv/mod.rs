//! OpenTelemetry's semantic conventions (1.44): the only place that spells tag names, builds span
//! names, and knows what counts as an error.

pub mod resource;

/// What kind of failure ended the work.
pub const ERROR_TYPE: &str = "error.type";
