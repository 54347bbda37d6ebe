//! The table of states: off, filtered, unsampled. What is handed on, and that nothing is recorded.

mod support;

use contrib_tracing::TraceLayer;
use support::{dispatch, logs};
use testing::{Recorded, named};
use tracer_core::{AlwaysOff, ENABLED, MemoryReporter, Span, SpanContext, Tracer, current};
use tracing::dispatcher::with_default;
use tracing::{Dispatch, info, info_span};
use tracing_subscriber::layer::SubscriberExt;

/// What a caller has sent, in a way that nobody would write it again.
fn request() -> Vec<(String, String)> {
    let lines = [
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        ("tracestate", "a=1 , b=2"),
        ("baggage", "user = 7; p ,x=%7e"),
    ];
    lines.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
}

/// What goes out from here.
fn sent(tracer: &Tracer) -> Vec<(String, String)> {
    let mut carrier = Vec::new();
    tracer.inject(&current(), &mut carrier);
    carrier
}

#[test]
fn off_hands_on_what_came_byte_for_byte() {
    if !ENABLED {
        return;
    }
    let recorded = Recorded::new();
    let dispatch = dispatch(&recorded);
    recorded.tracer.set_enabled(false);
    with_default(&dispatch, || {
        let serve =
            recorded.tracer.span("serve").child_of(&recorded.tracer.extract(&request())).start();
        let span = serve.bind(|| info_span!("span"))();
        // On another thread, where nothing but the span can know it.
        std::thread::scope(|scope| {
            scope.spawn(|| {
                span.in_scope(|| {
                    info!("unseen");
                    assert_eq!(sent(&recorded.tracer), request());
                    assert_eq!(current().baggage_item("user").as_deref(), Some("7"));
                });
                assert!(current().is_noop());
            });
        });
        // Switched on meanwhile, the next span goes on with the caller's trace.
        recorded.tracer.set_enabled(true);
        span.in_scope(|| drop(info_span!("on again")));
    });
    let spans = recorded.spans();
    assert_eq!(testing::tree(&spans), "on again\n");
    assert_eq!(spans[0].trace_id.unwrap().to_string(), "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(spans[0].parent_id.unwrap().to_string(), "b7ad6b7169203331");
}

#[test]
fn off_with_no_caller_there_is_nothing() {
    if !ENABLED {
        return;
    }
    let recorded = Recorded::new();
    recorded.tracer.set_enabled(false);
    with_default(&dispatch(&recorded), || {
        info_span!("a").in_scope(|| {
            assert!(current().is_noop());
            info_span!("b").in_scope(|| info!("event"));
            info_span!(parent: None, "root").in_scope(|| ());
        });
    });
    assert!(recorded.spans().is_empty());
    assert_eq!(recorded.tracer.books().started, 0);
}

#[test]
fn what_is_open_when_it_is_switched_off_ends() {
    if !ENABLED {
        return;
    }
    let recorded = Recorded::new();
    with_default(&dispatch(&recorded), || {
        let open = info_span!("open").entered();
        recorded.tracer.set_enabled(false);
        drop(info_span!("never").entered());
        info!("of the open one");
        drop(open);
    });
    let spans = recorded.spans();
    assert_eq!(testing::tree(&spans), "open\n");
    assert_eq!(logs(&spans[0]), ["event=of the open one"]);
}

#[test]
fn flipped_under_load() {
    if !ENABLED {
        return;
    }
    let recorded = Recorded::new();
    let dispatch = dispatch(&recorded);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    with_default(&dispatch, || {
                        for _ in 0..3_000 {
                            let a = info_span!("a").entered();
                            let b = info_span!("b").entered();
                            drop(a);
                            info!("event");
                            drop(b);
                            assert!(current().is_noop(), "no guard is lost");
                        }
                    });
                })
            })
            .collect();
        let mut on = false;
        while workers.iter().any(|worker| !worker.is_finished()) {
            recorded.tracer.set_enabled(on);
            on = !on;
        }
    });
    let spans = recorded.spans();
    let books = recorded.tracer.books();
    assert!(books.balance() && books.open == 0, "{books:?}");
    assert_eq!(books.finished as usize, spans.len() + books.dropped() as usize);
}

