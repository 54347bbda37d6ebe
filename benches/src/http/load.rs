//! The load: connections that are kept open, each with one request at a time.

use std::io;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::app;
use crate::harness::cpu;

const CONNECTIONS: usize = 32;
/// Where it runs.
const PROCESSOR: usize = 1;

/// What the load has seen.
pub struct Seen {
    pub requests: u64,
    pub time: Duration,
    /// Of each request, in no order.
    pub latencies: Vec<Duration>,
}

impl Seen {
    /// With the first one of each connection, which is not timed.
    pub const fn all_requests(&self) -> u64 {
        self.requests + CONNECTIONS as u64
    }
}

/// Loads a server for this long, from a thread of its own. Waits for all answers.
pub fn run(port: u16, sampled: bool, time: Duration) -> io::Result<Seen> {
    let load = move || {
        cpu::pin(PROCESSOR);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(all(port, sampled, time))
    };
    std::thread::spawn(load).join().unwrap_or_else(|_| Err(io::Error::other("the load panicked")))
}

async fn all(port: u16, sampled: bool, time: Duration) -> io::Result<Seen> {
    let began = Instant::now();
    let one = || tokio::spawn(connection(port, sampled, began + time));
    let connections: Vec<_> = (0..CONNECTIONS).map(|_| one()).collect();
    let mut latencies = Vec::new();
    for connection in connections {
        latencies.extend(connection.await.map_err(io::Error::other)??);
    }
    Ok(Seen { requests: latencies.len() as u64, time: began.elapsed(), latencies })
}

async fn connection(port: u16, sampled: bool, end: Instant) -> io::Result<Vec<Duration>> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    let request = request(sampled);
    // All answers are as long as the first one.
    stream.write_all(request.as_bytes()).await?;
    let mut answer = first_answer(&mut stream).await?;
    let mut latencies = vec![];
    loop {
        let began = Instant::now();
        if began >= end {
            return Ok(latencies);
        }
        stream.write_all(request.as_bytes()).await?;
        stream.read_exact(&mut answer).await?;
        if !answer.starts_with(b"HTTP/1.1 200") || answer.last() != Some(&b'}') {
            return Err(io::Error::other("an answer that is none"));
        }
        latencies.push(began.elapsed());
    }
}

fn request(sampled: bool) -> String {
    let mut request = format!("GET {} HTTP/1.1\r\n", app::TARGET);
    let traceparent = ("traceparent", app::traceparent(sampled));
    for (name, value) in app::HEADERS.into_iter().chain([traceparent]) {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request + "\r\n"
}

/// Reads until the body, which ends with a brace, is there.
async fn first_answer(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut answer = Vec::new();
    while answer.last() != Some(&b'}') {
        if stream.read_buf(&mut answer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(answer)
}
