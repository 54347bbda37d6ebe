//! Lines of JSON with ids, next to those that `fmt` writes by itself.
#![cfg(feature = "json")]

mod support;

use std::ffi::OsStr;
use std::fmt;

use contrib_tracing::{JsonLines, JsonSpanFields};
use serde_json::{Value, json};
use support::Lines;
use testing::Recorded;
use tracer_core::{AlwaysOff, ENABLED, Tracer};
use tracing::dispatcher::with_default;
use tracing::field::Empty;
use tracing::{Dispatch, error, info, info_span, warn};
use tracing_subscriber::fmt as formatting;
use tracing_subscriber::fmt::format::{FmtSpan, Writer};
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{Layer, Registry};

#[derive(Clone, Copy, Debug)]
struct Noon;

impl FormatTime for Noon {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        writer.write_str("12:00")
    }
}

/// Each line has to be an object, and its keys have to be different.
#[track_caller]
fn parse(text: &str) -> Vec<Value> {
    assert!(text.is_empty() || text.ends_with('\n'), "{text:?}");
    text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

fn written<L>(make: impl FnOnce(Lines) -> L, work: impl FnOnce()) -> Vec<Value>
where
    L: Layer<Registry> + Send + Sync + 'static,
{
    let lines = Lines::default();
    with_default(&Dispatch::new(tracing_subscriber::registry().with(make(lines.clone()))), work);
    parse(&lines.text())
}

fn ours<T>(format: JsonLines<T>, work: impl FnOnce()) -> Vec<Value>
where
    T: FormatTime + Send + Sync + 'static,
{
    written(|lines| format.layer().with_writer(lines), work)
}

/// The one line of an event with these fields.
macro_rules! line {
    ($($fields:tt)*) => {
        ours(JsonLines::new().without_time(), || info!($($fields)*)).remove(0)["fields"].clone()
    };
}

/// Something of everything.
fn work() {
    info!("outside");
    info_span!("outer", a = 1, b = "text", late = Empty).in_scope(|| {
        tracing::Span::current().record("late", true);
        info_span!("inner", rate = 0.5, r#type = ?Some(1)).in_scope(|| {
            warn!(id = 7, ok = true, "order {} placed", 7);
            error!(large = u64::MAX, small = i64::MIN, huge = u128::MAX, nan = f64::NAN);
            info!(
                error = &fmt::Error as &(dyn std::error::Error + 'static),
                bytes = [1u8].as_slice()
            );
        });
    });
}

/// With each setting the same members as of `fmt`, whose lines are compared as they are.
#[test]
fn what_fmt_writes_is_there() {
    macro_rules! same {
        ($($setting:ident($($value:expr)?)),*) => {{
            let theirs = written(
                |lines| {
                    formatting::layer().with_writer(lines).json().with_timer(Noon)
                        $(.$setting($($value)?))*
                },
                work,
            );
            let ours = ours(JsonLines::new().with_timer(Noon)$(.$setting($($value)?))*, work);
            assert_eq!(ours.len(), 4);
            for (ours, theirs) in ours.iter().zip(&theirs) {
                assert_eq!(ours, theirs, stringify!($($setting($($value)?)),*));
            }
        }};
    }
    same!();
    same!(flatten_event(true));
    same!(with_current_span(false));
    same!(with_span_list(false));
    same!(with_current_span(false), with_span_list(false));
    same!(with_target(false));
    same!(with_level(false));
    same!(with_thread_names(true));
    same!(with_thread_ids(true));
    same!(with_thread_names(true), with_thread_ids(true));
    same!(without_time(), with_target(false), with_level(false), flatten_event(true));
    // Where it was written: by one function, on one line.
    same!(with_file(true), with_line_number(true));
    std::thread::spawn(|| same!(with_thread_names(true))).join().unwrap();
    std::thread::spawn(|| same!(with_thread_names(true), with_thread_ids(true))).join().unwrap();
}

#[test]
fn the_ids_are_at_the_top() {
    let tracer = Tracer::builder("test").build();
    for flat in [false, true] {
        let mut context = None;
        let lines = ours(JsonLines::new().with_timer(Noon).flatten_event(flat), || {
            info!("outside");
            let span = tracer.span("span").start();
            let _span = span.enter();
            context = Some(span.context());
            info!("inside");
        });
        let ids = ["trace_id", "span_id", "trace_flags"];
        assert!(ids.iter().all(|id| lines[0].get(id).is_none()));
        let context = context.unwrap();
        let seen = ids.map(|id| lines[1].get(id).cloned());
        let expected = ENABLED.then(|| {
            [
                context.trace_id().unwrap().to_string(),
                context.span_id().unwrap().to_string(),
                "03".to_owned(),
            ]
        });
        assert_eq!(seen, expected.map_or([None, None, None], |ids| ids.map(|id| Some(id.into()))));
        let message = if flat { &lines[1]["message"] } else { &lines[1]["fields"]["message"] };
        assert_eq!(message, "inside");
    }
    if ENABLED {
        let unsampled = Tracer::builder("test").sampler(AlwaysOff).build();
        let lines = ours(JsonLines::new(), || {
            let span = unsampled.span("span").start();
            span.bind(|| info!("inside"))();
        });
        assert_eq!(lines[0]["trace_flags"], "02");
    }
}

#[test]
fn a_line_as_a_whole() {
    let lines = Lines::default();
    let format = JsonLines::new().with_timer(Noon).layer().with_writer(lines.clone());
    with_default(&Dispatch::new(tracing_subscriber::registry().with(format)), || {
        info_span!("order", customer = 42).in_scope(|| info!(id = 7, "placed"));
    });
    let expected = r#"{"timestamp":"12:00","level":"INFO","fields":{"message":"placed","id":7},"#
        .to_owned()
        + r#""target":"json","span":{"customer":42,"name":"order"},"#
        + r#""spans":[{"customer":42,"name":"order"}]}"#
        + "\n";
    assert_eq!(lines.text(), expected);
}

/// One that writes without a care.
struct Text<'a>(&'a str);

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

