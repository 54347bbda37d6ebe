//! Who is called.

mod support;

use serde_json::{Value as Json, json};
use support::sent;
use tracer_core::semconv::peer::{Peer, RANKED};
use tracer_core::{SpanKind, Value};

/// The remote endpoint of a span of this kind with these tags.
fn remote(kind: SpanKind, tags: &[(&'static str, Value)]) -> Json {
    let mut span = sent(|tracer| {
        let span = tracer.span("x").kind(kind).root().start();
        for (key, value) in tags {
            span.set_tag(*key, value.clone());
        }
    });
    span["remoteEndpoint"].take()
}

#[test]
fn the_ranking_of_the_specification_holds() {
    if support::off() {
        return;
    }
    let expected = [
        "peer.service",
        "server.address",
        "net.peer.name",
        "network.peer.address",
        "server.socket.domain",
        "server.socket.address",
        "net.sock.peer.name",
        "net.sock.peer.addr",
        "peer.hostname",
        "peer.address",
        "db.name",
    ];
    assert_eq!(RANKED.map(|peer| peer.key()), expected);
    for (rank, key) in expected.into_iter().enumerate() {
        // The last one is set first.
        let tags: Vec<_> = expected[rank..].iter().rev().map(|key| (*key, (*key).into())).collect();
        assert_eq!(remote(SpanKind::Client, &tags), json!({"serviceName": key}));
    }
}

#[test]
fn addresses_are_told_from_names() {
    if support::off() {
        return;
    }
    for (text, expected) in [
        ("stock.svc", json!({"serviceName": "stock.svc"})),
        ("stock.svc:80", json!({"serviceName": "stock.svc:80"})),
        ("bücher.example", json!({"serviceName": "bücher.example"})),
        ("/run/postgres.sock", json!({"serviceName": "/run/postgres.sock"})),
        ("10.0.0.1", json!({"ipv4": "10.0.0.1"})),
        ("2001:db8::c001", json!({"ipv6": "2001:db8::c001"})),
        ("::ffff:10.0.0.1", json!({"ipv4": "10.0.0.1"})),
        ("10.0.0.1:80", json!({"ipv4": "10.0.0.1", "port": 80})),
        ("[::1]:80", json!({"ipv6": "::1", "port": 80})),
        ("10.0.0.1:0", json!({"ipv4": "10.0.0.1"})),
        ("10.0.0.256", json!({"serviceName": "10.0.0.256"})),
    ] {
        for key in ["server.address", "peer.address", "network.peer.address"] {
            assert_eq!(remote(SpanKind::Client, &[(key, text.into())]), expected, "{key} {text}");
        }
        // A name stays one.
        let named = json!({"serviceName": text});
        assert_eq!(remote(SpanKind::Client, &[("peer.service", text.into())]), named);
    }
}

#[test]
fn a_port_stands_beside_its_address() {
    if support::off() {
        return;
    }
    let sockets = RANKED.iter().filter_map(|peer| match peer {
        Peer::Socket { address, port } => Some((*address, *port)),
        _ => None,
    });
    for (address, port) in sockets {
        for (value, expected) in [
            (Value::from(5432), json!(5432)),
            ("5432".into(), json!(5432)),
            (1.into(), json!(1)),
            (65_535.into(), json!(65_535)),
            (0.into(), Json::Null),
            (65_536.into(), Json::Null),
            ((-1).into(), Json::Null),
            ("http".into(), Json::Null),
            (80.5.into(), Json::Null),
        ] {
            let tags = [(address, "10.0.0.1".into()), (port, value.clone())];
            let endpoint = remote(SpanKind::Client, &tags);
            assert_eq!(endpoint["ipv4"], "10.0.0.1");
            assert_eq!(endpoint["port"], expected, "{value:?}");
            let tags = [(address, "db".into()), (port, value)];
            let endpoint = remote(SpanKind::Client, &tags);
            assert_eq!((&endpoint["serviceName"], &endpoint["port"]), (&"db".into(), &expected));
        }
        // A port alone is nobody.
        assert_eq!(remote(SpanKind::Client, &[(port, 80.into())]), Json::Null);
    }
}

#[test]
fn what_says_nothing_is_passed_over() {
    if support::off() {
        return;
    }
    let tags =
        [("peer.service", "".into()), ("server.address", 7.into()), ("peer.hostname", "h".into())];
    assert_eq!(remote(SpanKind::Client, &tags), json!({"serviceName": "h"}));
    assert_eq!(remote(SpanKind::Client, &[]), Json::Null);
}

#[test]
fn only_who_calls_has_a_remote_end() {
    if support::off() {
        return;
    }
    for (kind, has) in [
        (SpanKind::Client, true),
        (SpanKind::Producer, true),
        (SpanKind::Internal, false),
        (SpanKind::Server, false),
        (SpanKind::Consumer, false),
    ] {
        let endpoint = remote(kind, &[("server.address", "host".into())]);
        assert_eq!(endpoint != Json::Null, has, "{kind:?}");
    }
}
