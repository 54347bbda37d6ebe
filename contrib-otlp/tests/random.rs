//! Random spans go out, and opentelemetry-proto reads them as they were.

mod support;

use proptest::prelude::*;
use prost::Message;
use support::capture::Capture;
use support::{WAIT, at, context, proto, tracer};
use tracer_core::{ReferenceKind, Span, SpanKind, Status, Tag, Tracer, Value};

fn some_value() -> impl Strategy<Value = Value> {
    let number = prop_oneof![any::<i64>(), Just(0), Just(i64::MIN), Just(i64::MAX), -200..200i64];
    let double =
        prop_oneof![any::<f64>(), Just(f64::NAN), Just(f64::INFINITY), Just(-0.0), Just(0.0)];
    prop_oneof![
        some_text().prop_map(Value::from),
        number.clone().prop_map(Value::from),
        double.clone().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        prop::collection::vec(some_text(), 0..4).prop_map(Value::from),
        prop::collection::vec(number, 0..40).prop_map(Value::from),
        prop::collection::vec(double, 0..40).prop_map(Value::from),
        prop::collection::vec(any::<bool>(), 0..200).prop_map(Value::from),
    ]
}

fn some_text() -> impl Strategy<Value = String> {
    prop_oneof!["", "\\PC{0,20}", "[a-z.]{1,12}", "x{100,300}", "é{5000,6000}"]
}

fn some_tags() -> impl Strategy<Value = Vec<Tag>> {
    let key = prop_oneof![
        some_text(),
        Just("event".to_owned()),
        Just("message".to_owned()),
        Just("error.kind".to_owned())
    ]
    .prop_filter("tags without a key are left out", |key| !key.is_empty());
    let value = prop_oneof![4 => some_value(), 1 => Just(Value::from("error"))];
    let tag = (key, value).prop_map(|(key, value)| Tag::new(key, value));
    prop::collection::vec(tag, 0..12)
}

#[derive(Debug)]
struct Plan {
    name: String,
    kind: SpanKind,
    status: Status,
    times: (u64, u64),
    parent: Option<(u128, u64, bool)>,
    tags: Vec<Tag>,
    logs: Vec<Vec<Tag>>,
    links: Vec<(u128, u64, ReferenceKind)>,
}

prop_compose! {
    fn some_span()(
        name in some_text(),
        kind in prop::sample::select(vec![
            SpanKind::Internal, SpanKind::Server, SpanKind::Client,
            SpanKind::Producer, SpanKind::Consumer,
        ]),
        status in prop_oneof![
            Just(Status::Unset),
            Just(Status::Ok),
            some_text().prop_map(|words| Status::Error(words.into())),
        ],
        times in (any::<u64>(), any::<u64>()),
        parent in prop::option::of((1..u128::MAX, 1..u64::MAX, any::<bool>())),
        tags in some_tags(),
        logs in prop::collection::vec(some_tags(), 0..5),
        links in prop::collection::vec((
            1..u128::MAX,
            1..u64::MAX,
            prop::sample::select(vec![ReferenceKind::ChildOf, ReferenceKind::FollowsFrom]),
        ), 0..3),
    ) -> Plan {
        Plan { name, kind, status, times, parent, tags, logs, links }
    }
}

fn start(tracer: &Tracer, plan: &Plan) -> Span {
    let mut builder =
        tracer.span(plan.name.clone()).root().kind(plan.kind).start_time(at(plan.times.0));
    if let Some((trace, span, remote)) = plan.parent {
        let mut parent = context(trace, span).with_random(true);
        if remote {
            parent = parent.with_remote();
        }
        builder = builder.child_of(&parent);
        for (trace, span, kind) in &plan.links {
            let context = context(*trace, *span);
            builder = match kind {
                ReferenceKind::ChildOf => builder.child_of(&context),
                ReferenceKind::FollowsFrom => builder.follows_from(&context),
            };
        }
    }
    builder.start()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn random_spans_come_back(plans in prop::collection::vec(some_span(), 1..6)) {
        if support::off() {
            return Ok(());
        }
        let capture = Capture::default();
        let tracer = tracer(capture.clone());
        for plan in &plans {
            let span = start(&tracer, plan);
            for tag in &plan.tags {
                span.set_tag(tag.key.clone(), tag.value.clone());
            }
            for log in &plan.logs {
                span.log_fields(log.iter().cloned());
            }
            span.set_status(plan.status.clone());
            span.finish_at(at(plan.times.1));
        }
        tracer.flush(WAIT).unwrap();
        let mut seen = 0;
        for (request, copies) in capture.requests() {
            let spans = &request.resource_spans[0].scope_spans[0].spans;
            prop_assert_eq!(spans.len(), copies.len());
            for (span, copy) in spans.iter().zip(&copies) {
                seen += 1;
                let expected = proto::span(copy);
                // By bytes: NaN is not equal to itself.
                if span.encode_to_vec() != expected.encode_to_vec() {
                    prop_assert_eq!(span, &expected);
                }
            }
        }
        prop_assert_eq!(seen, plans.len());
    }
}
