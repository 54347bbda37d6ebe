//! Ids in lines of text. With the kit compiled out, lines are what they would be without it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod support;

use contrib_tracing::WithTraceIds;
use support::{Lines, layer};
use testing::Recorded;
use tracer_core::{AlwaysOff, ENABLED, Tracer, current};
use tracing::dispatcher::with_default;
use tracing::{Dispatch, info, info_span};
use tracing_subscriber::fmt::format::{FmtSpan, Writer};
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry, fmt};

/// A clock that stands still.
#[derive(Clone, Copy, Debug, Default)]
struct Noon;

impl FormatTime for Noon {
    fn format_time(&self, writer: &mut Writer<'_>) -> std::fmt::Result {
        writer.write_str("12:00")
    }
}

struct Broken;

impl FormatTime for Broken {
    fn format_time(&self, _: &mut Writer<'_>) -> std::fmt::Result {
        Err(std::fmt::Error)
    }
}

/// What a layer of `fmt` writes of some work, with the ids of the span as words.
fn written<L>(make: impl FnOnce(Lines) -> L, work: impl FnOnce()) -> String
where
    L: Layer<Registry> + Send + Sync + 'static,
{
    let lines = Lines::default();
    with_default(&Dispatch::new(tracing_subscriber::registry().with(make(lines.clone()))), work);
    lines.text()
}

/// Logs in and out of a span; the lines have `TRACE` and `SPAN` in place of its ids.
fn logged<L>(make: impl FnOnce(Lines) -> L) -> Vec<String>
where
    L: Layer<Registry> + Send + Sync + 'static,
{
    let tracer = Tracer::builder("test").build();
    let mut ids = None;
    let text = written(make, || {
        info!("outside");
        let span = tracer.span("span").start();
        let _span = span.enter();
        let context = current().context();
        ids = context.trace_id().zip(context.span_id());
        info_span!("fields", a = 1).in_scope(|| info!(id = 7, "inside"));
    });
    let text = match ids {
        Some((trace, span)) => {
            text.replace(&trace.to_string(), "TRACE").replace(&span.to_string(), "SPAN")
        }
        None => text,
    };
    text.lines().map(str::to_owned).collect()
}

/// As they are with the kit, and without it.
#[track_caller]
fn assert_lines(lines: &[String], expected: &[&str]) {
    let expected: Vec<_> = expected
        .iter()
        .map(|line| if ENABLED { (*line).to_owned() } else { without_ids(line) })
        .collect();
    assert_eq!(lines, expected);
}

fn without_ids(line: &str) -> String {
    let ids = [
        "\x1b[2mtrace_id=TRACE span_id=SPAN\x1b[0m ",
        " trace_id=TRACE span_id=SPAN",
        "trace_id=TRACE span_id=SPAN ",
    ];
    ids.iter().fold(line.to_owned(), |line, ids| line.replace(ids, ""))
}

#[test]
fn behind_the_time() {
    let lines = logged(|lines| {
        fmt::layer().with_writer(lines).with_ansi(false).with_timer(WithTraceIds::new(Noon))
    });
    let expected = [
        "12:00  INFO text: outside",
        "12:00 trace_id=TRACE span_id=SPAN  INFO fields{a=1}: text: inside id=7",
    ];
    assert_lines(&lines, &expected);
}

#[test]
fn with_each_setting_of_fmt() {
    let lines = logged(|lines| {
        fmt::layer()
            .with_writer(lines)
            .with_ansi(false)
            .with_timer(WithTraceIds::new(Noon))
            .compact()
            .with_target(false)
            .with_level(false)
            .with_thread_names(true)
    });
    let name = std::thread::current().name().unwrap().to_owned();
    let expected = [
        format!("12:00 {name} outside"),
        format!("12:00 trace_id=TRACE span_id=SPAN {name} fields: inside id=7 a=1"),
    ];
    assert_lines(&lines, &expected.each_ref().map(|line| &**line));

    let lines = logged(|lines| {
        fmt::layer()
            .with_writer(lines)
            .with_timer(WithTraceIds::new(Noon))
            .pretty()
            .with_ansi(false)
            .with_file(false)
            .with_line_number(false)
    });
    let expected = [
        "  12:00  INFO text: outside",
        "",
        "  12:00 trace_id=TRACE span_id=SPAN  INFO text: inside, id: 7",
    ];
    assert_lines(&lines[..3], &expected);
}

#[test]
fn in_front_of_any_format() {
    let lines = logged(|lines| {
        let layer = fmt::layer().with_writer(lines).with_ansi(false).without_time();
        layer.map_event_format(WithTraceIds::new)
    });
    let expected =
        [" INFO text: outside", "trace_id=TRACE span_id=SPAN  INFO fields{a=1}: text: inside id=7"];
    assert_lines(&lines, &expected);

    let lines = logged(|lines| {
        fmt::layer().with_writer(lines).with_ansi(false).event_format(WithTraceIds::new(Own))
    });
    assert_lines(&lines, &["own text", "trace_id=TRACE span_id=SPAN own text"]);
}

