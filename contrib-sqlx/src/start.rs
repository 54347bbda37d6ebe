//! Starting the spans of statements and of what else goes to the server.

use std::borrow::Cow;

use sqlx_core::executor::Execute;
use tracer_core::propagation::{Reach, TRACEPARENT};
use tracer_core::semconv::db::{self, Endpoint};
use tracer_core::semconv::sql::{Description, Dialect, describe};
use tracer_core::{Span, SpanContext, Tracer};

use crate::answer::Answer;
use crate::call::Call;
use crate::config::{Config, SqlxTracing};
use crate::database::TracedDatabase;
use crate::fate::Fate;
use crate::query::Parts;
use crate::scope::Scope;
use crate::view::View;

/// Takes a query apart and starts its span; gives the query back where it is not to be traced.
pub(crate) fn query<'q, DB, E>(
    tracing: &SqlxTracing,
    scope: &Scope,
    query: E,
) -> Result<(Parts<DB>, Call<DB>), E>
where
    DB: TracedDatabase,
    E: Execute<'q, DB>,
{
    let entered = scope.enter();
    let Some((config, tracer)) = traced(tracing) else {
        return Err(query);
    };
    let mut parts = Parts::new(query);
    let sql = parts.text();
    if config.skips(sql) {
        return Ok((parts, Call::none()));
    }
    let description = describe(DB::DIALECT, sql, parts.is_parameterised());
    let span = start::<DB>(config, &tracer, description, None);
    drop(entered);
    let answer = Answer::new(sql);
    if config.comments
        && let Some(traceparent) = traceparent::<DB>(config, &tracer, &span)
    {
        parts.comment(&traceparent);
    }
    Ok((parts, Call::new(config, span, answer, scope.fate())))
}

/// What a server may know of a span.
fn traceparent<DB: TracedDatabase>(
    config: &Config,
    tracer: &Tracer,
    span: &Span,
) -> Option<String> {
    let context = span.context();
    // SQLite has no log to be read, and names columns after their text. What is not sampled is, as a
    // rule, not to be found by its id.
    if DB::DIALECT == Dialect::Sqlite || !context.is_sampled() {
        return None;
    }
    let mut fields = Vec::<(String, String)>::new();
    let server = endpoint::<DB>(config).authority().unwrap_or_default();
    let reach = Reach { baggage: false, ..tracer.reach(server) };
    tracer.inject_within(reach, &context, &mut fields);
    // Somebody's own format can say what it likes there.
    let is_plain = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
    let value = fields.into_iter().find(|(name, _)| name == TRACEPARENT.name());
    value.map(|(_, value)| value).filter(|value| value.bytes().all(is_plain))
}

/// Starts the span of what is done with a statement instead of executing it.
pub(crate) fn about<DB: TracedDatabase>(
    tracing: &SqlxTracing,
    scope: &Scope,
    verb: &'static str,
    sql: &str,
) -> Option<Call<DB>> {
    let _entered = scope.enter();
    let (config, tracer) = traced(tracing)?;
    if config.skips(sql) {
        return None;
    }
    let mut description = describe(DB::DIALECT, sql, true);
    description.summary = Some(match description.summary {
        Some(summary) => Cow::Owned(format!("{verb} {summary}")),
        None => Cow::Borrowed(verb),
    });
    let span = start::<DB>(config, &tracer, description, None);
    Some(Call::new(config, span, Answer::nothing(), scope.fate()))
}

/// Starts the span of a statement that sqlx makes itself, or of one with which somebody begins a
/// transaction.
pub(crate) fn command<DB: TracedDatabase>(
    tracing: &SqlxTracing,
    scope: &Scope,
    summary: &'static str,
    sql: Option<&str>,
) -> Call<DB> {
    let _entered = scope.enter_always();
    let Some((config, tracer)) = traced(tracing) else {
        return Call::none();
    };
    let mut description = match sql {
        Some(sql) => describe(DB::DIALECT, sql, false),
        None => Description { summary: None, text: None },
    };
    description.summary.get_or_insert(Cow::Borrowed(summary));
    let span = start::<DB>(config, &tracer, description, None);
    Call::new(config, span, Answer::nothing(), scope.fate())
}

/// Starts a span below the current one for something without a statement.
pub(crate) fn named<DB: TracedDatabase>(tracing: &SqlxTracing, name: &'static str) -> Call<DB> {
    let Some((config, tracer)) = traced(tracing) else {
        return Call::none();
    };
    let nothing = Description { summary: None, text: None };
    let span = start::<DB>(config, &tracer, nothing, Some(name));
    Call::new(config, span, Answer::nothing(), &Fate::default())
}

/// Starts the span of a transaction.
pub(crate) fn transaction<DB: TracedDatabase>(tracing: &SqlxTracing) -> Span {
    traced(tracing).map_or_else(Span::noop, |(config, tracer)| {
        db::start_transaction(&tracer, endpoint::<DB>(config))
    })
}

fn traced(tracing: &SqlxTracing) -> Option<(&Config, Cow<'_, Tracer>)> {
    let config = tracing.config()?;
    Some((config, config.store.tracer()?))
}

fn start<DB: TracedDatabase>(
    config: &Config,
    tracer: &Tracer,
    description: Description,
    name: Option<&'static str>,
) -> Span {
    let text = description.text.filter(|_| !config.hides_text);
    let view = View { endpoint: endpoint::<DB>(config), summary: description.summary, text, name };
    db::start(tracer, &view, &SpanContext::default())
}

fn endpoint<DB: TracedDatabase>(config: &Config) -> &Endpoint {
    config.endpoint.as_ref().unwrap_or(DB::ENDPOINT)
}
