//! Asking a backend that says whatever it likes.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::time::{Duration, Instant};

use contrib_jaeger::{Counts, RemoteSampler, RemoteSamplerBuilder};
use testing::collector::{Collector, Fault, Refusing};
use tracer_core::{AlwaysOff, AlwaysOn, ENABLED, ParentBased, Sampler, Tracer};

const SOON: Duration = Duration::from_millis(100);

fn reply(answer: &str) -> Fault {
    Fault::Reply(answer.as_bytes().to_vec())
}

fn rate(rate: f64) -> Fault {
    let rate = format!(
        r#"{{"strategyType":"PROBABILISTIC","probabilisticSampling":{{"samplingRate":{rate}}}}}"#
    );
    reply(&rate)
}

fn asks(collector: &Collector) -> RemoteSamplerBuilder {
    let builder = RemoteSampler::builder("my shop/1").endpoint(&collector.endpoint());
    builder.polling_interval(SOON).initial(AlwaysOff)
}

/// Waits until something holds of the counts.
#[track_caller]
fn wait(sampler: &RemoteSampler, holds: impl Fn(Counts) -> bool) -> Counts {
    let give_up = Instant::now() + Duration::from_secs(20);
    while !holds(sampler.counts()) {
        assert!(Instant::now() < give_up, "{sampler:?}");
        std::thread::sleep(Duration::from_millis(2));
    }
    sampler.counts()
}

/// Whether the sampler records a trace now.
fn records(sampler: &RemoteSampler) -> bool {
    let tracer = Tracer::builder("test").sampler(sampler.clone()).build();
    tracer.span("op").root().start().is_recording()
}

#[test]
fn the_backend_is_asked_for_the_service_and_followed() {
    let collector = Collector::start();
    collector.next([rate(1.0), rate(1.0)]);
    collector.always(rate(0.0));
    let sampler = asks(&collector).header("x-token", "t0k").build().unwrap();
    if !ENABLED {
        return;
    }
    wait(&sampler, |counts| counts.polls >= 1);
    assert!(records(&sampler));
    let counts = wait(&sampler, |counts| counts.polls >= 4);
    assert!(!records(&sampler));
    assert_eq!((counts.failures, counts.updates), (0, 2), "the second one said nothing new");
    for request in collector.requests() {
        let seen = (&*request.method, &*request.path, request.header("x-token"));
        assert_eq!(seen, ("GET", "/sampling?service=my%20shop%2F1", Some("t0k")));
    }
    assert_eq!(collector.connections(), 1, "one connection is kept open");
}

#[test]
fn until_the_backend_has_said_something_the_initial_sampler_decides() {
    if !ENABLED {
        return;
    }
    let collector = Collector::start();
    collector.always(Fault::Hang);
    for initial in [true, false] {
        let builder = RemoteSampler::builder("shop").endpoint(&collector.endpoint());
        let builder = if initial { builder.initial(AlwaysOn) } else { builder.initial(AlwaysOff) };
        assert_eq!(records(&builder.build().unwrap()), initial);
    }
    let nobody = Refusing::start();
    let builder = RemoteSampler::builder("shop").endpoint(&nobody.endpoint());
    let sampler = builder.polling_interval(SOON).build().unwrap();
    let counts = wait(&sampler, |counts| counts.polls >= 2);
    assert_eq!((counts.failures, counts.updates), (counts.polls, 0));
    assert!(format!("{sampler:?}").contains("rate: 0.001"), "one in a thousand: {sampler:?}");
}

