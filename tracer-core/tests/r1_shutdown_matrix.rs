//! R1: shutdown from every place, with a collector that takes, refuses and hangs. One test, alone
//! in its process: one of the places is the panic hook.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::{Calls, LONG, lazy, tracer_with};
use tokio::runtime::{Builder, Runtime};
use tracer_core::{Batch, DropReason, Outcome, ShutdownError, Tracer};

const SPANS: u64 = 40;
/// What a hung collector is given.
const DEADLINE: Duration = Duration::from_millis(200);
/// Over that on a machine that has other things to do.
const SLACK: Duration = Duration::from_secs(5);

type Answer = Result<(), ShutdownError>;
type Place = fn(Tracer, Duration) -> Vec<Answer>;

const PLACES: &[(&str, Place)] = &[
    ("no runtime", |tracer, limit| vec![tracer.shutdown(limit)]),
    ("current thread", |tracer, limit| inside(&current_thread(), &tracer, limit)),
    ("one worker", |tracer, limit| as_task(&workers(1), tracer, limit)),
    ("four workers", |tracer, limit| as_task(&workers(4), tracer, limit)),
    ("a blocking task", |tracer, limit| {
        let runtime = workers(1);
        let answer = runtime
            .block_on(async { tokio::task::spawn_blocking(move || tracer.shutdown(limit)).await });
        vec![answer.unwrap()]
    }),
    ("a drop", |tracer, limit| {
        struct Last(Tracer, Duration, Arc<Mutex<Vec<Answer>>>);
        impl Drop for Last {
            fn drop(&mut self) {
                self.2.lock().unwrap().push(self.0.shutdown(self.1));
            }
        }
        let answers = Arc::default();
        drop(Last(tracer, limit, Arc::clone(&answers)));
        answers.lock().unwrap().clone()
    }),
    ("the panic hook", |tracer, limit| {
        let (sender, answers) = channel();
        std::panic::set_hook(Box::new(move |_| {
            let _ = sender.send(tracer.shutdown(limit));
        }));
        let thread = std::thread::spawn(|| panic!("on purpose"));
        assert!(thread.join().is_err());
        let _ = std::panic::take_hook();
        answers.into_iter().collect()
    }),
    ("after the runtime", |tracer, limit| {
        let runtime = workers(2);
        runtime.spawn(std::future::pending::<()>());
        drop(runtime);
        vec![tracer.shutdown(limit)]
    }),
    ("twice", |tracer, limit| vec![tracer.shutdown(limit), tracer.shutdown(limit)]),
    ("sixteen threads", |tracer, limit| {
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..16).map(|_| scope.spawn(|| tracer.shutdown(limit))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    }),
];

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn workers(count: usize) -> Runtime {
    Builder::new_multi_thread().worker_threads(count).enable_all().build().unwrap()
}

fn inside(runtime: &Runtime, tracer: &Tracer, limit: Duration) -> Vec<Answer> {
    runtime.block_on(async { vec![tracer.shutdown(limit)] })
}

fn as_task(runtime: &Runtime, tracer: Tracer, limit: Duration) -> Vec<Answer> {
    let task = runtime.spawn(async move { tracer.shutdown(limit) });
    vec![runtime.block_on(task).unwrap()]
}

fn with_spans(outcome: impl FnMut(&Batch<'_>) -> Outcome + Send + 'static) -> Tracer {
    let tracer = tracer_with(Calls(outcome), lazy());
    (0..SPANS).for_each(|_| tracer.span("span").root().start().finish());
    tracer
}

#[track_caller]
fn assert_answers(place: &str, answers: &[Answer], expected: Answer) {
    assert!(
        !answers.is_empty() && answers.iter().all(|answer| *answer == expected),
        "{place}: {answers:?}"
    );
}

fn taking(place: &str, shut_down: Place) {
    let tracer = with_spans(|_| Outcome::Reported);
    assert_answers(place, &shut_down(tracer.clone(), LONG), Ok(()));
    let books = tracer.books();
    assert_eq!((books.reported, books.balance()), (SPANS, true), "{place}: {books:?}");
}

/// That is an answer too, so that nothing is left to wait for.
fn refusing(place: &str, shut_down: Place) {
    let tracer = with_spans(|_| Outcome::Failed);
    assert_answers(place, &shut_down(tracer.clone(), LONG), Ok(()));
    let books = tracer.books();
    let failed = books.dropped_for(DropReason::ExportFailed);
    assert_eq!((failed, books.balance()), (SPANS, true), "{place}: {books:?}");
}

fn hanging(place: &str, shut_down: Place) {
    let (release, gate): (_, Receiver<()>) = channel();
    let tracer = with_spans(move |_| {
        let _ = gate.recv();
        Outcome::Reported
    });
    let began = Instant::now();
    let answers = shut_down(tracer.clone(), DEADLINE);
    let took = began.elapsed();
    assert!(took >= DEADLINE && took < DEADLINE * 2 + SLACK, "{place}: {took:?}");
    assert_answers(place, &answers, Err(ShutdownError::Timeout));
    let books = tracer.books();
    let lost = books.outcome_unknown + books.dropped_for(DropReason::AfterShutdown);
    assert_eq!((lost, books.balance()), (SPANS, true), "{place}: {books:?}");
    // What comes of it afterwards is not counted twice.
    drop(release);
    std::thread::sleep(Duration::from_millis(20));
    assert_eq!(tracer.books(), books, "{place}");
}

#[test]
fn r1_from_everywhere_with_every_kind_of_collector() {
    for &(place, shut_down) in PLACES {
        taking(place, shut_down);
        refusing(place, shut_down);
        hanging(place, shut_down);
    }
}
