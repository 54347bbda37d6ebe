//! Whether what opentelemetry makes current is current for the kit by itself.

#[cfg(feature = "follow")]
mod observer;
#[cfg(feature = "follow")]
mod view;

#[cfg(feature = "follow")]
pub use observer::follow_contexts;
#[cfg(feature = "follow")]
pub(crate) use observer::is_following;

/// It never is without the feature `follow`.
#[cfg(not(feature = "follow"))]
pub(crate) const fn is_following() -> bool {
    false
}
