//! The settings.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use tracer_core::observe::{BorderSettings, Kind, Observed};
use tracer_core::propagation::Reach;
use tracer_core::semconv::messaging::{self, Senders, Server};
use tracer_core::{SpanRef, Tracer};

use crate::message::Message;

pub(crate) type Decide = Arc<dyn Fn(&str) -> bool + Send + Sync>;
pub(crate) type Template = Arc<dyn Fn(&str) -> Option<Cow<'static, str>> + Send + Sync>;
pub(crate) type StartHook = Arc<dyn Fn(&SpanRef, &str) + Send + Sync>;

/// What RabbitMQ takes unless it is told otherwise.
const FRAME_MAX: usize = 128 * 1024;

#[derive(Clone)]
pub(crate) struct Config {
    pub(crate) border: BorderSettings,
    pub(crate) server: Server,
    /// What of a context the broker may have is asked for by this name.
    pub(crate) authority: String,
    pub(crate) filter: Option<Decide>,
    pub(crate) template: Option<Template>,
    pub(crate) on_start: Option<StartHook>,
    pub(crate) keeps_context: bool,
    pub(crate) links: bool,
    pub(crate) error_messages: bool,
    pub(crate) body_sizes: bool,
    pub(crate) frame_max: usize,
}

impl Config {
    /// The tracer of a span that is to begin: it and everybody above want one.
    pub(crate) fn recorder(&self) -> Option<Cow<'_, Tracer>> {
        let tracer = self.border.tracer()?;
        (tracer.is_enabled() && !tracer_core::is_suppressed()).then_some(tracer)
    }

    /// Starts a message's span, unless the destination is to have none.
    pub(crate) fn start(
        &self,
        tracer: &Tracer,
        kind: Kind,
        message: &Message<'_>,
        senders: Senders<'_>,
    ) -> Observed {
        if self.skips(message.destination_name()) {
            return Observed::none();
        }
        Observed::new(kind, messaging::start(tracer, message, senders), ())
    }

    /// Tells the program of a span that has begun.
    pub(crate) fn tell(&self, observed: &Observed, message: &Message<'_>) {
        if let Some(hook) = self.on_start.as_ref().filter(|_| observed.is_recording()) {
            hook(observed.span(), message.destination_name());
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
}

impl Default for Config {
    fn default() -> Self {
        Self {
            border: BorderSettings::default(),
            server: Server::default(),
            authority: String::new(),
            filter: None,
            template: None,
            on_start: None,
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
            .field("border", &self.border)
            .field("server", &self.server)
            .field("links", &self.links)
            .field("frame_max", &self.frame_max)
            .finish_non_exhaustive()
    }
}
