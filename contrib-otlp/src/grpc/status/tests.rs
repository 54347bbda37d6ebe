use super::*;

use proptest::prelude::*;
use prost::Message;

/// `google.rpc.Status` and what it holds, by another road.
#[derive(Clone, PartialEq, Message)]
struct RpcStatus {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
    #[prost(message, repeated, tag = "3")]
    details: Vec<Any>,
}

#[derive(Clone, PartialEq, Message)]
struct Any {
    #[prost(string, tag = "1")]
    type_url: String,
    #[prost(bytes = "vec", tag = "2")]
    value: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
struct RetryInfo {
    #[prost(message, optional, tag = "1")]
    retry_delay: Option<Delay>,
}

#[derive(Clone, PartialEq, Message)]
struct Delay {
    #[prost(int64, tag = "1")]
    seconds: i64,
    #[prost(int32, tag = "2")]
    nanos: i32,
}

fn any(kind: &str, value: Vec<u8>) -> Any {
    Any { type_url: format!("type.googleapis.com/google.rpc.{kind}"), value }
}

fn details(details: Vec<Any>) -> Vec<u8> {
    RpcStatus { code: 8, message: "slow down".into(), details }.encode_to_vec()
}

fn delay(seconds: i64, nanos: i32) -> Option<Duration> {
    let info = RetryInfo { retry_delay: Some(Delay { seconds, nanos }) };
    let debug = any("DebugInfo", vec![0xff; 3]);
    retry_delay(&details(vec![debug, any("RetryInfo", info.encode_to_vec())]))
}

fn status(code: &str, message: &str) -> Status {
    let mut headers = HeaderMap::new();
    headers.insert("grpc-status", code.parse().unwrap());
    headers.insert("grpc-message", message.parse().unwrap());
    Status::of(&headers).unwrap()
}

#[test]
fn s3_a_retry_info_is_read_whatever_it_says() {
    assert_eq!(delay(3, 500_000_000), Some(Duration::from_millis(3_500)));
    assert_eq!(delay(0, 0), Some(Duration::ZERO));
    assert_eq!(delay(-1, 5), Some(Duration::ZERO));
    assert_eq!(delay(1, -5), Some(Duration::from_secs(1)));
    assert_eq!(delay(i64::MAX, i32::MAX), Some(Duration::new(i64::MAX as u64, 999_999_999)));
    let empty = RetryInfo { retry_delay: None }.encode_to_vec();
    assert_eq!(retry_delay(&details(vec![any("RetryInfo", empty)])), Some(Duration::ZERO));
}

#[test]
fn what_is_no_retry_info_asks_for_nothing() {
    assert_eq!(retry_delay(&[]), None);
    assert_eq!(retry_delay(&[0xff; 20]), None);
    assert_eq!(retry_delay(&details(vec![any("QuotaFailure", vec![])])), None);
    assert_eq!(retry_delay(&details(vec![any("RetryInfo", vec![0xff; 3])])), None);
}

#[test]
fn details_that_are_no_base64_are_passed_over() {
    let mut headers = HeaderMap::new();
    headers.insert("grpc-status", "8".parse().unwrap());
    headers.insert("grpc-status-details-bin", "!!".parse().unwrap());
    let status = Status::of(&headers).unwrap();
    assert_eq!(status, Status { code: 8, too_large: false, retry: None });
}

#[test]
fn what_is_no_code_is_unknown() {
    for bad in ["", "x", "-1", "256", "1e1"] {
        assert_eq!(status(bad, "").code, 2, "{bad}");
    }
    assert_eq!(Status::of(&HeaderMap::new()), None);
    assert_eq!(status("99", "").judge().0, Attempt::Failed);
}

#[test]
fn the_codes_of_the_specification_are_tried_again_and_no_others() {
    for code in 1..=16 {
        let mut status = status(&code.to_string(), "");
        let again = matches!(status.judge().0, Attempt::Again { .. });
        assert_eq!(again, [1, 4, 10, 11, 14, 15].contains(&code), "{code}");
        // A time to come back makes one more: the server expects to recover.
        let after = Some(Duration::from_secs(2));
        status.retry = after;
        let attempt = status.judge().0;
        let again = attempt == Attempt::Again { after, perhaps_taken: false };
        assert_eq!(again, [1, 4, 8, 10, 11, 14, 15].contains(&code), "{code}");
    }
}

#[test]
fn servers_say_too_large_in_different_words() {
    for (code, words) in [
        ("8", "grpc: received message larger than max (5 vs. 4)"),
        ("8", "CLIENT: Received%20message%20larger%20than%20max"),
        ("8", "gRPC message exceeds maximum size 4: 5"),
        ("11", "Error, decoded message length too large: found 5 bytes, the limit is: 4 bytes"),
    ] {
        assert_eq!(status(code, words).judge().0, Attempt::TooLarge, "{words}");
    }
    assert_eq!(status("8", "quota spent").judge().0, Attempt::Refused);
    assert_eq!(status("3", "name too large").judge().0, Attempt::Refused);
}

#[test]
fn proxies_are_understood() {
    for status in [429, 502, 503, 504] {
        assert!(matches!(judge_http(status).0, Attempt::Again { .. }), "{status}");
    }
    assert_eq!(judge_http(413).0, Attempt::TooLarge);
    assert_eq!(judge_http(401).0, Attempt::Refused);
    assert_eq!(judge_http(400).0, Attempt::Failed);
    assert_eq!(judge_http(500).0, Attempt::Failed);
}

proptest! {
    #[test]
    fn noise_never_panics(
        code in "[0-9]{0,4}",
        words in "[ -~]{0,40}",
        details in prop::collection::vec(0..=u8::MAX, 0..80),
        text in "[ -~]{0,80}",
    ) {
        let mut headers = HeaderMap::new();
        headers.insert("grpc-status", code.parse().unwrap());
        headers.insert("grpc-message", words.parse().unwrap());
        headers.insert("grpc-status-details-bin", text.parse().unwrap());
        let _ = Status::of(&headers).unwrap().judge();
        let _ = retry_delay(&details);
        let _ = retry_info(&details);
        let _ = duration(&details);
    }
}