#[test]
fn filtered_nothing_below_starts_a_span() {
    if !ENABLED {
        return;
    }
    let recorded = Recorded::new();
    with_default(&dispatch(&recorded), || {
        let filtered = Span::passive(recorded.tracer.capture(&request()).suppressed());
        let other = recorded.tracer.span("other").start();
        let other = other.bind(|| info_span!("of the other"))();
        let span = filtered.bind(|| {
            drop(info_span!(parent: None, "root"));
            drop(info_span!(parent: &other, "named"));
            info_span!("below")
        })();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let _span = span.enter();
                assert!(current().is_suppressed());
                info!("unseen");
                assert_eq!(sent(&recorded.tracer), request());
                recorded.tracer.span("of the kit").root().start().finish();
            });
        });
    });
    assert_eq!(testing::tree(&recorded.spans()), "other\n  of the other\n");
}

#[test]
fn unsampled_the_context_goes_through() {
    if !ENABLED {
        return;
    }
    let memory = MemoryReporter::new();
    let tracer = Tracer::builder("test").sampler(AlwaysOff).reporter(memory.clone()).build();
    let layer = TraceLayer::new().with_tracer(tracer.clone());
    with_default(&Dispatch::new(tracing_subscriber::registry().with(layer)), || {
        info_span!("root").in_scope(|| {
            let root = current().context();
            assert!(root.is_valid() && !root.is_sampled());
            current().set_baggage_item("user", "7");
            let span = info_span!("child");
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    let _span = span.enter();
                    let child = current().context();
                    assert_eq!(child.trace_id(), root.trace_id());
                    assert_ne!(child.span_id(), root.span_id());
                    assert_eq!(child.baggage_item("user").as_deref(), Some("7"));
                    assert!(sent(&tracer)[0].1.ends_with("-02"), "random, not sampled");
                    info!(error = true, "unseen");
                });
            });
        });
    });
    tracer.flush(std::time::Duration::from_secs(5)).unwrap();
    assert!(memory.take().is_empty());
    assert_eq!(tracer.books().started, 0);
}

#[test]
fn the_application_has_the_last_word() {
    if !ENABLED {
        return;
    }
    let never = Recorded::with(|builder| builder.sampler(AlwaysOff));
    with_default(&dispatch(&never), || {
        info_span!("wanted", sampling.priority = 1).in_scope(|| drop(info_span!("below")));
        drop(info_span!("not wanted"));
        let late = info_span!("too late", sampling.priority = tracing::field::Empty).entered();
        late.record("sampling.priority", 1u64);
        drop(info_span!("in time"));
    });
    let spans = never.spans();
    assert_eq!(testing::tree(&spans), "wanted\n  below\nin time\n");
    assert_eq!(testing::tag(named(&spans, "wanted"), "sampling.priority"), "1");

    let always = Recorded::new();
    with_default(&dispatch(&always), || {
        info_span!("unwanted", sampling.priority = 0).in_scope(|| drop(info_span!("below")));
        let late = info_span!("late", sampling.priority = tracing::field::Empty).entered();
        late.record("sampling.priority", 0.0);
        drop(info_span!("below"));
        drop(late);
        drop(info_span!("another"));
    });
    assert_eq!(testing::tree(&always.spans()), "another\n");
}

/// One trace is not sampled, the next one is.
#[test]
fn explicit_parents_keep_their_decision() {
    if !ENABLED {
        return;
    }
    let recorded = Recorded::new();
    let off = Tracer::builder("test").sampler(AlwaysOff).build();
    with_default(&dispatch(&recorded), || {
        let unsampled = off.span("unsampled").start().bind(|| info_span!("unsampled"))();
        let sampled = info_span!("sampled");
        let _here = sampled.enter();
        info_span!(parent: &unsampled, "not recorded").in_scope(|| {
            assert!(!current().context().is_sampled());
            drop(info_span!(parent: &sampled, "recorded"));
        });
    });
    let spans = recorded.spans();
    assert_eq!(testing::tree(&spans), "sampled\n  recorded\n");
    assert!(named(&spans, "sampled").parent_id.is_none());
}

#[test]
fn without_any_tracer_there_is_nothing() {
    let layer = TraceLayer::default();
    let said = format!("{layer:?}");
    assert!(said.starts_with("TraceLayer"), "{said}");
    with_default(&Dispatch::new(tracing_subscriber::registry().with(layer)), || {
        info_span!("span").in_scope(|| {
            info!("event");
            assert!(current().is_noop());
        });
        let foreign = SpanContext::default().suppressed();
        let _entered = Span::passive(foreign).handle().enter();
        info_span!("span").in_scope(|| assert_eq!(current().is_suppressed(), ENABLED));
    });
}
