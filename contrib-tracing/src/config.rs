//! The settings.

use tracer_core::{Tracer, switch};

#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// Without one, the parent's, else the global one as it is at each span.
    pub(crate) tracer: Option<Tracer>,
    /// Source file and line are recorded.
    pub(crate) location: bool,
    /// An event of level ERROR marks its span as failed.
    pub(crate) failure_by_level: bool,
}

impl Config {
    /// Whether nothing would be recorded, whoever the tracer is.
    pub(crate) fn is_off(&self) -> bool {
        self.tracer.as_ref().map_or_else(|| !switch::is_on(), |tracer| !tracer.is_enabled())
    }
}

impl Default for Config {
    fn default() -> Self {
        Self { tracer: None, location: true, failure_by_level: false }
    }
}
