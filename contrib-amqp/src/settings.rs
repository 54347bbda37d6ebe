//! What is traced, and how.

use std::borrow::Cow;
use std::sync::Arc;

use lapin::uri::AMQPUri;
use lapin::{Channel, Connection};
use tracer_core::observe::Shared;
use tracer_core::semconv::messaging::Server;
use tracer_core::{SpanRef, Tracer, Trust};

use crate::TracedChannel;
use crate::config::Config;

/// Which broker it is and what the spans of its messages say. A clone is one refcount: make one for
/// a connection, and give it to each channel ([`ChannelExt::traced`](crate::ChannelExt::traced)).
#[derive(Clone, Debug)]
pub struct AmqpTracing {
    pub(crate) config: Shared<Config>,
}

impl AmqpTracing {
    /// Of a broker that is not named. With the global tracer as it is at each call; without a
    /// tracer, nothing is traced.
    #[must_use]
    pub fn new() -> Self {
        Self { config: Shared::new(Config::default()) }
    }

    /// Of the broker that this leads to. Of user, password and virtual host nothing is kept.
    #[must_use]
    pub fn of(uri: &AMQPUri) -> Self {
        Self::new().with_server(&uri.authority.host, uri.authority.port)
    }

    /// With this host, by its name if it has one, and port.
    #[must_use]
    pub fn with_server(self, host: &str, port: u16) -> Self {
        self.with(|config| {
            config.server = Server::new(host, port);
            host.clone_into(&mut config.authority);
        })
    }

    /// With the largest frame that this connection's broker takes: what does not fit beside a
    /// message's own headers is not added. Without it: 128 KiB, as RabbitMQ has it.
    #[must_use]
    pub fn for_connection(self, connection: &Connection) -> Self {
        let frame_max = connection.configuration().frame_max();
        self.with_frame_max(frame_max)
    }

    /// The same, told in bytes; 0 is no limit.
    #[must_use]
    pub fn with_frame_max(self, bytes: u32) -> Self {
        let bytes = if bytes == 0 { u32::MAX } else { bytes };
        self.with(|config| config.frame_max = usize::try_from(bytes).unwrap_or(usize::MAX))
    }

    /// With this tracer.
    #[must_use]
    pub fn with_tracer(self, tracer: Tracer) -> Self {
        self.with(|config| config.border.tracer = Some(tracer))
    }

    /// Only messages for which this returns true. It is asked with the destination as the span has
    /// it: `exchange:routing key` of what is sent, with `:queue` of what comes. The context of the
    /// others is handed on all the same.
    #[must_use]
    pub fn with_filter(self, filter: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.with(|config| config.filter = Some(Arc::new(filter)))
    }

    /// With a name for destinations that have ids in them: it is asked with the destination, and
    /// what it returns names the span.
    ///
    /// ```
    /// use contrib_amqp::AmqpTracing;
    ///
    /// let tracing = AmqpTracing::new()
    ///     .with_template(|to| to.starts_with("user.").then(|| "user.{id}".into()));
    /// # drop(tracing);
    /// ```
    #[must_use]
    pub fn with_template(
        self,
        template: impl Fn(&str) -> Option<Cow<'static, str>> + Send + Sync + 'static,
    ) -> Self {
        self.with(|config| config.template = Some(Arc::new(template)))
    }

    /// How far those who send messages are believed, if not as far as the tracer believes callers.
    #[must_use]
    pub fn with_trust(self, trust: Trust) -> Self {
        self.with(|config| config.border.trust = Some(trust))
    }

    /// Messages carry no context: for brokers that are somebody else's.
    #[must_use]
    pub fn without_propagation(self) -> Self {
        self.with(|config| config.keeps_context = true)
    }

    /// The span of a message that is worked on begins a trace of its own and links to the sender's,
    /// where it would be its child: for messages that wait for days, or have thousands of receivers.
    #[must_use]
    pub fn always_linked(self) -> Self {
        self.with(|config| config.links = true)
    }

    /// Spans tell how many bytes the body has.
    #[must_use]
    pub fn with_body_sizes(self) -> Self {
        self.with(|config| config.body_sizes = true)
    }

    /// The messages of errors are kept with their kinds. Brokers quote names in them.
    #[must_use]
    pub fn with_error_messages(self) -> Self {
        self.with(|config| config.error_messages = true)
    }

    /// Called after a recorded span of a message that is sent or worked on has started, with the
    /// destination: for more tags.
    #[must_use]
    pub fn on_start(self, hook: impl Fn(&SpanRef, &str) + Send + Sync + 'static) -> Self {
        self.with(|config| config.on_start = Some(Arc::new(hook)))
    }

    /// This channel, with spans for its messages: what
    /// [`ChannelExt::traced`](crate::ChannelExt::traced) does.
    #[must_use]
    pub fn trace(&self, channel: Channel) -> TracedChannel {
        TracedChannel::new(channel, self.config.clone())
    }

    fn with(self, change: impl FnOnce(&mut Config)) -> Self {
        Self { config: self.config.with(change) }
    }
}

impl Default for AmqpTracing {
    fn default() -> Self {
        Self::new()
    }
}

impl From<&Self> for AmqpTracing {
    fn from(tracing: &Self) -> Self {
        tracing.clone()
    }
}

impl From<&AMQPUri> for AmqpTracing {
    fn from(uri: &AMQPUri) -> Self {
        Self::of(uri)
    }
}
