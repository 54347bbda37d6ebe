//! Who is whose child.

mod support;

use support::{dispatch, record, tree};
use testing::{Recorded, named};
use tracer_core::{ENABLED, SpanContext, SpanId, TraceId, Tracer, current, current_ids};
use tracing::dispatcher::with_default;
use tracing::{info_span, span};

#[test]
fn the_span_that_is_entered_is_the_parent() {
    if !ENABLED {
        return;
    }
    let tree = tree(|| {
        let a = info_span!("a");
        a.in_scope(|| {
            let _b = info_span!("b").entered();
            info_span!("c").in_scope(|| ());
            info_span!("d").in_scope(|| ());
        });
        a.in_scope(|| drop(info_span!("e")));
        drop(info_span!("root"));
    });
    assert_eq!(tree, "a\n  b\n    c\n    d\n  e\nroot\n");
}

#[test]
fn spans_of_the_kit_and_of_tracing_are_below_each_other() {
    if !ENABLED {
        return;
    }
    let recorded = Recorded::new();
    with_default(&dispatch(&recorded), || {
        let request = recorded.tracer.span("request").start();
        let _request = request.enter();
        info_span!("handler").in_scope(|| {
            let _scope = recorded.tracer.scope("scope");
            info_span!("query").in_scope(|| {
                recorded.tracer.span("call").start().finish();
            });
        });
        drop(info_span!("after"));
    });
    let tree = testing::tree(&recorded.spans());
    assert_eq!(tree, "request\n  handler\n    scope\n      query\n        call\n  after\n");
}

#[test]
fn a_parent_that_is_named_is_the_parent() {
    if !ENABLED {
        return;
    }
    let tree = tree(|| {
        let a = info_span!("a");
        let _b = info_span!("b").entered();
        info_span!(parent: &a, "of a").in_scope(|| drop(info_span!("below")));
        info_span!(parent: a.id(), "of a by id").in_scope(|| ());
        info_span!(parent: None, "root").in_scope(|| drop(info_span!("of root")));
        drop(info_span!("of b"));
    });
    let expected = "a\n  of a\n    below\n  of a by id\nb\n  of b\nroot\n  of root\n";
    assert_eq!(tree, expected);
}

#[test]
fn left_in_any_order() {
    if !ENABLED {
        return;
    }
    let tree = tree(|| {
        let (a, b) = (info_span!("a"), info_span!("b"));
        let in_a = a.enter();
        let in_b = b.enter();
        drop(in_a);
        drop(info_span!("of b"));
        let in_a = a.enter();
        drop(in_b);
        drop(info_span!("of a"));
        let again = a.enter();
        drop(in_a);
        drop(info_span!("still of a"));
        drop(again);
        assert!(current().is_noop());
        drop(info_span!("of none"));
    });
    assert_eq!(tree, "a\n  of a\n  still of a\nb\n  of b\nof none\n");
}

#[test]
fn entered_many_times_over() {
    if !ENABLED {
        return;
    }
    let recorded = Recorded::new();
    with_default(&dispatch(&recorded), || {
        let (a, b) = (info_span!("a"), info_span!("b"));
        for _ in 0..1_000 {
            a.in_scope(|| b.in_scope(|| a.in_scope(|| assert!(current().is_recording()))));
            assert!(current().is_noop());
        }
    });
    assert_eq!(testing::tree(&recorded.spans()), "a\nb\n");
    assert_eq!(recorded.tracer.books().started, 2);
}

/// Left inside of it, an entry below a filter leaves no other one.
#[test]
fn entered_again_where_nothing_is_traced() {
    if !ENABLED {
        return;
    }
    let tree = tree(|| {
        let span = info_span!("span");
        let _entered = span.enter();
        let filtered = tracer_core::Span::passive(SpanContext::default().suppressed());
        {
            let _quiet = filtered.enter();
            span.in_scope(|| drop(info_span!("in it")));
            assert!(current().is_suppressed());
        }
        assert!(current().is_recording(), "it is still entered");
        drop(info_span!("below"));
    });
    assert_eq!(tree, "span\n  below\n");
}

/// Against a list of who was entered: to leave a span is to leave it where it was entered last.
#[test]
fn entered_and_left_at_random() {
    if !ENABLED {
        return;
    }
    let recorded = Recorded::new();
    with_default(&dispatch(&recorded), || {
        let spans: Vec<_> = (0..6).map(|n| info_span!("span", n)).collect();
        let ids: Vec<_> =
            spans.iter().map(|span| span.in_scope(|| current_ids().map(|ids| ids.1))).collect();
        let mut random = 7u64;
        let mut next = |below: usize| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (random >> 33) as usize % below
        };
        let (mut guards, mut entered) = (Vec::new(), Vec::<usize>::new());
        for _ in 0..5_000 {
            if guards.is_empty() || (guards.len() < 12 && next(2) == 0) {
                let span = next(spans.len());
                guards.push((span, spans[span].enter()));
                entered.push(span);
            } else {
                let (span, guard) = guards.swap_remove(next(guards.len()));
                drop(guard);
                let at = entered.iter().rposition(|other| *other == span);
                entered.remove(at.unwrap_or_else(|| unreachable!("it was entered")));
            }
            let expected = entered.last().and_then(|span| ids[*span]);
            assert_eq!(current_ids().map(|ids| ids.1), expected);
        }
    });
    assert_eq!(recorded.spans().len(), 6);
}

