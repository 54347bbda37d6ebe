//! What is asked for comes whole, or not at all, in bounded time and memory.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use contrib_http::{Client, Endpoint, Settings, Why};
use testing::collector::{Collector, Fault, Refusing};

const SECOND: Duration = Duration::from_secs(1);

fn client(url: &str) -> Client {
    Client::new(&Settings::new(Endpoint::exact(url).unwrap()), "test/1")
}

/// What comes of a request that meets this fault, with a second's time and a hundred bytes' room.
fn once(fault: Fault) -> Result<Vec<u8>, Why> {
    let collector = Collector::start();
    collector.next([fault]);
    let began = Instant::now();
    let client = client(&collector.endpoint());
    let got = client.get(SECOND, 100);
    assert!(began.elapsed() < SECOND * 10, "{:?}", began.elapsed());
    // Whatever it was, it is over.
    assert_eq!(client.get(SECOND, 100).unwrap(), b"");
    got
}

#[test]
fn a_request_looks_as_it_should() {
    let collector = Collector::start();
    let url = format!("http://u:p@{}/sampling?x=y", collector.address());
    let endpoint = Endpoint::exact(&url).unwrap().with_query("service", "my shop").unwrap();
    let mut settings = Settings::new(endpoint);
    settings.set_header("x-token", "t0k");
    let client = Client::new(settings.checked().unwrap(), "test/1");
    for _ in 0..3 {
        assert_eq!(client.get(SECOND, 100).unwrap(), b"");
    }
    assert_eq!(collector.connections(), 1, "the connection is kept");
    let requests = collector.requests();
    let request = &requests[2];
    assert_eq!(request.method, "GET");
    assert_eq!(request.path, "/sampling?x=y&service=my%20shop");
    assert_eq!(request.header("user-agent"), Some("test/1"));
    assert_eq!(request.header("authorization"), Some("Basic dTpw"));
    assert_eq!(request.header("x-token"), Some("t0k"));
    assert_eq!(request.header("accept-encoding"), None);
    let text = format!("{client:?} {settings:?}");
    for secret in ["u:p", "dTpw", "t0k", "sampling", "my"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[test]
fn content_up_to_the_limit_is_handed_over() {
    for len in [0, 1, 99, 100] {
        assert_eq!(once(Fault::Reply(vec![7; len])), Ok(vec![7; len]));
    }
}

#[test]
fn content_over_the_limit_is_not_read() {
    let too_long = Err(Why::Text("the reply is too long"));
    assert_eq!(once(Fault::Reply(vec![7; 101])), too_long);
    assert_eq!(once(Fault::Reply(vec![7; 1 << 20])), too_long);
    assert_eq!(once(Fault::EndlessBody { code: 200 }), too_long);
}

#[test]
fn another_status_is_an_error() {
    for code in [304, 400, 404, 429, 500, 503] {
        assert_eq!(once(Fault::status(code)), Err(Why::Status(code)));
        if code != 304 {
            assert_eq!(once(Fault::EndlessBody { code }), Err(Why::Status(code)));
        }
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let other = Collector::start();
    for code in [301, 302, 303, 307, 308] {
        let to = other.endpoint();
        assert_eq!(once(Fault::Redirect { code, to }), Err(Why::Status(code)));
    }
    assert_eq!(other.connections(), 0);
}

#[test]
fn what_takes_too_long_ends_at_the_timeout() {
    for fault in [Fault::Hang, Fault::HangUnread, Fault::SlowLoris] {
        assert_eq!(once(fault), Err(Why::Text("no answer in time")));
    }
    let collector = Collector::start();
    collector.next([Fault::SlowBody]);
    let began = Instant::now();
    let got = client(&collector.endpoint()).get(SECOND / 2, 1 << 20);
    assert_eq!(got, Err(Why::Text("no answer in time")));
    assert!(began.elapsed() < SECOND * 10, "{:?}", began.elapsed());
}

#[test]
fn what_breaks_off_is_an_error() {
    let cut = once(Fault::CloseInReply);
    assert!(matches!(cut, Err(Why::Io(_))), "{cut:?}");
    let closed = once(Fault::CloseUnanswered);
    assert!(matches!(closed, Err(Why::Io(_))), "{closed:?}");
    assert_eq!(once(Fault::NoHttp), Err(Why::Text("no valid HTTP reply")));
    assert_eq!(once(Fault::ManyHeaders(1_000)), Err(Why::Text("no valid HTTP reply")));
    let nobody = Refusing::start();
    let refused = client(&nobody.endpoint()).get(SECOND, 100);
    assert_eq!(refused, Err(Why::Io(ErrorKind::ConnectionRefused)));
}

#[test]
fn times_without_an_end_are_cut() {
    let collector = Collector::start();
    let client = client(&collector.endpoint());
    assert_eq!(client.get(Duration::MAX, usize::MAX), Ok(vec![]));
    assert!(client.get(Duration::ZERO, 100).is_err());
}
