//! Bytes that no client library sends.
#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use stand_ins::RedisStandIn;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What comes back, until the server closes the connection or the client has nothing to say.
async fn exchange(server: &RedisStandIn, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    // The server may have had enough before this is through.
    let _ = stream.write_all(bytes).await;
    let _ = stream.shutdown().await;
    let mut reply = Vec::new();
    let read = stream.read_to_end(&mut reply);
    let _ = tokio::time::timeout(Duration::from_secs(10), read).await.unwrap();
    reply.escape_ascii().to_string()
}

#[tokio::test]
async fn malformed_requests_are_told_so_and_left() {
    let server = RedisStandIn::start().await.unwrap();
    let ping = r"+PONG\r\n";
    for (bytes, expected) in [
        (&b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"[..], r"expected \'*\', got \'G\'"),
        (b"*2147483647\r\n", "invalid multibulk length"),
        (b"*1\r\n$2147483647\r\n", "invalid bulk length"),
        (b"*1\r\n$-1\r\n", "invalid bulk length"),
        (b"*1\r\n$1\r\nabc\r\n", "expected the end of a bulk string"),
        (b"*1\r\n*1\r\n$4\r\nPING\r\n", r"expected \'$\', got \'*\'"),
    ] {
        let expected = format!(r"-ERR Protocol error: {expected}\r\n");
        assert_eq!(exchange(&server, bytes).await, expected);
        // What came before is answered, what comes after is not.
        let pings = b"*1\r\n$4\r\nPING\r\n";
        let all = [pings, bytes, pings].concat();
        assert_eq!(exchange(&server, &all).await, format!("{ping}{expected}"));
    }
}

#[tokio::test]
async fn requests_that_end_in_the_middle() {
    let server = RedisStandIn::start().await.unwrap();
    let request = b"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n";
    for end in 0..request.len() {
        let (part, _) = request.split_at(end);
        assert_eq!(exchange(&server, part).await, "", "{end}");
    }
    assert_eq!(exchange(&server, b"*2\r\n$3\r\nGET\r\n$1\r\na\r\n").await, r"$-1\r\n");
    assert_eq!(
        exchange(&server, b"*0\r\n*1\r\n$0\r\n\r\n").await,
        r"-ERR unknown command \'\'\r\n"
    );
}

#[tokio::test]
async fn many_commands_at_once() {
    let server = RedisStandIn::start().await.unwrap();
    let incr = b"*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n".repeat(20_000);
    assert!(exchange(&server, &incr).await.ends_with(r":20000\r\n"));
    let quit = b"*1\r\n$4\r\nQUIT\r\n*1\r\n$4\r\nPING\r\n";
    assert_eq!(exchange(&server, quit).await, r"+OK\r\n");
}

/// Words that mean something to the server, in any order, and bytes that mean nothing.
fn argument() -> impl Strategy<Value = Vec<u8>> {
    let words = "MULTI|EXEC|DISCARD|SET|GET|INCR|EXPIRE|LRANGE|HSET|SELECT|EX|PX|NX|KEYS|HELLO";
    prop_oneof![
        words.prop_map(String::into_bytes),
        "[a-c*]|-?[0-9]{1,20}".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..8),
    ]
}

fn packed(commands: &[Vec<Vec<u8>>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for command in commands {
        bytes.extend(format!("*{}\r\n", command.len()).bytes());
        for argument in command {
            bytes.extend(format!("${}\r\n", argument.len()).bytes());
            bytes.extend([argument, &b"\r\n"[..]].concat());
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// One reply a command, whatever the commands are, and the server is there afterwards.
    #[test]
    fn any_commands(
        commands in prop::collection::vec(prop::collection::vec(argument(), 1..6), 1..30)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let server = RedisStandIn::start().await.unwrap();
            let echo: Vec<Vec<u8>> = vec![b"DISCARD".to_vec()];
            let last = vec![b"ECHO".to_vec(), b"the last".to_vec()];
            let bytes = [packed(&commands), packed(&[echo, last])].concat();
            let reply = exchange(&server, &bytes).await;
            prop_assert!(reply.ends_with(r"$8\r\nthe last\r\n"), "{}", reply);
            Ok(())
        })?;
    }
}
