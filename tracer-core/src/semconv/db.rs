//! A command to a database or a cache (conventions: database client spans; those of Redis are in
//! development).

use std::borrow::Cow;

use super::{authority, failure, furnish, interned, names, opentracing};
use crate::span::{Span, SpanKind, SpanRef};
use crate::{SpanContext, Tag, Tracer};

/// [`names::DB_SYSTEM_NAME`] of Redis.
pub const REDIS: &str = "redis";
/// [`names::DB_SYSTEM_NAME`] of PostgreSQL.
pub const POSTGRESQL: &str = "postgresql";
/// [`names::DB_SYSTEM_NAME`] of MySQL.
pub const MYSQL: &str = "mysql";
/// [`names::DB_SYSTEM_NAME`] of MariaDB.
pub const MARIADB: &str = "mariadb";
/// [`names::DB_SYSTEM_NAME`] of SQLite.
pub const SQLITE: &str = "sqlite";

/// Which store a client talks to: made once for a client, and told on each of its spans.
///
/// ```
/// use tracer_core::semconv::db::{self, Endpoint};
///
/// let shop = Endpoint::new(db::POSTGRESQL)
///     .with_namespace("shop")
///     .with_address("db.internal", Some(5432));
/// # drop(shop);
/// ```
#[derive(Clone, Debug)]
pub struct Endpoint {
    system: &'static str,
    namespace: Option<Cow<'static, str>>,
    address: Option<Cow<'static, str>>,
    port: Option<u16>,
    /// What names a span that has no better name: `address:port`.
    label: Option<Cow<'static, str>>,
}

impl Endpoint {
    /// Of this system, one of the constants here or whatever the conventions call it.
    #[must_use]
    pub const fn new(system: &'static str) -> Self {
        Self { system, namespace: None, address: None, port: None, label: None }
    }

    /// The system.
    #[must_use]
    pub const fn system(&self) -> &'static str {
        self.system
    }

    /// With another system: a server may tell only later what it is.
    #[must_use]
    pub const fn with_system(mut self, system: &'static str) -> Self {
        self.system = system;
        self
    }

    /// With the name of the database; of Redis, its number.
    #[must_use]
    pub fn with_namespace(mut self, namespace: &str) -> Self {
        self.namespace = Some(interned::text(namespace));
        self
    }

    /// With the host as it was configured, or the path of a socket or file; `port` is `None` for
    /// those. A port that is the system's own is not recorded.
    #[must_use]
    pub fn with_address(mut self, host: &str, port: Option<u16>) -> Self {
        self.address = Some(interned::text(host));
        self.port = port;
        self.label = Some(match port {
            Some(port) => interned::text(&authority::joined(host, port)),
            None => interned::text(host),
        });
        self
    }

    /// The server with its port, if it is known: what [lists of hosts](crate::propagation::Hosts)
    /// are asked for.
    #[must_use]
    pub fn authority(&self) -> Option<&str> {
        self.label.as_deref()
    }

    /// What stands in a span's name beside the operation.
    fn target(&self) -> Option<&Cow<'static, str>> {
        // The number of a Redis database says nothing.
        let namespace = self.namespace.as_ref().filter(|_| self.system != REDIS);
        namespace.or(self.label.as_ref())
    }
}

const fn default_port(system: &str) -> Option<u16> {
    match system.as_bytes() {
        b"redis" => Some(6379),
        b"postgresql" => Some(5432),
        b"mysql" | b"mariadb" => Some(3306),
        _ => None,
    }
}

/// A command, as an integration sees it: getters only, and nothing secret in what they give.
pub trait DbCall {
    /// Where it goes.
    fn endpoint(&self) -> &Endpoint;

    /// The command's name as it was given, for stores whose commands have names: `HGET`. Of SQL
    /// there is a summary instead.
    fn operation(&self) -> Option<Cow<'_, str>> {
        None
    }

    /// What the statement does to which tables: `SELECT orders`.
    fn summary(&self) -> Option<Cow<'static, str>> {
        None
    }

    /// The statement or command without values.
    fn text(&self) -> Option<Cow<'static, str>> {
        None
    }

    /// How many commands go at once; `None` where it is one by nature.
    fn batch_size(&self) -> Option<usize> {
        None
    }

    /// The script or function that is called.
    fn stored_procedure(&self) -> Option<Cow<'static, str>> {
        None
    }

    /// A span name that replaces the one made of the above.
    fn name(&self) -> Option<Cow<'static, str>> {
        None
    }
}

