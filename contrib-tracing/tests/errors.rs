//! What marks a span as failed, and what does not.

mod support;

use contrib_tracing::TraceLayer;
use support::{Nested, logs, record};
use testing::{Recorded, named, tag, tags};
use tracer_core::{ENABLED, FinishedSpan, Status, current};
use tracing::field::{Empty, display};
use tracing::{debug_span, error, info, info_span, instrument};
use tracing_subscriber::layer::SubscriberExt;

fn one(work: impl FnOnce()) -> FinishedSpan {
    let mut spans = record(work);
    assert_eq!(spans.len(), 1, "{spans:#?}");
    spans.remove(0)
}

fn failed(reason: &'static str) -> Status {
    Status::Error(reason.into())
}

#[test]
fn a_status_that_is_given() {
    if !ENABLED {
        return;
    }
    for (code, message, status) in [
        (Some("ok"), None, Status::Ok),
        (Some("OK"), Some("ignored"), Status::Ok),
        (Some("error"), None, Status::ERROR),
        (Some("ERROR"), Some("no stock"), failed("no stock")),
        (None, Some("no stock"), failed("no stock")),
        (Some("unset"), None, Status::Unset),
        (Some("nonsense"), None, Status::Unset),
        (None, None, Status::Unset),
    ] {
        let at_start = one(|| {
            let _span = info_span!("span", otel.status_code = code, otel.status_message = message);
        });
        let later = one(|| {
            let span = info_span!("span", otel.status_code = Empty, otel.status_message = Empty);
            if let Some(message) = message {
                span.record("otel.status_message", message);
            }
            // One after the other: what was said first stays.
            if let Some(code) = code {
                span.record("otel.status_code", display(code));
            }
        });
        assert_eq!((&at_start.status, &later.status), (&status, &status), "{code:?} {message:?}");
        assert_eq!(tags(&at_start).len(), 4, "none is a tag: {:?}", at_start.tags);
    }
}

#[test]
fn a_field_called_error() {
    if !ENABLED {
        return;
    }
    let at_once = one(|| drop(info_span!("span", error = true)));
    let as_text = one(|| drop(info_span!("span", error = "true")));
    let later = one(|| {
        info_span!("span", error = Empty).record("error", true);
    });
    for span in [at_once, as_text, later] {
        assert_eq!((span.status.clone(), span.tag("error")), (Status::ERROR, None), "{span:?}");
    }
    let taken_back = one(|| {
        info_span!("span", error = true).record("error", false);
    });
    assert_eq!(taken_back.status, Status::Unset);
    let words = one(|| drop(info_span!("span", error = "a word is none")));
    assert_eq!((&words.status, tag(&words, "error")), (&Status::Unset, "a word is none".into()));
    let value = one(|| {
        let error = Nested::new(1);
        drop(info_span!("span", error = &error as &(dyn std::error::Error + 'static)));
    });
    assert_eq!((&value.status, value.tag("error")), (&failed("level 1"), None));
    assert_eq!(tag(&value, "error.sources"), "[\"level 0\"]");
}

#[instrument(err)]
fn pay(cents: i64) -> Result<i64, Nested> {
    if cents > 0 { Ok(cents) } else { Err(Nested::new(1)) }
}

#[instrument(err(Debug), level = "debug")]
fn pay_quietly() -> Result<(), u32> {
    Err(7)
}

#[test]
fn a_function_that_returns_an_error_has_failed() {
    if !ENABLED {
        return;
    }
    let spans = record(|| {
        let _request = info_span!("request").entered();
        let _ = (pay(1), pay(0), pay_quietly());
    });
    let tree = testing::tree_with(&spans, &["cents"]);
    let expected = "request\n  pay cents=1\n  pay !\"level 1\" cents=0\n  pay_quietly !\"7\"\n";
    assert_eq!(tree, expected);
    let failed = spans.iter().find(|span| tag(span, "cents") == "0").unwrap();
    assert_eq!(logs(failed), ["event=error message=level 1"]);
}

/// The request may have dealt with it.
#[test]
fn a_function_without_a_span_does_not_fail_the_one_above() {
    if !ENABLED {
        return;
    }
    let recorded = Recorded::new();
    let layer = TraceLayer::new().with_tracer(recorded.tracer.clone());
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
        let _request = info_span!("request").entered();
        let _ = pay_quietly();
        let kit = recorded.tracer.span("kit").start();
        let _kit = kit.enter();
        error!(error = %"in the span of the kit, which knows by itself");
    });
    let spans = recorded.spans();
    assert_eq!(testing::tree(&spans), "request\n  kit\n");
    assert_eq!(logs(named(&spans, "request")), ["event=error message=7"]);
    assert_eq!(named(&spans, "kit").events(), ["error"]);
}

#[test]
fn the_level_of_an_event_marks_nothing_unless_it_is_asked_to() {
    if !ENABLED {
        return;
    }
    let work = || {
        info_span!("logged").in_scope(|| error!("no stock"));
        info_span!("with an error").in_scope(|| error!(error = %"empty shelf", "no stock"));
        info_span!("warned").in_scope(|| tracing::warn!("little stock"));
        debug_span!("quiet").in_scope(|| error!("of the one above"));
    };
    let by_default = Recorded::new();
    let layer = TraceLayer::new().with_tracer(by_default.tracer.clone());
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
        info_span!("request").in_scope(work);
    });
    let tree = testing::tree(&by_default.spans());
    assert_eq!(tree, "request\n  logged\n  with an error\n  warned\n");

    let by_level = Recorded::new();
    let layer = TraceLayer::new().with_tracer(by_level.tracer.clone()).with_failure_by_level();
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
        info_span!("request").in_scope(work);
    });
    let tree = testing::tree(&by_level.spans());
    let expected = "request !\"of the one above\"\n  logged !\"no stock\"\n  \
                    with an error !\"empty shelf\"\n  warned\n";
    assert_eq!(tree, expected);
}

