//! Compiled out, a traced channel is the channel and nothing more.

use contrib_amqp::{AmqpTracing, TracedChannel, TracedConfirm};
use lapin::{Channel, PublisherConfirm};

/// What tracing adds: the settings it shares, or nothing.
const ADDED: usize = if tracer_core::ENABLED { size_of::<usize>() } else { 0 };

const _: () = {
    assert!(size_of::<AmqpTracing>() == ADDED);
    assert!(size_of::<TracedChannel>() == size_of::<Channel>() + ADDED);
};

#[test]
fn a_confirm_takes_no_room() {
    let added = size_of::<TracedConfirm>() - size_of::<PublisherConfirm>();
    assert_eq!(added == 0, !tracer_core::ENABLED);
}

#[test]
fn settings_take_no_room() {
    let tracing = AmqpTracing::new().always_linked().with_filter(|_| true);
    assert_eq!(size_of_val(&tracing), ADDED);
    let said = format!("{tracing:?}");
    assert_eq!(said.contains("links: true"), tracer_core::ENABLED, "{said}");
}
