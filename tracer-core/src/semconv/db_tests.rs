//! Names and tags of spans of stores.

use super::*;
use crate::{ENABLED, FinishedSpan, MemoryReporter, Status};
use std::time::Duration;

#[derive(Default)]
struct Call {
    endpoint: Option<Endpoint>,
    operation: Option<&'static str>,
    summary: Option<&'static str>,
    batch: Option<usize>,
    name: Option<&'static str>,
}

impl DbCall for Call {
    fn endpoint(&self) -> &Endpoint {
        const NOWHERE: &Endpoint = &Endpoint::new(SQLITE);
        self.endpoint.as_ref().unwrap_or(NOWHERE)
    }

    fn operation(&self) -> Option<Cow<'_, str>> {
        self.operation.map(Cow::Borrowed)
    }

    fn summary(&self) -> Option<Cow<'static, str>> {
        self.summary.map(Cow::Borrowed)
    }

    fn text(&self) -> Option<Cow<'static, str>> {
        self.summary.map(|_| Cow::Borrowed("the text"))
    }

    fn batch_size(&self) -> Option<usize> {
        self.batch
    }

    fn stored_procedure(&self) -> Option<Cow<'static, str>> {
        self.batch.map(|_| Cow::Borrowed("the script"))
    }

    fn name(&self) -> Option<Cow<'static, str>> {
        self.name.map(Cow::Borrowed)
    }
}

/// The one span that comes of this.
fn recorded(work: impl FnOnce(&Tracer)) -> FinishedSpan {
    let reporter = MemoryReporter::new();
    let tracer = Tracer::builder("test").reporter(reporter.clone()).build();
    work(&tracer);
    assert!(tracer.flush(Duration::from_secs(5)).is_ok());
    reporter.take().remove(0)
}

/// But for those of the sampler.
fn tags(span: &FinishedSpan) -> Vec<String> {
    let own = span.tags.iter().filter(|tag| !tag.key.starts_with("sampler."));
    own.map(|tag| format!("{}={}", tag.key, tag.value)).collect()
}

fn redis() -> Endpoint {
    Endpoint::new(REDIS).with_namespace("2").with_address("cache.test", Some(6379))
}

fn postgres() -> Endpoint {
    Endpoint::new(POSTGRESQL).with_namespace("shop").with_address("::1", Some(5433))
}

#[test]
fn names() {
    if !ENABLED {
        return;
    }
    let operation = Some("HGET");
    for (call, expected) in [
        (Call::default(), "sqlite"),
        (Call { operation, ..Call::default() }, "HGET"),
        (Call { operation, endpoint: Some(redis()), ..Call::default() }, "HGET cache.test:6379"),
        (Call { endpoint: Some(postgres()), ..Call::default() }, "shop"),
        (
            Call { endpoint: Some(postgres()), summary: Some("SELECT t"), ..Call::default() },
            "SELECT t",
        ),
        (Call { operation, name: Some("mine"), ..Call::default() }, "mine"),
        (
            Call {
                endpoint: Some(Endpoint::new(MYSQL).with_address("::1", Some(1))),
                ..Call::default()
            },
            "[::1]:1",
        ),
        (
            Call {
                endpoint: Some(Endpoint::new(REDIS).with_address("/run/r.sock", None)),
                operation,
                ..Call::default()
            },
            "HGET /run/r.sock",
        ),
    ] {
        let span = recorded(|tracer| start(tracer, &call, &SpanContext::default()).finish());
        assert_eq!((&*span.name, span.kind), (expected, SpanKind::Client));
    }
}

#[test]
fn what_a_span_says() {
    if !ENABLED {
        return;
    }
    let call = Call {
        endpoint: Some(redis()),
        operation: Some("MULTI SET"),
        batch: Some(3),
        ..Call::default()
    };
    let span = recorded(|tracer| start(tracer, &call, &SpanContext::default()).finish());
    assert_eq!(
        tags(&span),
        [
            "db.system.name=redis",
            "db.namespace=2",
            "server.address=cache.test",
            "db.operation.name=MULTI SET",
            "db.operation.batch.size=3",
            "db.stored_procedure.name=the script",
        ]
    );
    let call = Call {
        endpoint: Some(postgres()),
        summary: Some("SELECT t"),
        batch: Some(1),
        ..Call::default()
    };
    let span = recorded(|tracer| {
        let span = start(tracer, &call, &SpanContext::default());
        on_connection(&span);
        on_rows(&span, 2);
        on_affected(&span, 1);
    });
    assert_eq!(
        tags(&span)[3..],
        [
            "server.port=5433",
            "db.query.summary=SELECT t",
            "db.query.text=the text",
            "db.stored_procedure.name=the script",
            "db.response.returned_rows=2",
            "db.response.affected_rows=1",
        ]
    );
    assert_eq!(span.events(), ["connection acquired"]);
}

#[test]
fn a_port_is_the_systems_own_or_is_told() {
    if !ENABLED {
        return;
    }
    let port = |endpoint: Endpoint| {
        let call = Call { endpoint: Some(endpoint), ..Call::default() };
        let span = recorded(|tracer| start(tracer, &call, &SpanContext::default()).finish());
        span.tag(names::SERVER_PORT).map(ToString::to_string)
    };
    let there = Endpoint::new(POSTGRESQL).with_address("db.test", Some(5432));
    assert_eq!(port(there.clone()), None);
    assert_eq!(port(there.with_system(MARIADB)).as_deref(), Some("5432"));
}

#[test]
fn errors() {
    if !ENABLED {
        return;
    }
    let span = recorded(|tracer| {
        let span = start(tracer, &Call::default(), &SpanContext::default());
        on_error(&span, Some("1062".into()), "server", Some("see mysql://u:hush@h/"));
    });
    assert_eq!(tags(&span)[1..], ["db.response.status_code=1062", "error.type=1062"]);
    assert_eq!(span.status, Status::Error("see mysql://REDACTED:REDACTED@h/".into()));
    let span = recorded(|tracer| {
        let span = start(tracer, &Call::default(), &SpanContext::default());
        on_error(&span, None, names::POOL_TIMEOUT, None);
    });
    assert_eq!(tags(&span)[1..], ["error.type=pool_timeout"]);
    assert_eq!(span.status, Status::ERROR);
}

#[test]
fn transactions() {
    if !ENABLED {
        return;
    }
    for (end, event, message) in [
        (TransactionEnd::Commit, "commit", None),
        (TransactionEnd::Rollback, "rollback", None),
        (TransactionEnd::Dropped, "rollback", Some("dropped without a commit")),
    ] {
        let span = recorded(|tracer| {
            let span = start_transaction(tracer, &postgres());
            on_transaction_end(&span, end);
        });
        assert_eq!(
            (&*span.name, span.kind, &span.status),
            ("transaction", SpanKind::Internal, &Status::Unset)
        );
        assert_eq!(tags(&span)[..2], ["db.system.name=postgresql", "db.namespace=shop"]);
        assert_eq!(span.events(), [event]);
        let said = span.logs[0].1.iter().find(|field| field.key == opentracing::MESSAGE);
        assert_eq!(said.map(|field| field.value.to_string()).as_deref(), message);
    }
}