#[test]
fn a_clone_is_the_same_span() {
    if !ENABLED {
        return;
    }
    let spans = record(|| {
        let a = info_span!("a");
        let clone = a.clone();
        drop(a);
        clone.in_scope(|| drop(info_span!("b")));
        let again = clone.clone();
        drop(clone);
        again.in_scope(|| drop(info_span!("c")));
    });
    assert_eq!(testing::tree(&spans), "a\n  b\n  c\n");
}

#[test]
fn the_callers_context_goes_through() {
    if !ENABLED {
        return;
    }
    let recorded = Recorded::new();
    let caller = SpanContext::new(
        TraceId::from_u128(7).unwrap_or_else(|| unreachable!()),
        SpanId::from_u64(8).unwrap_or_else(|| unreachable!()),
        true,
    );
    with_default(&dispatch(&recorded), || {
        let serve = recorded.tracer.span("serve").child_of(&caller.with_remote()).start();
        serve.set_baggage_item("user", "7");
        let _serve = serve.enter();
        info_span!("handler").in_scope(|| {
            assert_eq!(current().baggage_item("user").as_deref(), Some("7"));
            let mut carrier = Vec::new();
            recorded.tracer.inject(&current(), &mut carrier);
            assert!(carrier[0].1.starts_with("00-00000000000000000000000000000007-"));
        });
    });
    let spans = recorded.spans();
    assert_eq!(named(&spans, "handler").parent_id, named(&spans, "serve").span_id);
    assert_eq!(named(&spans, "handler").trace_id, TraceId::from_u128(7));
}

/// A layer without a tracer: the parent's, whoever that is.
#[test]
fn a_child_is_recorded_by_its_parents_tracer() {
    use contrib_tracing::TraceLayer;
    use tracing_subscriber::layer::SubscriberExt;

    if !ENABLED {
        return;
    }
    let (one, other) = (Recorded::new(), Recorded::new());
    let subscriber = tracing_subscriber::registry().with(TraceLayer::new());
    tracing::subscriber::with_default(subscriber, || {
        drop(info_span!("without any tracer"));
        let mut kept = Vec::new();
        for recorded in [&one, &other] {
            let _scope = recorded.tracer.scope("scope");
            kept.push(info_span!("child"));
        }
        for span in &kept {
            drop(info_span!(parent: span, "grandchild"));
        }
    });
    for recorded in [one, other] {
        assert_eq!(testing::tree(&recorded.spans()), "scope\n  child\n    grandchild\n");
    }
}

#[test]
fn two_subscribers_do_not_mix() {
    if !ENABLED {
        return;
    }
    let (one, other) = (Recorded::new(), Recorded::new());
    let spans = [dispatch(&one), dispatch(&other)]
        .map(|dispatch| with_default(&dispatch, || info_span!("span")));
    // Entered all at once, and left in an order that mixes them.
    let guards: Vec<_> = spans.iter().map(|span| span.enter()).collect();
    assert_eq!(current().context().trace_id(), trace_of(&spans[1]));
    drop(guards);
    assert!(current().is_noop());
    drop(spans);
    assert_eq!(testing::tree(&one.spans()), "span\n");
    assert_eq!(testing::tree(&other.spans()), "span\n");
}

fn trace_of(span: &tracing::Span) -> Option<TraceId> {
    span.in_scope(|| current().context().trace_id())
}

/// The sampler is asked with the name and kind that the span will have, and its tags.
#[test]
fn what_the_sampler_sees() {
    use std::sync::{Arc, Mutex};
    use tracer_core::{Decision, Sampler, SamplingInput};

    #[derive(Debug)]
    struct Asked(Arc<Mutex<Vec<String>>>);

    impl Sampler for Asked {
        fn sample(&self, input: &SamplingInput<'_>) -> Decision {
            let id = input.tags.iter().find(|tag| tag.key == "id").map(|tag| tag.value.to_string());
            let seen = format!("{} {} {id:?}", input.kind.as_str(), input.name);
            self.0.lock().map(|mut asked| asked.push(seen)).unwrap_or_default();
            Decision::yes()
        }
    }

    if !ENABLED {
        return;
    }
    let asked = Arc::new(Mutex::new(Vec::new()));
    let tracer = Tracer::builder("test").sampler(Asked(Arc::clone(&asked))).build();
    let layer = contrib_tracing::TraceLayer::new().with_tracer(tracer);
    let subscriber =
        tracing_subscriber::layer::SubscriberExt::with(tracing_subscriber::registry(), layer);
    tracing::subscriber::with_default(subscriber, || {
        let name = String::from("GET /orders");
        let request =
            span!(tracing::Level::INFO, "request", otel.name = name, otel.kind = "SERVER", id = 7);
        request.in_scope(|| drop(info_span!("child")));
    });
    let asked = asked.lock().map(|asked| asked.clone()).unwrap_or_default();
    assert_eq!(asked, ["server GET /orders Some(\"7\")"]);
}
