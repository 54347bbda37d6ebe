//! A receiver of OTLP over HTTP that counts spans, in a process of its own: its work is not the
//! tracer's.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::harness::child;

/// What asks it for its count.
const COUNT: &str = "/count";

/// Serves until the process that has started it is gone.
pub fn serve() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?.port());
    let spans = Arc::new(AtomicU64::new(0));
    let counting = Arc::clone(&spans);
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let spans = Arc::clone(&counting);
            thread::spawn(move || {
                // A connection that breaks is the sender's to tell of.
                let _ = answer(connection, &spans);
            });
        }
    });
    io::copy(&mut io::stdin(), &mut io::sink()).map(drop)
}

/// Answers requests until the connection is closed.
fn answer(connection: TcpStream, spans: &AtomicU64) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let mut output = connection.try_clone()?;
    let mut input = BufReader::new(connection);
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        if input.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let wants_count = line.contains(COUNT);
        let mut length = 0;
        while line.trim() != "" {
            line.clear();
            input.read_line(&mut line)?;
            let Some((name, value)) = line.split_once(':') else { continue };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
        }
        body.resize(length, 0);
        input.read_exact(&mut body)?;
        let reply = if wants_count {
            spans.load(Ordering::Relaxed).to_string()
        } else {
            spans.fetch_add(count_spans(&body), Ordering::Relaxed);
            String::new()
        };
        let length = reply.len();
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: ";
        output.write_all(format!("{head}{length}\r\n\r\n{reply}").as_bytes())?;
    }
}

/// Spans in an `ExportTraceServiceRequest`: field 1 (resource spans), in it field 2 (scope spans),
/// in it field 2 (spans).
fn count_spans(request: &[u8]) -> u64 {
    let scopes = fields(request, 1).flat_map(|resource| fields(resource, 2));
    scopes.map(|scope| fields(scope, 2).count() as u64).sum()
}

/// The length-delimited fields of this number in a protobuf message.
fn fields(mut message: &[u8], number: u64) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        loop {
            let key = varint(&mut message)?;
            let length = match key & 7 {
                0 => {
                    varint(&mut message)?;
                    0
                }
                1 => 8,
                2 => usize::try_from(varint(&mut message)?).ok()?,
                5 => 4,
                _ => return None,
            };
            let (field, rest) = message.split_at_checked(length)?;
            message = rest;
            if key == number << 3 | 2 {
                return Some(field);
            }
        }
    })
}

fn varint(message: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = message.split_first()?;
        *message = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

/// A receiver that this process has started, and that ends with it.
pub struct Remote {
    child: Child,
    port: u16,
}

impl Remote {
    pub fn start() -> io::Result<Self> {
        let mut command = Command::new(child::own_path());
        command.arg("receiver").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let output = child.stdout.take().ok_or_else(|| io::Error::other("no output"))?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let port = line.trim().parse().map_err(io::Error::other)?;
        Ok(Self { child, port })
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Spans that have arrived.
    pub fn spans(&self) -> u64 {
        self.ask().unwrap_or_else(|error| panic!("the receiver: {error}"))
    }

    fn ask(&self) -> io::Result<u64> {
        let mut connection = TcpStream::connect(("127.0.0.1", self.port))?;
        connection.write_all(format!("GET {COUNT} HTTP/1.1\r\n\r\n").as_bytes())?;
        connection.shutdown(std::net::Shutdown::Write)?;
        let mut reply = String::new();
        connection.read_to_string(&mut reply)?;
        let count = reply.lines().last().unwrap_or_default();
        count.parse().map_err(io::Error::other)
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_counted() {
        // One resource; two scopes with two spans and one; a field of another kind between them.
        let request = [
            0x0a, 16, // resource spans
            0x12, 6, 0x12, 1, 0xff, 0x12, 1, 0xff, // scope spans with two
            0x08, 0x96, 0x01, // a number
            0x12, 3, 0x12, 1, 0xff, // scope spans with one
        ];
        assert_eq!(count_spans(&request), 3);
        assert_eq!(count_spans(&request[..5]), 0, "what is cut off is no span");
    }
}
