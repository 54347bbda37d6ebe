//! Asks a server by its URL, in its own language.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

pub fn assert_answers(url: &str) {
    let (scheme, _) = url.split_once("://").unwrap();
    match scheme {
        "redis" => assert_eq!(begin(url, b"PING\r\n"), *b"+PONG\r\n"),
        // A frame with the first method, on channel 0.
        "amqp" => assert_eq!(begin(url, b"AMQP\0\0\x09\x01")[..3], [1, 0, 0]),
        "mysql" => {
            let port = format!("--port={}", port(url));
            let mut client = Command::new("mariadb");
            client.args(["--no-defaults", "--protocol=tcp", "--host=127.0.0.1", "--user=root"]);
            assert_says_one(client.args([&port, "-N", "-e", "SELECT 1", database(url)]));
        }
        "postgres" => assert_says_one(Command::new("psql").args(["-tAX", url, "-c", "SELECT 1"])),
        other => panic!("{other}"),
    }
}

/// The first bytes that come back.
fn begin(url: &str, question: &[u8]) -> [u8; 7] {
    let mut stream = TcpStream::connect(("127.0.0.1", port(url))).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.write_all(question).unwrap();
    let mut answer = [0; 7];
    stream.read_exact(&mut answer).unwrap();
    answer
}

fn assert_says_one(client: &mut Command) {
    let output = client.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(text.trim(), "1", "{}", String::from_utf8_lossy(&output.stderr));
}

fn port(url: &str) -> u16 {
    let (address, _) = url.rsplit_once('/').unwrap();
    address.rsplit_once(':').unwrap().1.parse().unwrap()
}

fn database(url: &str) -> &str {
    url.rsplit_once('/').unwrap().1
}
