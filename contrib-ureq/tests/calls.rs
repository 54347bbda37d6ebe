//! What is ureq's own: errors for statuses, bodies that are read in several ways.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use contrib_ureq::TraceMiddleware;
use testing::{Recorded, tag};
use tracer_core::{ENABLED, Status};
use ureq::http::Request;
use ureq::middleware::MiddlewareNext;
use ureq::{Agent, Body, Error, SendBody};

/// Answers each connection with these bytes, and closes it.
fn answering(reply: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                if connection.read(&mut byte).unwrap_or(0) == 0 {
                    break;
                }
                request.push(byte[0]);
            }
            // Whoever has left does not wait for it.
            let _ = connection.write_all(reply.as_bytes());
        }
    });
    address
}

const FOUND: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
const CUT: &str = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nhello";
const MISSING: &str = "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno";

fn traced(recorded: &Recorded) -> TraceMiddleware {
    TraceMiddleware::new().with_tracer(recorded.tracer.clone())
}

#[test]
fn a_status_that_is_an_error_is_the_status_that_it_is() {
    let recorded = Recorded::new();
    let config = Agent::config_builder().proxy(None).middleware(traced(&recorded));
    let agent: Agent = config.build().into();
    let result = agent.get(format!("http://{}/items/7", answering(MISSING))).call();
    assert!(matches!(result, Err(Error::StatusCode(404))));
    if !ENABLED {
        return;
    }
    let span = recorded.one();
    assert_eq!(
        (tag(&span, "http.response.status_code"), tag(&span, "error.type")),
        ("404".into(), "404".into())
    );
    assert_eq!((&*span.name, span.status.clone()), ("GET", Status::ERROR));
    assert!(span.events().is_empty(), "it has come to its end");
}

#[test]
fn a_body_reads_as_without_tracing() {
    let recorded = Recorded::new();
    let url = format!("http://{}/items/7?token=hush", answering(FOUND));
    let mut response = support::agent(traced(&recorded)).get(&url).call().unwrap();
    assert_eq!(response.headers()["content-length"], "5");
    assert_eq!(response.body().mime_type(), Some("text/plain"));
    assert_eq!((response.body().content_length(), response.body().charset()), unknown());
    assert_eq!(response.body_mut().read_to_string().unwrap(), "hello");
    if !ENABLED {
        return;
    }
    let span = recorded.one();
    assert_eq!(span.status, Status::Unset);
    assert!(span.events().is_empty(), "{:?}", span.events());
    assert!(tag(&span, "url.full").ends_with("/items/7?token=REDACTED"), "{:?}", span.tags);
}

/// What a body that is read through does not know, compiled out it does.
fn unknown() -> (Option<u64>, Option<&'static str>) {
    if ENABLED { (None, None) } else { (Some(5), Some("utf-8")) }
}

#[test]
fn an_empty_answer_is_complete_unread() {
    const EMPTY: &str = "HTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let recorded = Recorded::new();
    let agent = support::agent(traced(&recorded));
    drop(agent.put(format!("http://{}/", answering(EMPTY))).send("x").unwrap());
    if ENABLED {
        let span = recorded.one();
        assert!(span.events().is_empty() && span.status == Status::Unset, "{span:?}");
        assert_eq!(tag(&span, "http.response.body.size"), "");
    }
}

/// Whoever reads byte by byte, as ureq's own JSON does, does not pay for each of them.
#[test]
fn a_body_is_read_in_pieces() {
    struct Counted(Arc<AtomicUsize>, usize);
    impl Read for Counted {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            self.0.fetch_add(1, Ordering::Relaxed);
            let read = buf.len().min(self.1);
            self.1 -= read;
            Ok(read)
        }
    }
    let recorded = Recorded::new();
    let reads = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&reads);
    let below = move |request: Request<SendBody<'_>>, next: MiddlewareNext<'_>| {
        let reader = Counted(Arc::clone(&counted), 20_000);
        next.handle(request).map(|head| head.map(|_| Body::builder().reader(reader)))
    };
    let config = Agent::config_builder().proxy(None).middleware(traced(&recorded));
    let agent: Agent = config.middleware(below).build().into();
    let mut response = agent.get(format!("http://{}/", answering(FOUND))).call().unwrap();
    let (mut reader, mut total) = (response.body_mut().as_reader(), 0);
    while reader.read(&mut [0]).unwrap() > 0 {
        total += 1;
    }
    assert_eq!(total, 20_000);
    if ENABLED {
        assert!(reads.load(Ordering::Relaxed) < 20, "{reads:?}");
        assert!(recorded.one().events().is_empty());
    }
}

#[test]
fn a_body_that_breaks_off_is_an_error_here_and_there() {
    let recorded = Recorded::new();
    let url = format!("http://{}/", answering(CUT));
    let mut response = support::agent(traced(&recorded)).get(&url).call().unwrap();
    assert!(response.body_mut().read_to_string().is_err());
    if !ENABLED {
        return;
    }
    let span = recorded.one();
    assert!(span.status.is_error() && !tag(&span, "error.type").is_empty(), "{:?}", span.tags);
}

#[test]
fn a_body_of_which_nothing_is_to_be_seen_is_left_as_it_is() {
    let recorded = Recorded::new();
    let agent = support::agent(traced(&recorded).end_on_headers());
    let response = agent.get(format!("http://{}/", answering(FOUND))).call().unwrap();
    assert_eq!(response.body().content_length(), Some(5));
    if ENABLED {
        assert_eq!(recorded.one().status, Status::Unset, "ended with the head");
    }
    drop(response);
}

#[test]
fn hooks_see_both_heads() {
    let recorded = Recorded::new();
    let middleware = traced(&recorded)
        .with_name(|request| (request.uri().path() == "/search").then(|| "GET /search".into()))
        .with_error_status(|status| status >= 500)
        .on_request(|span, request| {
            span.set_tag("app.query", request.uri().query().is_some());
        })
        .on_response(|span, response| {
            span.set_tag("app.headers", response.headers().len());
        });
    let agent = support::agent(middleware);
    let mut response =
        agent.get(format!("http://{}/search?q=1", answering(MISSING))).call().unwrap();
    response.body_mut().read_to_vec().unwrap();
    if !ENABLED {
        return;
    }
    let span = recorded.one();
    assert_eq!((&*span.name, span.status.clone()), ("GET /search", Status::Unset));
    assert_eq!((tag(&span, "app.query"), tag(&span, "app.headers")), ("true".into(), "2".into()));
}
