//! Tags of a service.

/// The service's name.
pub const SERVICE_NAME: &str = "service.name";
/// Tells the instances of a service apart.
pub const SERVICE_INSTANCE_ID: &str = "service.instance.id";
