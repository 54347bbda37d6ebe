//! A filter takes spans and logs out, and leaves every trace whole.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod support;

use contrib_tracing::TraceLayer;
use support::{Lines, logs};
use testing::{Recorded, named};
use tokio::runtime::Builder;
use tokio::task::yield_now;
use tracer_core::{ENABLED, FinishedSpan, current};
use tracing::dispatcher::with_default;
use tracing::instrument::WithSubscriber;
use tracing::level_filters::LevelFilter;
use tracing::{Dispatch, Instrument, Subscriber, debug, debug_span, info, info_span, trace_span};
use tracing_subscriber::filter::{EnvFilter, Targets, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry, fmt, registry, reload};

fn layer(recorded: &Recorded) -> TraceLayer {
    TraceLayer::new().with_tracer(recorded.tracer.clone())
}

/// A span of a store's or client's integration.
fn call() {
    tracer_core::span("call").start().finish();
}

/// Spans of three levels in one another, with the kit's own below each.
fn nested() {
    info_span!("info").in_scope(|| {
        info!("in info");
        debug_span!("debug").in_scope(|| {
            info!("in debug");
            debug!("quiet");
            call();
            trace_span!("trace").in_scope(|| {
                call();
                info_span!("deep").in_scope(call);
            });
        });
    });
}

/// A layer without a filter, which sees to it that there are spans of all levels: what every layer
/// has filtered out may not exist, and a parent that does not exist is none.
fn everything<S: Subscriber + for<'a> LookupSpan<'a>>() -> impl Layer<S> {
    fmt::layer().with_writer(std::io::sink)
}

/// What a layer with this tracer records of some work.
fn record<L>(make: impl FnOnce(&Recorded) -> L, work: impl FnOnce()) -> Vec<FinishedSpan>
where
    L: Layer<Registry> + Send + Sync + 'static,
{
    let recorded = Recorded::new();
    with_default(&Dispatch::new(registry().with(make(&recorded)).with(everything())), work);
    recorded.spans()
}

const WHOLE: &str = "info\n  call\n  call\n  deep\n    call\n";

#[test]
fn what_is_filtered_out_is_skipped() {
    if !ENABLED {
        return;
    }
    let by_default = record(layer, nested);
    let by_level = record(|recorded| layer(recorded).with_filter(LevelFilter::INFO), nested);
    let by_function = record(
        |recorded| {
            layer(recorded).with_filter(filter_fn(|meta| *meta.level() <= tracing::Level::INFO))
        },
        nested,
    );
    let by_target = record(
        |recorded| layer(recorded).with_filter(Targets::new().with_default(LevelFilter::INFO)),
        nested,
    );
    let by_environment =
        record(|recorded| layer(recorded).with_filter(EnvFilter::new("info")), nested);
    let boxed =
        record(|recorded| Layer::boxed(layer(recorded).with_filter(LevelFilter::INFO)), nested);
    let per_layer =
        record(|recorded| Layer::with_filter(layer(recorded), LevelFilter::INFO), nested);
    for spans in [by_default, by_level, by_function, by_target, by_environment, boxed, per_layer] {
        assert_eq!(testing::tree(&spans), WHOLE);
        assert_eq!(logs(named(&spans, "info")), ["event=in info", "event=in debug"]);
    }
    let all = record(|recorded| layer(recorded).with_filter(LevelFilter::TRACE), nested);
    let expected = "info\n  debug\n    call\n    trace\n      call\n      deep\n        call\n";
    assert_eq!(testing::tree(&all), expected);
    let none = record(
        |recorded| layer(recorded).with_filter(LevelFilter::OFF),
        || {
            nested();
            assert!(current().is_noop());
        },
    );
    assert!(none.is_empty(), "the kit's own have no tracer here");
}

