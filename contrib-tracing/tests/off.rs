//! Compiled out, a layer takes the room of its filter, and everything else goes on.

mod support;

use std::sync::{Mutex, MutexGuard, PoisonError};

use contrib_tracing::TraceLayer;
use support::{Lines, dispatch};
use testing::Recorded;
use tracer_core::{ENABLED, current};
use tracing::dispatcher::with_default;
use tracing::field::Empty;
use tracing::{Dispatch, Instrument, info, info_span};
use tracing_subscriber::layer::SubscriberExt;

/// What the settings and the open spans add.
const ADDED: usize = if ENABLED { 2 * size_of::<usize>() } else { 0 };

const _: () = assert!(size_of::<TraceLayer>() == 2 * size_of::<usize>() + ADDED);

/// `tracing` keeps one level for the whole process, and one interest for each place in the code:
/// what any subscriber alive wants. So a test that nothing is wanted, and one with a subscriber that
/// wants lines, take turns.
fn take_turns() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn nothing_is_made_for_a_layer_that_is_compiled_out() {
    let _turn = take_turns();
    let recorded = Recorded::new();
    with_default(&dispatch(&recorded), || {
        assert_eq!(tracing::enabled!(tracing::Level::INFO), ENABLED);
        assert_eq!(!info_span!("span").is_disabled(), ENABLED);
    });
}

#[test]
fn what_is_traced_runs_as_ever() {
    let recorded = Recorded::new();
    let done = with_default(&dispatch(&recorded), || {
        let (a, b) = (info_span!("a", late = Empty), info_span!("b"));
        b.follows_from(&a);
        let (in_a, in_b) = (a.enter(), b.enter());
        assert_eq!(current().is_noop(), !ENABLED);
        drop(in_a);
        a.record("late", 1);
        info!("event");
        drop(in_b);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async { 42 }.instrument(info_span!(parent: &a, "task")))
    });
    assert_eq!(done, 42);
    let started = recorded.tracer.books().started;
    assert_eq!(started, if ENABLED { 3 } else { 0 });
}

#[test]
fn other_layers_see_what_they_saw() {
    let _turn = take_turns();
    let (recorded, lines) = (Recorded::new(), Lines::default());
    let layer = TraceLayer::new()
        .with_tracer(recorded.tracer.clone())
        .with_location(false)
        .with_failure_by_level()
        .with_filter(tracing::level_filters::LevelFilter::OFF);
    let fmt = tracing_subscriber::fmt::layer().with_ansi(false).without_time();
    let subscriber =
        tracing_subscriber::registry().with(layer).with(fmt.with_writer(lines.clone()));
    with_default(&Dispatch::new(subscriber), || {
        info_span!("span", a = 1).in_scope(|| info!("event"));
    });
    assert_eq!(lines.text(), " INFO span{a=1}: off: event\n");
    assert_eq!(recorded.tracer.books().started, 0);
}