struct Failing;

impl fmt::Debug for Failing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("half")?;
        Err(fmt::Error)
    }
}

#[test]
fn hostile_values_stay_in_one_line() {
    let nasty = [
        "line\nbreak\r\nand more\u{2028}\u{2029}\u{85}",
        "quote \" backslash \\ slash / \\\" \\n",
        "\0\u{1}\u{7f}\u{1b}[31m\u{8}\u{c}\t",
        r#"","trace_id":"forged"#,
        "}}]}\n{\"level\":\"forged\"}",
        "ünï \u{1f600} \u{fffd}",
        "",
    ];
    for text in nasty {
        for flat in [false, true] {
            let format = JsonLines::new().flatten_event(flat);
            let lines = ours(format, || {
                let span = info_span!("span", str = text, debug = ?Text(text), late = Empty);
                span.record("late", text);
                span.record("str", text);
                span.in_scope(|| info!(str = text, debug = ?Text(text), "{text}"));
            });
            assert_eq!(lines.len(), 1, "{text:?}");
            let fields = if flat { &lines[0] } else { &lines[0]["fields"] };
            for key in ["str", "debug", "message"] {
                assert_eq!(fields[key], text);
            }
            for span in [&lines[0]["span"], &lines[0]["spans"][0]] {
                assert_eq!(
                    *span,
                    json!({"str": text, "debug": text, "late": text, "name": "span"})
                );
            }
        }
    }
}

#[test]
fn hostile_sizes_and_manners() {
    let long = "\"\n".repeat(512 << 10);
    let fields = line!(long, half = ?Failing, after = 1, "{long}");
    assert_eq!(fields["long"].as_str().map(str::len), Some(1 << 20));
    assert_eq!(fields["message"].as_str().map(str::len), Some(1 << 20));
    assert_eq!((&fields["half"], &fields["after"]), (&json!("half"), &json!(1)));
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        // What is no UTF-8 comes as its `Debug` shows it.
        let fields =
            line!(name = ?OsStr::from_bytes(b"a\xff\n\"b"), bytes = b"\xff\n\"".as_slice());
        assert_eq!(fields["name"], "\"a\\xFF\\n\\\"b\"");
        assert_eq!(fields["bytes"], "[ff 0a 22]");
    }
    let spans = ours(JsonLines::new(), || {
        let span = info_span!("span", half = ?Failing, n = Empty);
        for n in 0..1_000 {
            span.record("n", n);
        }
        span.in_scope(|| info!("event"));
    });
    assert_eq!(spans[0]["span"], json!({"half": "half", "n": 999, "name": "span"}));
}

/// serde_json takes the last of two; a line has to have one of each.
#[test]
fn no_key_comes_twice() {
    let lines = Lines::default();
    let tracer = Tracer::builder("test").build();
    let format = JsonLines::new().with_timer(Noon).flatten_event(true).with_file(true);
    let dispatch = Dispatch::new(
        tracing_subscriber::registry().with(format.layer().with_writer(lines.clone())),
    );
    with_default(&dispatch, || {
        let _scope = tracer.scope("scope");
        let span = info_span!("span", name = "ada", a = 1, a = 2, b = Empty).entered();
        span.record("b", 1).record("a", 3).record("b", 2).record("name", "eve");
        info!(level = 9, target = "t", trace_id = "mine", span = 1, fields = 2, a = 1, a = 2, "m");
    });
    let text = lines.text();
    for key in
        ["\"level\":", "\"target\":", "\"trace_id\":", "\"span\":", "\"spans\":", "\"timestamp\":"]
    {
        let times = usize::from(ENABLED || key != "\"trace_id\":");
        assert_eq!(text.matches(key).count(), times, "{key} in {text}");
    }
    let line = parse(&text).remove(0);
    let seen = ["fields.level", "fields.target", "fields.trace_id", "fields.span", "fields.fields"]
        .map(|key| line[key].clone());
    assert_eq!(seen, [json!(9), json!("t"), json!("mine"), json!(1), json!(2)]);
    assert_eq!(
        (&line["a"], &line["message"], &line["level"]),
        (&json!(2), &json!("m"), &json!("INFO"))
    );
    let span = r#"{"a":3,"b":2,"fields.name":"eve","name":"span"}"#;
    assert_eq!(text.matches(span).count(), 2, "{text}");
}