/// R8: rate 5, -1, NaN, missing, 500, HTML, 100 MiB.
#[test]
fn r8_the_last_good_strategy_stays_whatever_comes() {
    if !ENABLED {
        return;
    }
    let collector = Collector::start();
    let huge = |mib: usize| {
        let mut answer = br#"{"probabilisticSampling":{"samplingRate":0}}"#.to_vec();
        answer.resize(mib << 20, b' ');
        Fault::Reply(answer)
    };
    let bad = [
        rate(5.0),
        rate(-1.0),
        rate(f64::NAN),
        reply(r#"{"strategyType":"PROBABILISTIC"}"#),
        reply("{}"),
        reply(""),
        reply("<html>no such page</html>"),
        Fault::status(204),
        Fault::status(404),
        Fault::status(500),
        Fault::Redirect { code: 302, to: "http://127.0.0.1:9/sampling".to_owned() },
        Fault::NoHttp,
        Fault::CloseUnanswered,
        Fault::CloseInReply,
        Fault::EndlessBody { code: 200 },
        huge(3),
        huge(100),
    ];
    collector.next([rate(1.0)]);
    let sampler = asks(&collector).build().unwrap();
    wait(&sampler, |counts| counts.updates == 1);
    let count = bad.len() as u64;
    collector.next(bad);
    collector.always(rate(1.0));
    let mut seen = 0;
    while seen < count {
        let counts = wait(&sampler, |counts| counts.failures > seen || counts.failures == count);
        assert!(records(&sampler), "after {} failures", counts.failures);
        assert_eq!(counts.updates, 1);
        seen = counts.failures;
    }
    let polls = sampler.counts().polls;
    let counts = wait(&sampler, |counts| counts.polls > polls);
    assert_eq!((counts.failures, counts.updates), (count, 1), "and it goes on");
}

/// R8: 1e5 operations; 2 MiB are read.
#[test]
fn r8_an_answer_of_two_mib_is_read() {
    if !ENABLED {
        return;
    }
    let collector = Collector::start();
    let one = r#"{"operation":"","probabilisticSampling":{"samplingRate":0}}"#;
    let all: Vec<_> = (0..20_000).map(|nth| one.replace("\"\"", &format!("\"op{nth}\""))).collect();
    let answer = format!(
        r#"{{"operationSampling":{{"defaultSamplingProbability":1,
            "defaultLowerBoundTracesPerSecond":0,"perOperationStrategies":[{}]}}}}"#,
        all.join(",")
    );
    assert!(answer.len() > 1 << 20);
    collector.always(reply(&answer));
    let sampler = asks(&collector).build().unwrap();
    wait(&sampler, |counts| counts.updates == 1);
    assert!(format!("{sampler:?}").contains("operations: 2000"), "{sampler:?}");
}

#[test]
fn a_backend_that_hangs_holds_nobody_up() {
    let collector = Collector::start();
    collector.always(Fault::Hang);
    let began = Instant::now();
    let sampler = asks(&collector).build().unwrap();
    assert!(!ENABLED || collector.wait_for_requests(1), "it is being asked");
    assert!(!records(&sampler));
    drop(sampler);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[test]
fn a_request_that_takes_too_long_is_given_up() {
    if !ENABLED {
        return;
    }
    let collector = Collector::start();
    collector.next([Fault::Hang, Fault::SlowBody]);
    collector.always(rate(1.0));
    let sampler = asks(&collector).timeout(Duration::from_millis(200)).build().unwrap();
    let counts = wait(&sampler, |counts| counts.updates == 1);
    assert_eq!(counts.failures, 2);
}

#[test]
fn the_thread_ends_with_the_last_clone() {
    if !ENABLED {
        return;
    }
    let collector = Collector::start();
    collector.always(rate(1.0));
    let sampler = asks(&collector).build().unwrap();
    let clone = sampler.clone();
    drop(sampler);
    wait(&clone, |counts| counts.polls >= 3);
    drop(clone);
    // One may be on its way.
    std::thread::sleep(SOON);
    let asked = collector.requests().len();
    std::thread::sleep(SOON * 5);
    assert_eq!(collector.requests().len(), asked);
}

#[test]
fn it_decides_where_it_is_put() {
    if !ENABLED {
        return;
    }
    let collector = Collector::start();
    collector.always(rate(1.0));
    let sampler = asks(&collector).build().unwrap();
    wait(&sampler, |counts| counts.updates == 1);
    assert!(!sampler.reads_tags() && !sampler.samples_children());
    let recorded = testing::Recorded::with(|builder| builder.sampler(ParentBased::new(sampler)));
    recorded.tracer.span("root").root().start().finish();
    let root = recorded.one();
    assert_eq!(testing::tag(&root, tracer_core::semconv::SAMPLER_TYPE), "probabilistic");
    assert_eq!(testing::tag(&root, tracer_core::semconv::SAMPLER_PARAM), "1");
}

#[test]
fn compiled_out_nobody_is_asked() {
    let collector = Collector::start();
    let sampler = asks(&collector).build().unwrap();
    if ENABLED {
        assert!(collector.wait_for_requests(1));
    } else {
        std::thread::sleep(SOON * 3);
        assert_eq!((collector.connections(), sampler.counts().polls), (0, 0));
    }
}