#[test]
fn errors_in_events() {
    if !ENABLED {
        return;
    }
    let span = one(|| {
        let _span = info_span!("span").entered();
        let error = Nested::new(2);
        let error = &error as &(dyn std::error::Error + 'static);
        info!(error, id = 7);
        info!(error, "with words");
        info!(cause = error, "under another name");
        tracing::warn!(error = "one of two", attempt = 2);
        info!(target: "elsewhere", error = "of another place");
        info!(error = true, "a truth value");
        current().log("the kit's own");
    });
    let expected = [
        "event=error message=level 2 error.sources=[\"level 1\", \"level 0\"] id=7",
        "event=with words error=level 2 error.sources=[\"level 1\", \"level 0\"]",
        "event=under another name cause.sources=[\"level 1\", \"level 0\"] cause=level 2",
        "event=error message=one of two attempt=2",
        "event=error message=of another place",
        "event=a truth value error=true",
        "event=the kit's own",
    ];
    assert_eq!(logs(&span), expected);
    assert_eq!(span.status, Status::Unset, "an error that is only logged marks nothing");
}

#[test]
fn no_key_comes_twice_in_a_log() {
    if !ENABLED {
        return;
    }
    let span = one(|| {
        let _span = info_span!("span").entered();
        info!(level = 3, target = "db", event = 7, "up");
    });
    let mut keys: Vec<_> = span.logs[0].1.iter().map(|field| field.key.to_string()).collect();
    assert_eq!((keys[0].as_str(), tag_of(&span, "event")), ("event", "7".to_owned()));
    assert_eq!((tag_of(&span, "level"), tag_of(&span, "target")), ("3".into(), "db".into()));
    keys.sort();
    let all = keys.len();
    keys.dedup();
    assert_eq!(keys.len(), all, "{keys:?}");
}

/// A field of the first log.
fn tag_of(span: &tracer_core::FinishedSpan, key: &str) -> String {
    let field = span.logs[0].1.iter().find(|field| field.key == key);
    field.map(|field| field.value.to_string()).unwrap_or_default()
}
