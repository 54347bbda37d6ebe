//! Peers that speak as much HTTP/2 as it takes to do harm.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// What comes after the connection has been greeted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Harm {
    /// A reply's head, one byte at a time, for ever.
    SlowLoris,
    /// A reply with this many headers.
    Headers(u32),
    /// The connection is reset in the middle of the request.
    Reset,
}

/// A port where this happens to all who connect, until the process ends.
pub(crate) struct Raw {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Raw {
    pub(crate) fn start(harm: Harm) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                count.fetch_add(1, Ordering::Relaxed);
                // Errors are what clients that went away look like.
                std::thread::spawn(move || serve(stream, harm));
            }
        });
        Self { address, connections }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const CONTINUATION: u8 = 9;
/// The first stream that a client opens.
const STREAM: u32 = 1;

fn serve(mut stream: TcpStream, harm: Harm) -> io::Result<()> {
    stream.set_nodelay(true)?;
    // The preface, and the beginning of the client's first frame.
    stream.read_exact(&mut [0; 30])?;
    frame(&mut stream, SETTINGS, 0, 0, &[])?;
    match harm {
        // Closed with unread input, which resets it.
        Harm::Reset => {
            std::thread::sleep(Duration::from_millis(50));
            Ok(())
        }
        Harm::SlowLoris => {
            let mut drain = stream.try_clone()?;
            std::thread::spawn(move || io::copy(&mut drain, &mut io::sink()));
            // The head of a frame of 1,000 bytes that never ends.
            stream.write_all(&[0, 3, 232, HEADERS, 0, 0, 0, 0, 1, 0x88])?;
            loop {
                std::thread::sleep(Duration::from_millis(20));
                stream.write_all(&[0])?;
            }
        }
        Harm::Headers(count) => {
            let mut drain = stream.try_clone()?;
            std::thread::spawn(move || io::copy(&mut drain, &mut io::sink()));
            // Status 200, by the static table.
            frame(&mut stream, HEADERS, 0, STREAM, &[0x88])?;
            for first in (0..count).step_by(500) {
                let block: Vec<u8> = (first..first + 500).flat_map(header).collect();
                frame(&mut stream, CONTINUATION, 0, STREAM, &block)?;
            }
            frame(&mut stream, CONTINUATION, 4, STREAM, &[])?;
            std::thread::sleep(Duration::from_secs(60));
            Ok(())
        }
    }
}

/// A literal header that is not put into the table (RFC 7541, section 6.2.2).
fn header(number: u32) -> Vec<u8> {
    let name = format!("x-{number:07}");
    [&[0, 9][..], name.as_bytes(), &[1, b'v']].concat()
}

fn frame(stream: &mut TcpStream, kind: u8, flags: u8, on: u32, payload: &[u8]) -> io::Result<()> {
    let [_, a, b, c] = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let [d, e, f, g] = on.to_be_bytes();
    stream.write_all(&[a, b, c, kind, flags, d, e, f, g])?;
    stream.write_all(payload)
}