#[test]
fn a_trace_begins_below_a_root_that_is_filtered_out() {
    if !ENABLED {
        return;
    }
    fn work() {
        let _request = info_span!("request").entered();
        debug_span!(parent: None, "background").in_scope(|| {
            info_span!("refill").in_scope(call);
            info!("said in the background");
        });
    }
    for level in [LevelFilter::TRACE, LevelFilter::INFO] {
        let spans = record(|recorded| layer(recorded).with_filter(level), work);
        let request = named(&spans, "request");
        assert!(logs(request).is_empty(), "{level}");
        let refill = named(&spans, "refill");
        assert_ne!(refill.trace_id, request.trace_id, "{level}");
        assert_eq!(named(&spans, "call").parent_id, refill.span_id, "{level}");
    }
}

#[test]
fn named_parents_that_are_filtered_out() {
    if !ENABLED {
        return;
    }
    fn work() {
        let info = info_span!("info");
        let debug = debug_span!(parent: &info, "debug");
        let trace = trace_span!(parent: &debug, "trace");
        let _elsewhere = info_span!("elsewhere").entered();
        info_span!(parent: &debug, "a").in_scope(call);
        info_span!(parent: &trace, "b").in_scope(|| drop(info_span!("below")));
        info!(parent: &trace, "to info");
        let root = debug_span!(parent: None, "root");
        drop(info_span!(parent: &root, "of none"));
        info!(parent: &root, "to none");
        let follows = info_span!("follows");
        follows.follows_from(&trace);
    }
    let kept = record(layer, work);
    let filtered = record(|recorded| layer(recorded).with_filter(LevelFilter::INFO), work);
    let per_layer = record(|recorded| Layer::with_filter(layer(recorded), LevelFilter::INFO), work);
    for (spans, linked) in [(kept, true), (filtered, true), (per_layer, false)] {
        let tree = "info\n  a\n    call\n  b\n    below\nelsewhere\n  follows\nof none\n";
        assert_eq!(testing::tree(&spans), tree);
        assert_eq!(logs(named(&spans, "info")), ["event=to info"]);
        assert!(logs(named(&spans, "elsewhere")).is_empty());
        // `Layer::with_filter` hides it altogether where one of the two is filtered out.
        let links = &named(&spans, "follows").links;
        let link = links.first().map(|link| link.context.span_id());
        assert_eq!(link, linked.then(|| named(&spans, "info").span_id));
    }
}

/// The span that carries the context to another thread is one that is filtered out.
///
/// A registry that is not the global one loses the parent of a span that is closed where it is not
/// the default: here they are all closed where it is.
fn hop(subscriber: &Dispatch, recorded: &Recorded) -> String {
    let runtime = Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let request = async {
        let work = async {
            yield_now().await;
            call();
            info!("on another thread");
            drop(info_span!("inside"));
        };
        let task = work.instrument(debug_span!("task"));
        let task = async {
            task.await;
            yield_now().await;
        };
        tokio::spawn(task.with_current_subscriber()).await.unwrap();
        let span = debug_span!("thread");
        let work = move || span.in_scope(|| drop(info_span!("in thread")));
        let subscriber = subscriber.clone();
        std::thread::spawn(move || with_default(&subscriber, work)).join().unwrap();
    };
    let all = async { request.instrument(info_span!("request")).await };
    runtime.block_on(all.with_subscriber(subscriber.clone()));
    let spans = recorded.spans();
    assert_eq!(logs(named(&spans, "request")), ["event=on another thread"]);
    testing::tree(&spans)
}

#[test]
fn a_span_that_is_filtered_out_carries_the_context_to_other_threads() {
    if !ENABLED {
        return;
    }
    let expected = "request\n  call\n  inside\n  in thread\n";
    let recorded = Recorded::new();
    assert_eq!(
        hop(&Dispatch::new(registry().with(layer(&recorded)).with(everything())), &recorded),
        expected
    );
    for filter in ["info", "off,filters=info"] {
        let recorded = Recorded::new();
        let layer = layer(&recorded).with_filter(EnvFilter::new(filter));
        assert_eq!(
            hop(&Dispatch::new(registry().with(layer).with(everything())), &recorded),
            expected
        );
    }
    // With the filter of `Layer`, the layer is not told that the span was entered. Spans of
    // `tracing` find their parent all the same; those of the kit cannot.
    let recorded = Recorded::new();
    let layer = Layer::with_filter(layer(&recorded), LevelFilter::INFO);
    let tree = hop(&Dispatch::new(registry().with(layer).with(everything())), &recorded);
    assert_eq!(tree, "request\n  inside\n  in thread\n", "and so the call has no tracer");
}