/// A format of somebody's own.
#[derive(Debug)]
struct Own;

impl<S, N> FormatEvent<S, N> for Own
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &tracing::Event<'_>,
    ) -> std::fmt::Result {
        writeln!(writer, "own {}", event.metadata().target())
    }
}

#[test]
fn in_colour() {
    let lines = logged(|lines| {
        fmt::layer().with_writer(lines).with_ansi(true).with_timer(WithTraceIds::new(Noon))
    });
    assert!(lines[0].starts_with("\x1b[2m12:00\x1b[0m \x1b[32m INFO\x1b[0m "), "{:?}", lines[0]);
    let expected = if ENABLED {
        "\x1b[2m12:00 trace_id=TRACE span_id=SPAN\x1b[0m \x1b[32m INFO\x1b[0m \x1b[1mfields\x1b[0m"
    } else {
        "\x1b[2m12:00\x1b[0m \x1b[32m INFO\x1b[0m \x1b[1mfields\x1b[0m"
    };
    assert!(lines[1].starts_with(expected), "{:?}", lines[1]);

    let lines = logged(|lines| {
        let layer = fmt::layer().with_writer(lines).with_ansi(true).without_time();
        layer.map_event_format(WithTraceIds::new)
    });
    assert!(lines[0].starts_with("\x1b[32m INFO\x1b[0m "), "{:?}", lines[0]);
    let expected = without_ids_if_off("\x1b[2mtrace_id=TRACE span_id=SPAN\x1b[0m \x1b[32m INFO");
    assert!(lines[1].starts_with(&expected), "{:?}", lines[1]);
}

fn without_ids_if_off(line: &str) -> String {
    if ENABLED { line.to_owned() } else { without_ids(line) }
}

#[test]
fn a_clock_that_fails_takes_no_ids_with_it() {
    let lines = logged(|lines| {
        fmt::layer().with_writer(lines).with_ansi(false).with_timer(WithTraceIds::new(Broken))
    });
    let expected = [
        "<unknown time>  INFO text: outside",
        "<unknown time> trace_id=TRACE span_id=SPAN  INFO fields{a=1}: text: inside id=7",
    ];
    assert_lines(&lines, &expected);
}

#[test]
fn of_traces_that_are_not_sampled_and_not_of_others() {
    if !ENABLED {
        return;
    }
    let unsampled = Tracer::builder("test").sampler(AlwaysOff).build();
    let off = Tracer::builder("test").build();
    off.set_enabled(false);
    let timed = |lines| {
        fmt::layer().with_writer(lines).with_ansi(false).with_timer(WithTraceIds::new(Noon))
    };
    let mut ids = String::new();
    let text = written(timed, || {
        let span = unsampled.span("span").start();
        let _span = span.enter();
        ids = span.context().trace_id().unwrap().to_string();
        info!("unsampled");
    });
    assert!(text.contains(&format!(" trace_id={ids} span_id=")), "{text}");
    let text = written(timed, || {
        let span = off.span("span").start();
        let _span = span.enter();
        info!("off");
    });
    assert_eq!(text, "12:00  INFO text: off\n");
}

/// The line and the log are of one span.
#[test]
fn together_with_the_layer() {
    if !ENABLED {
        return;
    }
    let (recorded, lines) = (Recorded::new(), Lines::default());
    let fmt = fmt::layer()
        .with_writer(lines.clone())
        .with_ansi(false)
        .with_span_events(FmtSpan::NEW | FmtSpan::CLOSE)
        .with_timer(WithTraceIds::new(Noon));
    let subscriber = tracing_subscriber::registry().with(layer(&recorded)).with(fmt);
    with_default(&Dispatch::new(subscriber), || {
        info_span!("outer").in_scope(|| {
            info_span!("inner").in_scope(|| info!("inside"));
        });
    });
    let spans = recorded.spans();
    let span = testing::named(&spans, "inner");
    let (trace, id) = (span.trace_id.unwrap(), span.span_id.unwrap());
    assert_eq!(span.events(), ["inside"]);
    let expected = format!("12:00 trace_id={trace} span_id={id}  INFO outer:inner: text: inside");
    let lines = lines.lines();
    assert!(lines.contains(&expected), "{lines:#?}");
    assert_eq!(lines.len(), 5, "{lines:#?}");
}

#[test]
fn what_is_in_it_can_be_taken_out() {
    let mut ids = WithTraceIds::new(7);
    assert_eq!(ids.get_ref(), &7);
    *ids.get_mut() = 8;
    assert_eq!(ids.into_inner(), 8);
}
