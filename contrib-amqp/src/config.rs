//! The settings.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use tracer_core::propagation::{Extract, Reach};
use tracer_core::semconv::messaging::Server;
use tracer_core::{ENABLED, SpanContext, SpanRef, Tracer, Trust, global};

pub(crate) type Decide = Arc<dyn Fn(&str) -> bool + Send + Sync>;
pub(crate) type Template = Arc<dyn Fn(&str) -> Option<Cow<'static, str>> + Send + Sync>;
pub(crate) type StartHook = Arc<dyn Fn(&SpanRef, &str) + Send + Sync>;

/// What RabbitMQ takes unless it is told otherwise.
const FRAME_MAX: usize = 128 * 1024;

#[derive(Clone)]
pub(crate) struct Config {
    pub(crate) tracer: Option<Tracer>,
    pub(crate) server: Server,
    /// What of a context the broker may have is asked for by this name.
    pub(crate) authority: String,
    pub(crate) filter: Option<Decide>,
    pub(crate) template: Option<Template>,
    pub(crate) on_start: Option<StartHook>,
    pub(crate) trust: Option<Trust>,
    pub(crate) keeps_context: bool,
    pub(crate) links: bool,
    pub(crate) error_messages: bool,
    pub(crate) body_sizes: bool,
    pub(crate) frame_max: usize,
}

impl Config {
    /// The tracer, as it is now: switched off, it hands contexts on.
    pub(crate) fn tracer(&self) -> Option<Cow<'_, Tracer>> {
        if !ENABLED {
            return None;
        }
        match &self.tracer {
            Some(tracer) => Some(Cow::Borrowed(tracer)),
            None => global().map(Cow::Owned),
        }
    }

    pub(crate) fn skips(&self, destination: &str) -> bool {
        self.filter.as_ref().is_some_and(|filter| !filter(destination))
    }

    pub(crate) fn template(&self, destination: &str) -> Option<Cow<'static, str>> {
        self.template.as_ref().and_then(|template| template(destination))
    }

    pub(crate) fn reach(&self, tracer: &Tracer) -> Reach {
        if self.keeps_context { Reach::NONE } else { tracer.reach(&self.authority) }
    }

    pub(crate) fn extract(&self, tracer: &Tracer, headers: &impl Extract) -> SpanContext {
        match self.trust {
            Some(trust) => tracer.extract_with(trust, headers),
            None => tracer.extract(headers),
        }
    }

    pub(crate) fn capture(&self, tracer: &Tracer, headers: &impl Extract) -> SpanContext {
        match self.trust {
            Some(trust) => tracer.capture_with(trust, headers),
            None => tracer.capture(headers),
        }
    }

    pub(crate) fn started(&self, span: &SpanRef, destination: &str) {
        if let Some(hook) = &self.on_start {
            hook(span, destination);
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            tracer: None,
            server: Server::default(),
            authority: String::new(),
            filter: None,
            template: None,
            on_start: None,
            trust: None,
            keeps_context: false,
            links: false,
            error_messages: false,
            body_sizes: false,
            frame_max: FRAME_MAX,
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("tracer", &self.tracer)
            .field("server", &self.server)
            .field("links", &self.links)
            .field("frame_max", &self.frame_max)
            .finish_non_exhaustive()
    }
}