#[test]
fn filters_of_other_layers_change_nothing() {
    if !ENABLED {
        return;
    }
    let lines = Lines::default();
    let whole = "info\n  debug\n    call\n    trace\n      call\n      deep\n        call\n";
    for level in [LevelFilter::INFO, LevelFilter::TRACE] {
        let (below, above) = (Recorded::new(), Recorded::new());
        let quiet = fmt::layer().with_writer(lines.clone()).with_filter(LevelFilter::ERROR);
        let first = layer(&below).with_filter(level);
        with_default(&Dispatch::new(registry().with(quiet).with(first)), nested);
        let first = layer(&above).with_filter(level);
        let quiet = fmt::layer().with_writer(lines.clone()).with_filter(LevelFilter::ERROR);
        with_default(&Dispatch::new(registry().with(first).with(quiet)), nested);
        let expected = if level == LevelFilter::TRACE { whole } else { WHOLE };
        for recorded in [below, above] {
            assert_eq!(testing::tree(&recorded.spans()), expected, "{level}");
        }
    }
    assert_eq!(lines.text(), "");

    // And this one's filter takes no line from `fmt`.
    let loud = fmt::layer().with_writer(lines.clone()).with_filter(LevelFilter::TRACE);
    let off = layer(&Recorded::new()).with_filter(LevelFilter::OFF);
    with_default(&Dispatch::new(registry().with(off).with(loud)), nested);
    assert_eq!(lines.lines().len(), 3, "{}", lines.text());
}

/// Such a filter has to know the spans: it asks what their fields are.
#[test]
fn directives_for_spans() {
    if !ENABLED {
        return;
    }
    let filter = EnvFilter::new("info,[order{vip=true}]=trace");
    let spans = record(
        |recorded| layer(recorded).with_filter(filter),
        || {
            for vip in [false, true] {
                info_span!("order", vip).in_scope(|| {
                    debug!("closer look");
                    debug_span!("detail").in_scope(|| debug!("in detail"));
                });
                debug!("outside");
            }
        },
    );
    assert_eq!(testing::tree_with(&spans, &["vip"]), "order vip=false\norder vip=true\n  detail\n");
    let vip = spans.iter().find(|span| testing::tag(span, "vip") == "true").unwrap();
    assert_eq!(logs(vip), ["event=closer look"]);
    assert_eq!(logs(named(&spans, "detail")), ["event=in detail"]);
}

#[test]
fn a_filter_that_changes_meanwhile() {
    if !ENABLED {
        return;
    }
    let (filter, handle) = reload::Layer::new(LevelFilter::INFO);
    let spans = record(
        |recorded| layer(recorded).with_filter(filter),
        || {
            let request = info_span!("request").entered();
            let before = debug_span!("before");
            handle.modify(|filter| *filter = LevelFilter::DEBUG).unwrap();
            before.in_scope(|| debug_span!("now").in_scope(|| debug!("seen")));
            handle.modify(|filter| *filter = LevelFilter::OFF).unwrap();
            info_span!("off").in_scope(|| info!("unseen"));
            drop(request);
        },
    );
    assert_eq!(testing::tree(&spans), "request\n  now\n");
    assert_eq!(logs(named(&spans, "now")), ["event=seen"]);
    assert!(logs(named(&spans, "request")).is_empty());
}

/// What is disabled for the whole subscriber does not exist at all.
#[test]
fn filters_of_the_whole_subscriber() {
    if !ENABLED {
        return;
    }
    let recorded = Recorded::new();
    let layer = layer(&recorded).with_filter(LevelFilter::TRACE);
    let subscriber = registry().with(layer).with(EnvFilter::new("info"));
    with_default(&Dispatch::new(subscriber), nested);
    assert_eq!(testing::tree(&recorded.spans()), WHOLE);
}
