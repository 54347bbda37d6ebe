//! What is traced, and what of it is recorded.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tracer_core::Tracer;
use tracer_core::observe::{Shared, StoreSettings};
use tracer_core::semconv::db::Endpoint;

pub(crate) type Filter = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// Settings of a pool or connection. A clone is one refcount; settings are made before it is used.
///
/// ```
/// use contrib_sqlx::SqlxTracing;
/// use tracer_core::semconv::db;
///
/// let tracing = SqlxTracing::new()
///     .with_system(db::MARIADB)
///     .with_filter(|sql| sql != "SELECT 1");
/// # drop(tracing);
/// ```
#[derive(Clone)]
pub struct SqlxTracing {
    config: Shared<Config>,
}

#[derive(Clone, Default)]
pub(crate) struct Config {
    pub(crate) store: StoreSettings,
    pub(crate) filter: Option<Filter>,
    /// What the database's own system name is replaced by.
    pub(crate) system: Option<&'static str>,
    /// As it was given, or as the pool's options have it.
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) hides_text: bool,
    pub(crate) comments: bool,
    /// Longer is slow.
    pub(crate) slow: Option<Duration>,
}

impl SqlxTracing {
    /// With the global tracer as it is at each call. Traces every statement; without a tracer,
    /// none.
    #[must_use]
    pub fn new() -> Self {
        Self { config: Shared::new(Config::default()) }
    }

    /// With this tracer.
    #[must_use]
    pub fn with_tracer(self, tracer: Tracer) -> Self {
        self.with(|config| config.store.tracer = Some(tracer))
    }

    /// No statement begins a trace: those without a span around them are not traced.
    #[must_use]
    pub fn only_with_parent(self) -> Self {
        self.with(|config| config.store.only_with_parent = true)
    }

    /// The database's messages are kept with its errors. They quote values.
    #[must_use]
    pub fn with_error_messages(self) -> Self {
        self.with(|config| config.store.error_messages = true)
    }

    /// Statements are not recorded, only what they do to which tables.
    #[must_use]
    pub fn without_query_text(self) -> Self {
        self.with(|config| config.hides_text = true)
    }

    /// Marks what takes longer than this by the tag `db.operation.slow`: to be looked for, also
    /// where a trace is long. It is the span's time that counts, with the wait for a connection and
    /// for whoever reads the rows; and not what is cut off before its end, whose span says
    /// `cancelled` or `incomplete`.
    #[must_use]
    pub fn with_slow_mark(self, limit: Duration) -> Self {
        self.with(|config| config.slow = Some(limit))
    }

    /// Puts the span's `traceparent` into a comment behind each statement of a sampled span
    /// ([sqlcommenter](https://google.github.io/sqlcommenter/)), where the server's log and its lists
    /// of what runs show it: as far as the tracer's format has a `traceparent`, and
    /// [lists of hosts](tracer_core::TracerBuilder::propagate_to) allow the server. Not on SQLite,
    /// which has neither.
    ///
    /// Each text is another one then: such a statement is not kept prepared, by sqlx or by the server,
    /// also where it was prepared before, and costs a round trip more. Servers cut long statements
    /// where they show them, and their ends with them. Of several statements in one text the last one
    /// has the comment. What is sent as it is: a statement with a comment of its own, or with a `--`
    /// or `#` anywhere; texts in which a statement begins with `CREATE`, `ALTER`, `PREPARE` or
    /// `DECLARE`, which a server may keep (or in which it looks so, behind a `;` in a literal); what
    /// sqlx' `prepare`, `describe`, `begin`, `commit` and `rollback` send; and statements in traces
    /// that are only [kept](tracer_core::KeepIf).
    #[must_use]
    pub fn with_comments(self) -> Self {
        self.with(|config| config.comments = true)
    }

    /// Only statements for which this returns true. It is given the text as sqlx sends it, with
    /// whatever values are in it. Of what begins and ends transactions it is not asked.
    #[must_use]
    pub fn with_filter(self, filter: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.with(|config| config.filter = Some(Arc::new(filter)))
    }

    /// With another name of the database system. sqlx does not tell MariaDB from MySQL, so that
    /// one has to be told here ([`MARIADB`](tracer_core::semconv::db::MARIADB)).
    #[must_use]
    pub fn with_system(self, system: &'static str) -> Self {
        self.with(|config| config.system = Some(system))
    }

    /// With this server and database. A pool knows them from its options; a single connection
    /// does not.
    #[must_use]
    pub fn with_endpoint(self, endpoint: Endpoint) -> Self {
        self.with(|config| config.endpoint = Some(endpoint))
    }

    /// Fills in what has not been set. `None` is a connection that does not know its server.
    pub(crate) fn complete(self, endpoint: impl FnOnce() -> Option<Endpoint>) -> Self {
        let wanted = |config: &Config| config.endpoint.is_none() || config.system.is_some();
        if !self.config.get().is_some_and(wanted) {
            return self;
        }
        self.with(|config| {
            let endpoint = config.endpoint.take().or_else(endpoint);
            config.endpoint = match (endpoint, config.system) {
                (Some(endpoint), Some(system)) => Some(endpoint.with_system(system)),
                (None, Some(system)) => Some(Endpoint::new(system)),
                (endpoint, None) => endpoint,
            };
        })
    }

    pub(crate) fn config(&self) -> Option<&Config> {
        self.config.get()
    }

    fn with(self, change: impl FnOnce(&mut Config)) -> Self {
        Self { config: self.config.with(change) }
    }
}

impl Config {
    pub(crate) fn skips(&self, sql: &str) -> bool {
        self.filter.as_ref().is_some_and(|filter| !filter(sql))
    }
}

impl Default for SqlxTracing {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for SqlxTracing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.config.fmt(f)
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlxTracing")
            .field("store", &self.store)
            .field("system", &self.system)
            .field("endpoint", &self.endpoint)
            .field("hides_text", &self.hides_text)
            .field("comments", &self.comments)
            .field("slow", &self.slow)
            .finish_non_exhaustive()
    }
}
