//! A collector on a thread of its own, for OTLP over HTTP and whatever else goes over HTTP, which
//! keeps what it is sent and misbehaves on request.
//!
//! ```
//! let collector = testing::collector::Collector::start();
//! let endpoint = collector.endpoint(); // for the reporter under test
//! assert_eq!(collector.span_count(), 0);
//! # assert!(endpoint.starts_with("http://127.0.0.1:"));
//! ```

mod connection;
mod fault;
mod tally;
mod wire;

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

pub use fault::Fault;
pub use tally::{Count, Tally};

/// A running collector. Stops when it is dropped.
#[derive(Debug)]
pub struct Collector {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// A request as it came in.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// `POST` or `GET`.
    pub method: String,
    /// The path, with the query.
    pub path: String,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// What came with it, decompressed.
    pub body: Vec<u8>,
    /// What it asked to be stored, where it is OTLP.
    pub export: ExportTraceServiceRequest,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    stopping: AtomicBool,
    connections: AtomicU64,
    /// Where spans are counted by service; then requests are not kept.
    tally: Option<Tally>,
}

#[derive(Debug, Default)]
struct State {
    /// All requests that were read to their end, whatever was answered.
    seen: Vec<Seen>,
    /// Spans of requests that were answered with success, less the rejected ones.
    accepted: u64,
    /// What goes wrong next, one for each request.
    faults: VecDeque<Fault>,
    /// What goes wrong with all requests after those.
    default: Option<Fault>,
    /// By number.
    open: HashMap<u64, TcpStream>,
}

impl Collector {
    /// Listens on a free port of the loopback interface.
    ///
    /// # Panics
    /// Where there is none.
    #[must_use]
    pub fn start() -> Self {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    /// Listens here: for one that comes back after a [`stop`](Self::stop).
    ///
    /// # Panics
    /// Where the port is taken.
    #[must_use]
    pub fn start_at(address: SocketAddr) -> Self {
        Self::try_start_at(address, None).unwrap_or_else(|error| panic!("no collector: {error}"))
    }

    /// The same for one that counts into this tally, and keeps no request: for long runs.
    ///
    /// # Errors
    /// Where the port is taken.
    pub fn start_counting(address: SocketAddr, tally: &Tally) -> io::Result<Self> {
        Self::try_start_at(address, Some(tally.clone()))
    }

    /// Listens on a port that the system gives to no outgoing connection: after a stop nobody
    /// else can have it, and nobody connects to himself.
    ///
    /// # Panics
    /// Where all of those are taken.
    #[must_use]
    pub fn start_on_fixed_port() -> Self {
        // Everyone starts elsewhere, so that nobody takes a port that is about to come back.
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let step = NEXT.fetch_add(1, Ordering::Relaxed) * 100;
        let first = 20_000 + u16::try_from((std::process::id() + step) % 10_000).unwrap_or(0);
        (first..32_000)
            .find_map(|port| {
                Self::try_start_at(SocketAddr::from(([127, 0, 0, 1], port)), None).ok()
            })
            .unwrap_or_else(|| panic!("no free port"))
    }

    fn try_start_at(address: SocketAddr, tally: Option<Tally>) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared { tally, ..Shared::default() });
        let thread = {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || connection::accept(&listener, &shared))
        };
        Ok(Self { address, shared, thread: Some(thread) })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its URL, without a path.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The next requests meet these faults, one each; a [`Fault::None`] lets one through.
    pub fn next(&self, faults: impl IntoIterator<Item = Fault>) {
        self.shared.state().faults.extend(faults);
    }

    /// All requests meet this fault from now on.
    pub fn always(&self, fault: Fault) {
        self.shared.state().default = Some(fault);
    }

    /// Spans that were taken: those of requests that were answered with success, less the ones
    /// that the answer called rejected.
    #[must_use]
    pub fn span_count(&self) -> u64 {
        self.shared.state().accepted
    }

    /// All requests that were read to their end, whatever was answered.
    #[must_use]
    pub fn requests(&self) -> Vec<Seen> {
        self.shared.state().seen.clone()
    }

    /// The spans of all those requests, in their order.
    #[must_use]
    pub fn spans(&self) -> Vec<Span> {
        let state = self.shared.state();
        let spans = state.seen.iter().flat_map(Seen::spans);
        spans.cloned().collect()
    }

    /// Connections that were accepted.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::Relaxed)
    }

    /// Waits until this many requests have been read. False when they have not come in 10 s.
    #[must_use]
    pub fn wait_for_requests(&self, count: usize) -> bool {
        let until = Instant::now() + Duration::from_secs(10);
        let mut state = self.shared.state();
        while state.seen.len() < count {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let waited = self.shared.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// Closes the port and all connections.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        for (_, stream) in self.shared.state().open.drain() {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Seen {
    /// Decodes what it is. The number of spans in it: of OTLP's, or items of a list in JSON.
    fn decode(&mut self) -> io::Result<u64> {
        let spans = match self.header("content-type") {
            Some("application/x-protobuf") => {
                let export = ExportTraceServiceRequest::decode(&self.body[..]);
                self.export = export.map_err(io::Error::other)?;
                self.spans().count()
            }
            Some("application/json") => {
                serde_json::from_slice::<Vec<serde_json::Value>>(&self.body)?.len()
            }
            _ => 0,
        };
        Ok(spans as u64)
    }

    /// The spans in it.
    pub fn spans(&self) -> impl Iterator<Item = &Span> {
        let resources = self.export.resource_spans.iter();
        let scopes = resources.flat_map(|resource| &resource.scope_spans);
        scopes.flat_map(|scope| &scope.spans)
    }

    /// The value of a header; `None` where it was not sent.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    fn next_fault(&self) -> Fault {
        let mut state = self.state();
        let next = state.faults.pop_front();
        next.or_else(|| state.default.clone()).unwrap_or(Fault::None)
    }

    fn note(&self, seen: Seen) {
        if self.tally.is_none() {
            self.state().seen.push(seen);
        }
        self.changed.notify_all();
    }
}

/// An address where every connection is refused, for as long as this lives.
#[derive(Debug)]
pub struct Refusing {
    address: SocketAddr,
    /// Holds the port: it belongs to a connection, and nobody listens on it.
    _held: (TcpStream, TcpListener),
}

impl Refusing {
    /// Takes a port.
    ///
    /// # Panics
    /// Where there is none.
    #[must_use]
    pub fn start() -> Self {
        let take = || {
            let listener = TcpListener::bind("127.0.0.1:0")?;
            let stream = TcpStream::connect(listener.local_addr()?)?;
            io::Result::Ok((stream.local_addr()?, (stream, listener)))
        };
        let (address, held) = take().unwrap_or_else(|error| panic!("no port: {error}"));
        Self { address, _held: held }
    }

    /// Its URL, without a path.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }
}
