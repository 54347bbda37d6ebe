//! What is traced, and how.

use std::sync::Arc;

use redis::{Client, ConnectionInfo};
use tracer_core::observe::Shared;
use tracer_core::{SpanRef, Tracer};

use crate::config::Config;
use crate::{TracedConnection, address};

/// Which server it is and what its commands' spans say. A clone is one refcount: make one for a
/// client or a pool, and give it to each connection ([`TraceExt::traced`](crate::TraceExt::traced)).
///
/// A `&redis::Client` turns into one with the default settings, so that it can be given itself.
#[derive(Clone, Debug)]
pub struct RedisTracing {
    pub(crate) config: Shared<Config>,
}

impl RedisTracing {
    /// Of no particular server: for clusters and sentinels, where a command goes to whichever
    /// server has the key. With the global tracer as it is at each command; without a tracer,
    /// nothing is traced.
    #[must_use]
    pub fn new() -> Self {
        Self { config: Shared::new(Config::default()) }
    }

    /// Of the server that this client talks to.
    #[must_use]
    pub fn of(client: &Client) -> Self {
        Self::new().with_server(client.get_connection_info())
    }

    /// With the address and the number of the database of these settings; of user, password and
    /// certificates nothing is kept. A `SELECT` later on is not noticed.
    #[must_use]
    pub fn with_server(self, info: &ConnectionInfo) -> Self {
        self.with(|config| config.endpoint = address::endpoint(info))
    }

    /// With this tracer.
    #[must_use]
    pub fn with_tracer(self, tracer: Tracer) -> Self {
        self.with(|config| config.store.tracer = Some(tracer))
    }

    /// Only commands for which this returns true. It is asked with the operation's name as the
    /// span has it: `GET`, `CONFIG GET`, `PIPELINE SET`, `MULTI`.
    #[must_use]
    pub fn with_filter(self, filter: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.with(|config| config.filter = Some(Arc::new(filter)))
    }

    /// No command begins a trace: what has no span above it is not recorded.
    #[must_use]
    pub fn only_with_parent(self) -> Self {
        self.with(|config| config.store.only_with_parent = true)
    }

    /// Spans show the command as redis-cli has it, with its keys and with `?` for every other
    /// argument: `SET user:7 ?`. At most 1 KiB of it; URLs in keys are redacted. Arguments of
    /// commands whose keys are not known to this crate are all `?`.
    #[must_use]
    pub fn with_query_text(self) -> Self {
        self.with(|config| config.query_text = true)
    }

    /// The messages of errors are kept with their codes. Redis quotes arguments in some of them.
    #[must_use]
    pub fn with_error_messages(self) -> Self {
        self.with(|config| config.store.error_messages = true)
    }

    /// Called after a recorded span has started, with the operation's name: for more tags.
    #[must_use]
    pub fn on_start(self, hook: impl Fn(&SpanRef, &str) + Send + Sync + 'static) -> Self {
        self.with(|config| config.on_start = Some(Arc::new(hook)))
    }

    /// This connection, with a span for each of its commands: what
    /// [`TraceExt::traced`](crate::TraceExt::traced) does, for any type. It is asked for no trait,
    /// so that it takes a connection that is asynchronous and blocking at once, and one whose type
    /// is a parameter; what is no connection comes back as one that can do nothing.
    ///
    /// ```
    /// use contrib_redis::{RedisTracing, TracedConnection};
    ///
    /// fn traced<C>(connection: C, tracing: &RedisTracing) -> TracedConnection<C> {
    ///     tracing.trace(connection)
    /// }
    /// ```
    #[must_use]
    pub fn trace<C>(&self, connection: C) -> TracedConnection<C> {
        TracedConnection { inner: connection, config: self.config.clone() }
    }

    fn with(self, change: impl FnOnce(&mut Config)) -> Self {
        Self { config: self.config.with(change) }
    }
}

impl Default for RedisTracing {
    fn default() -> Self {
        Self::new()
    }
}

impl From<&Self> for RedisTracing {
    fn from(tracing: &Self) -> Self {
        tracing.clone()
    }
}

impl From<&Client> for RedisTracing {
    fn from(client: &Client) -> Self {
        Self::of(client)
    }
}
