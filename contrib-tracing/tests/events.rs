//! What an event becomes.

mod support;

use support::{dispatch, logs, record, tree};
use testing::{Recorded, named};
use tracer_core::{ENABLED, Tag, Value, current};
use tracing::dispatcher::with_default;
use tracing::{Level, debug, event, info, info_span, warn};

#[test]
fn an_event_is_a_log_of_the_current_span() {
    if !ENABLED {
        return;
    }
    let spans = record(|| {
        info!("of no span");
        let _outer = info_span!("outer").entered();
        info!(id = 7, ok = true, rate = 0.5, "order {} placed", 7);
        debug!(name = ?Some("ada"), shown = %"as it is", r#type = "book");
        info_span!("inner").in_scope(|| warn!("below"));
        event!(Level::INFO, id = 8);
        event!(name: "stock.low", Level::INFO, { left = 1 }, "words");
        event!(name: "stock.out", Level::INFO, left = 0);
        info!(event = "login", user = 7);
        info!(event = %"login", error = "late", "words for people");
    });
    let outer = named(&spans, "outer");
    let logs_of_outer = logs(outer);
    assert_eq!(logs_of_outer[0], "event=order 7 placed id=7 ok=true rate=0.5");
    // Without a message it is called by its place, as `tracing` does.
    let (event, rest) = logs_of_outer[1].split_once(" name=").unwrap();
    assert!(event.starts_with("event=event ") && event.contains("events.rs:"), "{event}");
    assert_eq!(rest, "Some(\"ada\") shown=as it is type=book");
    assert!(logs_of_outer[2].ends_with(" id=8"), "{logs_of_outer:?}");
    assert_eq!(logs_of_outer[3], "event=words left=1");
    assert_eq!(logs_of_outer[4], "event=stock.out left=0");
    assert_eq!(logs_of_outer[5], "event=login user=7");
    assert_eq!(logs_of_outer[6], "event=login message=words for people error=late");
    assert_eq!(logs(named(&spans, "inner")), ["event=below"]);

    let fields = &outer.logs[0].1;
    let start: Vec<_> = fields.iter().map(|field| &*field.key).take(5).collect();
    assert_eq!(start, ["event", "level", "target", "code.file.path", "code.line.number"]);
    assert_eq!(fields[1..3], [Tag::new("level", "INFO"), Tag::new("target", "events")]);
    assert!(matches!(&fields[4].value, Value::I64(line) if *line > 10));
}

#[test]
fn events_of_named_parents() {
    if !ENABLED {
        return;
    }
    let spans = record(|| {
        let a = info_span!("a");
        let _b = info_span!("b").entered();
        info!(parent: &a, "of a");
        info!(parent: None, "of none");
        info!("of b");
    });
    assert_eq!(logs(named(&spans, "a")), ["event=of a"]);
    assert_eq!(logs(named(&spans, "b")), ["event=of b"]);
}

#[test]
fn events_in_spans_of_the_kit() {
    if !ENABLED {
        return;
    }
    let recorded = Recorded::new();
    with_default(&dispatch(&recorded), || {
        let _scope = recorded.tracer.scope("scope");
        info!("in a scope");
        info_span!("span").in_scope(|| {
            let kit = recorded.tracer.span("kit").start();
            let _kit = kit.enter();
            info!("in the innermost");
            current().log("beside it");
        });
    });
    let spans = recorded.spans();
    assert_eq!(testing::tree(&spans), "scope\n  span\n    kit\n");
    assert_eq!(named(&spans, "scope").events(), ["in a scope"]);
    assert_eq!(named(&spans, "kit").events(), ["in the innermost", "beside it"]);
}

#[test]
fn events_begin_no_trace() {
    if !ENABLED {
        return;
    }
    assert_eq!(tree(|| info!("alone")), "");
}

/// They come as events that all have one place, and say in fields where they are from.
#[test]
fn records_of_the_log_crate_are_events_too() {
    if !ENABLED {
        return;
    }
    let spans = record(|| {
        let _span = info_span!("span").entered();
        let record = log::Record::builder()
            .args(format_args!("connected"))
            .level(log::Level::Warn)
            .target("pool::slow")
            .file(Some("pool.rs"))
            .line(Some(12))
            .module_path(Some("pool"))
            .build();
        tracing_log::format_trace(&record).unwrap();
        let bare = log::Record::builder().args(format_args!("bare")).target("t").build();
        tracing_log::format_trace(&bare).unwrap();
    });
    let expected = [
        Tag::new("event", "connected"),
        Tag::new("level", "WARN"),
        Tag::new("target", "pool::slow"),
        Tag::new("code.file.path", "pool.rs"),
        Tag::new("code.line.number", 12),
    ];
    assert_eq!(spans[0].logs[0].1, expected);
    assert_eq!(spans[0].logs[1].1[2], Tag::new("target", "t"));
}