/// Starts the span of a command, below `parent` or, where that is empty, below the current span.
///
/// Named after the summary, else `{operation} {target}`, else the target, else the system, as the
/// conventions have it; the target is the database's name or, without one, the server's address.
pub fn start(tracer: &Tracer, call: &impl DbCall, parent: &SpanContext) -> Span {
    let endpoint = call.endpoint();
    let operation = call.operation();
    let summary = call.summary();
    let (name, operation) = match (&summary, operation, endpoint.target()) {
        (Some(summary), operation, _) => (summary.clone(), operation.map(into_owned)),
        (None, Some(operation), Some(target)) => {
            let (name, operation, _) = interned::name(&operation, target);
            (name, Some(operation))
        }
        (None, Some(operation), None) => {
            let operation = into_owned(operation);
            (operation.clone(), Some(operation))
        }
        (None, None, Some(target)) => (target.clone(), None),
        (None, None, None) => (Cow::Borrowed(endpoint.system), None),
    };
    let name = call.name().unwrap_or(name);
    let builder = tracer.span(name).kind(SpanKind::Client).child_of(parent);
    furnish::start(tracer, builder, |tags| {
        tag_endpoint(tags, endpoint);
        if let Some(operation) = operation {
            tags.push(Tag::new(names::DB_OPERATION_NAME, operation));
        }
        if let Some(summary) = summary {
            tags.push(Tag::new(names::DB_QUERY_SUMMARY, summary));
        }
        if let Some(text) = call.text() {
            tags.push(Tag::new(names::DB_QUERY_TEXT, text));
        }
        // One command is no batch, an empty batch is.
        if let Some(size) = call.batch_size().filter(|size| *size != 1) {
            tags.push(Tag::new(names::DB_OPERATION_BATCH_SIZE, size));
        }
        if let Some(procedure) = call.stored_procedure() {
            tags.push(Tag::new(names::DB_STORED_PROCEDURE_NAME, procedure));
        }
    })
}

/// Records that the command failed. `code` is the store's own, where it answered; `kind` says what
/// went wrong where it did not. Of the message, URLs are redacted and nothing else: it is the
/// integration's to hold back, for stores quote values in their messages.
pub fn on_error(
    span: &SpanRef,
    code: Option<Cow<'static, str>>,
    kind: impl Into<Cow<'static, str>>,
    message: Option<&str>,
) {
    let kind = match code {
        Some(code) => {
            span.set_tag(names::DB_RESPONSE_STATUS_CODE, code.clone());
            code
        }
        None => kind.into(),
    };
    failure::record(span, kind, message);
}

/// Records how many rows came back.
pub fn on_rows(span: &SpanRef, rows: u64) {
    span.set_tag(names::DB_RESPONSE_RETURNED_ROWS, rows);
}

/// Records how many rows were changed.
pub fn on_affected(span: &SpanRef, rows: u64) {
    span.set_tag(names::DB_RESPONSE_AFFECTED_ROWS, rows);
}

/// Records the moment when the command was given its connection: what came before was waiting.
pub fn on_connection(span: &SpanRef) {
    span.log_fields([Tag::new(opentracing::EVENT, "connection acquired")]);
}

/// Starts the span of a transaction, which holds the spans of its commands, below the current span.
pub fn start_transaction(tracer: &Tracer, endpoint: &Endpoint) -> Span {
    let builder = tracer.span("transaction");
    furnish::start(tracer, builder, |tags| tag_endpoint(tags, endpoint))
}

/// How a transaction ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionEnd {
    /// What it did holds.
    Commit,
    /// It was taken back, as the program wished.
    Rollback,
    /// It was dropped, and is taken back because of that.
    Dropped,
}

/// Records how a transaction ended. None of the ends is a failure by itself.
pub fn on_transaction_end(span: &SpanRef, end: TransactionEnd) {
    let (event, message) = match end {
        TransactionEnd::Commit => ("commit", None),
        TransactionEnd::Rollback => ("rollback", None),
        TransactionEnd::Dropped => ("rollback", Some("dropped without a commit")),
    };
    let message = message.map(|message| Tag::new(opentracing::MESSAGE, message));
    span.log_fields(std::iter::once(Tag::new(opentracing::EVENT, event)).chain(message));
}

fn tag_endpoint(tags: &mut Vec<Tag>, endpoint: &Endpoint) {
    tags.push(Tag::new(names::DB_SYSTEM_NAME, endpoint.system));
    if let Some(namespace) = &endpoint.namespace {
        tags.push(Tag::new(names::DB_NAMESPACE, namespace.clone()));
    }
    if let Some(address) = &endpoint.address {
        tags.push(Tag::new(names::SERVER_ADDRESS, address.clone()));
    }
    if let Some(port) = endpoint.port.filter(|port| default_port(endpoint.system) != Some(*port)) {
        tags.push(Tag::new(names::SERVER_PORT, port));
    }
}

fn into_owned(text: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(text.into_owned())
}

#[cfg(test)]
#[path = "db_tests.rs"]
mod tests;
