//! Off, by the switch or compiled out: nothing is sent, nobody is connected to.

mod support;

use support::{WAIT, fates, report, reporter, spans, tracer_for};
use testing::collector::Collector;

#[test]
fn a_tracer_that_is_off_sends_nothing() {
    let collector = Collector::start();
    let tracer = tracer_for(reporter(&collector.endpoint()));
    tracer.set_enabled(false);
    assert_eq!(fates(&report(&tracer, 100)), [0, 0, 0, 0]);
    tracer.shutdown(WAIT).unwrap();
    assert_eq!((collector.connections(), collector.requests().len()), (0, 0));
}

#[test]
fn compiled_out_sends_nothing() {
    let collector = Collector::start();
    let tracer = tracer_for(reporter(&collector.endpoint()));
    spans(&tracer, 100);
    tracer.shutdown(WAIT).unwrap();
    let sent = if support::off() { 0 } else { 100 };
    assert_eq!((tracer.books().reported, collector.span_count()), (sent, sent));
}