#[test]
fn spans_are_those_of_the_event() {
    let format = || JsonLines::new().without_time();
    let lines = ours(format(), || {
        let a = info_span!("a");
        let _b = info_span!("b").entered();
        let c = info_span!(parent: &a, "c");
        info!(parent: &c, "of c");
        info!(parent: None, "of none");
        info!("of b");
    });
    assert_eq!(lines[0]["span"], json!({"name": "c"}));
    assert_eq!(lines[0]["spans"], json!([{"name": "a"}, {"name": "c"}]));
    assert!(lines[1].get("span").is_none() && lines[1].get("spans").is_none());
    assert_eq!(lines[2]["spans"], json!([{"name": "b"}]));

    let events = written(
        |lines| {
            formatting::layer()
                .with_span_events(FmtSpan::NEW | FmtSpan::CLOSE)
                .with_writer(lines)
                .fmt_fields(JsonSpanFields::new())
                .event_format(format())
        },
        || drop(info_span!("span", a = 1)),
    );
    assert_eq!(events.len(), 2);
    assert_eq!(events[0]["fields"], json!({"message": "new"}));
    assert_eq!(events[1]["fields"]["message"], "close");
    assert!(events[1]["fields"]["time.busy"].is_string());
    assert!(events.iter().all(|event| event["span"] == json!({"a": 1, "name": "span"})));
}

#[test]
fn records_of_the_log_crate() {
    let lines =
        ours(JsonLines::new().with_file(true).with_line_number(true).without_time(), || {
            let record = log::Record::builder()
                .args(format_args!("connected"))
                .level(log::Level::Warn)
                .target("pool::slow")
                .file(Some("pool.rs"))
                .line(Some(12))
                .module_path(Some("pool"))
                .build();
            tracing_log::format_trace(&record).unwrap();
        });
    let expected = json!({
        "level": "WARN", "fields": {"message": "connected"}, "target": "pool::slow",
        "filename": "pool.rs", "line_number": 12,
    });
    assert_eq!(lines, [expected]);
}

#[test]
fn a_clock_that_fails_takes_no_line_with_it() {
    struct Broken;
    impl FormatTime for Broken {
        fn format_time(&self, _: &mut Writer<'_>) -> fmt::Result {
            Err(fmt::Error)
        }
    }
    let lines = ours(JsonLines::new().with_timer(Broken), || info!("event"));
    assert_eq!(lines[0]["timestamp"], "<unknown time>");
    // And by itself it is a time.
    let lines = ours(JsonLines::new(), || info!("event"));
    assert!(
        lines[0]["timestamp"]
            .as_str()
            .is_some_and(|time| time.starts_with("20") && time.ends_with('Z'))
    );
}

#[test]
fn a_value_that_panics_leaves_nothing_behind() {
    struct Bad;
    impl fmt::Debug for Bad {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("half of")?;
            panic!("on purpose")
        }
    }
    let lines = ours(JsonLines::new(), || {
        let bad = std::panic::catch_unwind(|| info!(before = 1, value = debug(Bad), "bad"));
        assert!(bad.is_err());
        info!("good");
    });
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["fields"], json!({"message": "good"}));
}

#[test]
fn by_the_builder_and_together_with_the_layer() {
    let lines = Lines::default();
    let recorded = Recorded::new();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(lines.clone())
        .fmt_fields(JsonSpanFields::new())
        .event_format(JsonLines::new().with_span_list(false))
        .finish();
    let tracer = recorded.tracer.clone();
    let subscriber = subscriber.with(contrib_tracing::TraceLayer::new().with_tracer(tracer));
    with_default(&Dispatch::new(subscriber), || {
        info_span!("span", id = 7).in_scope(|| info!("event"));
    });
    let line = parse(&lines.text()).remove(0);
    assert_eq!(line["span"], json!({"id": 7, "name": "span"}));
    if ENABLED {
        let span = recorded.one();
        assert_eq!(line["trace_id"], span.trace_id.unwrap().to_string());
        assert_eq!(line["span_id"], span.span_id.unwrap().to_string());
    }
}
