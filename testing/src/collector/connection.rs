//! The collector's threads: one that accepts, and one for each connection.

use std::io::{self, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceResponse,
};
use prost::Message;

use super::wire::{read_body, read_head, reply};
use super::{Fault, Shared, tally};

/// How often a thread that misbehaves looks whether it should end.
const TICK: Duration = Duration::from_millis(20);

pub(super) fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.is_stopping() {
            return;
        }
        let Ok(stream) = stream else { continue };
        let Ok(copy) = stream.try_clone() else {
            continue;
        };
        let id = shared.connections.fetch_add(1, Ordering::Relaxed);
        shared.state().open.insert(id, copy);
        let shared = Arc::clone(shared);
        std::thread::spawn(move || {
            // Errors are what clients that went away look like.
            let _ = serve(stream, &shared);
            shared.state().open.remove(&id);
        });
    }
}

/// Answers requests until the connection ends.
fn serve(mut stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    // A small buffer leaves the body in the kernel's, where a reset needs it.
    let mut input = BufReader::with_capacity(64, stream.try_clone()?);
    while let Some(mut seen) = read_head(&mut input)? {
        let fault = shared.next_fault();
        match fault {
            Fault::HangUnread => hang(shared),
            // Closing a socket with unread input resets the connection.
            Fault::ResetInRequest => return Ok(()),
            _ => {}
        }
        seen.body = read_body(&mut input, &seen)?;
        let spans = seen.decode()?;
        let fault = match fault {
            Fault::Limit(most) if seen.body.len() <= most => Fault::None,
            fault => fault,
        };
        let tally = shared.tally.as_ref();
        let tally = tally.map(|tally| (tally, tally::by_service(&seen.export)));
        shared.note(seen);
        let taken = match &fault {
            Fault::None | Fault::Slow(_) | Fault::Reply(_) => spans,
            Fault::Status { code, .. } if (200..300).contains(code) => spans,
            Fault::PartialSuccess { rejected, .. } => {
                spans.saturating_sub(u64::try_from(*rejected).unwrap_or(0))
            }
            _ => 0,
        };
        // Counted before the answer goes out: who has the answer finds the count.
        shared.state().accepted += taken;
        let tally = tally.filter(|_| taken == spans);
        if let Some((tally, services)) = &tally {
            tally.take(services);
        }
        let answered = answer(&mut stream, shared, &fault);
        if let (Err(_), Some((tally, services))) = (&answered, &tally) {
            tally.leave_unanswered(services);
        }
        if !answered? {
            return stream.shutdown(std::net::Shutdown::Both);
        }
    }
    Ok(())
}

/// False when the connection is to be closed.
fn answer(stream: &mut TcpStream, shared: &Shared, fault: &Fault) -> io::Result<bool> {
    let bytes = match fault {
        Fault::Slow(time) => {
            pause(shared, *time);
            return answer(stream, shared, &Fault::None);
        }
        Fault::None => reply(200, "content-type: application/x-protobuf\r\n", b""),
        Fault::Reply(body) => reply(200, "", body),
        Fault::PartialSuccess { rejected, message } => {
            let partial_success = Some(ExportTracePartialSuccess {
                rejected_spans: *rejected,
                error_message: message.clone(),
            });
            let response = ExportTraceServiceResponse { partial_success };
            reply(200, "", &response.encode_to_vec())
        }
        Fault::Status { code, retry_after } => {
            let header = retry_after.as_ref();
            let header = header.map(|value| format!("retry-after: {value}\r\n"));
            reply(*code, &header.unwrap_or_default(), b"")
        }
        Fault::Redirect { code, to } => reply(*code, &format!("location: {to}\r\n"), b""),
        Fault::Limit(_) => reply(413, "", b""),
        Fault::Bomb => reply(200, "content-encoding: gzip\r\n", &bomb()?),
        Fault::ManyHeaders(count) => {
            let headers: String = (0..*count).map(|i| format!("x-{i}: {i}\r\n")).collect();
            reply(200, &headers, b"")
        }
        Fault::NoHttp => b"220 mail.example ESMTP\r\n\r\n".to_vec(),
        Fault::Hang | Fault::HangUnread => {
            hang(shared);
            return Ok(false);
        }
        Fault::SlowLoris => {
            stream.write_all(b"HTTP/1.1 200 -\r\nx-endless: ")?;
            return trickle(stream, shared, b"a", TICK);
        }
        Fault::SlowBody => {
            stream.write_all(b"HTTP/1.1 200 -\r\n\r\n")?;
            return trickle(stream, shared, b"a", TICK);
        }
        Fault::EndlessBody { code } => {
            let head = format!("HTTP/1.1 {code} -\r\ncontent-type: text/plain\r\n\r\n");
            stream.write_all(head.as_bytes())?;
            return trickle(stream, shared, &[0; 16 << 10], Duration::ZERO);
        }
        Fault::CloseInReply => {
            stream.write_all(b"HTTP/1.1 200 -\r\ncontent-length: 100\r\n\r\nhalf")?;
            return Ok(false);
        }
        Fault::CloseUnanswered | Fault::ResetInRequest => return Ok(false),
    };
    stream.write_all(&bytes)?;
    Ok(*fault != Fault::NoHttp)
}

fn bomb() -> io::Result<Vec<u8>> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(&vec![0; 10 << 20])?;
    packer.finish()
}

fn hang(shared: &Shared) {
    pause(shared, Duration::MAX);
}

/// Waits this long, or until the collector stops.
fn pause(shared: &Shared, time: Duration) {
    let began = Instant::now();
    while !shared.is_stopping() && began.elapsed() < time {
        std::thread::sleep(TICK.min(time));
    }
}

/// Writes the same again and again until the client goes.
fn trickle(
    stream: &mut TcpStream,
    shared: &Shared,
    bytes: &[u8],
    pause: Duration,
) -> io::Result<bool> {
    while !shared.is_stopping() {
        stream.write_all(bytes)?;
        std::thread::sleep(pause);
    }
    Ok(false)
}
