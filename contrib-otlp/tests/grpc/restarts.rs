//! Receivers that go and come back.

use std::net::SocketAddr;
use std::time::Duration;

use testing::collector::Collector;

use crate::support::grpc::Receiver;
use crate::support::{self, WAIT, books, fates, grpc_reporter, report, spans, tracer_for};

/// A port that nobody else gets meanwhile.
fn port() -> SocketAddr {
    Collector::start_on_fixed_port().address()
}

#[test]
fn a_restarted_receiver_gets_the_next_batch() {
    if support::off() {
        return;
    }
    let receiver = Receiver::start_at(port(), usize::MAX);
    let address = receiver.address();
    let builder = grpc_reporter(&receiver.endpoint()).max_elapsed(Duration::from_millis(250));
    let tracer = tracer_for(builder);
    assert_eq!(fates(&report(&tracer, 5)), [5, 0, 0, 0]);
    drop(receiver);
    assert_eq!(report(&tracer, 6).reported, 5);
    let receiver = Receiver::start_at(address, usize::MAX);
    let books = report(&tracer, 7);
    assert_eq!(books.reported, 12);
    assert_eq!(receiver.span_count(), 7);
    assert_eq!(books.dropped() + books.outcome_unknown, 6);
}

#[test]
fn a_receiver_that_restarts_between_two_batches_is_called_once() {
    if support::off() {
        return;
    }
    let receiver = Receiver::start_at(port(), usize::MAX);
    let address = receiver.address();
    let tracer = tracer_for(grpc_reporter(&receiver.endpoint()));
    assert_eq!(fates(&report(&tracer, 5)), [5, 0, 0, 0]);
    drop(receiver);
    let receiver = Receiver::start_at(address, usize::MAX);
    // Whatever came in while nothing was sent: the end of the old connection.
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(fates(&report(&tracer, 7)), [12, 0, 0, 0]);
    assert_eq!((receiver.span_count(), receiver.calls()), (7, 1));
}

#[test]
fn a_receiver_that_restarts_in_time_costs_nothing() {
    if support::off() {
        return;
    }
    let receiver = Receiver::start_at(port(), usize::MAX);
    let address = receiver.address();
    let tracer = tracer_for(grpc_reporter(&receiver.endpoint()));
    drop(receiver);
    spans(&tracer, 9);
    std::thread::scope(|scope| {
        let flush = scope.spawn(|| tracer.flush(WAIT));
        std::thread::sleep(Duration::from_millis(300));
        let receiver = Receiver::start_at(address, usize::MAX);
        flush.join().unwrap().unwrap();
        assert_eq!(receiver.span_count(), 9);
    });
    assert_eq!(fates(&books(&tracer)), [9, 0, 0, 0]);
}
