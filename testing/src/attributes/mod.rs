//! Which attributes the integrations write: noted while their suites run, and shown as a page
//! (docs/attributes.md).

mod levels;
mod page;

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

pub use page::page;
use tracer_core::semconv::{
    DB_SYSTEM_NAME, HTTP_REQUEST_METHOD, MESSAGING_OPERATION_TYPE, RPC_SYSTEM_NAME,
};
use tracer_core::{FinishedSpan, SpanKind};

/// The folder of the notes: where this is set, spans are noted.
pub const NOTED_IN: &str = "TRACER_ATTRIBUTES_NOTED_IN";

/// What a span is of: the conventions ask for other attributes of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// A request that is served.
    HttpServer,
    /// A request that is sent.
    HttpClient,
    /// A gRPC call that is served.
    GrpcServer,
    /// A gRPC call that is made.
    GrpcClient,
    /// A statement.
    Sql,
    /// A command of Redis.
    Redis,
    /// A message that is sent.
    Send,
    /// A message that is fetched.
    Receive,
    /// A message that is worked on.
    Process,
    /// An answer to the broker.
    Settle,
}

impl Group {
    /// All of them, in the page's order.
    pub const ALL: [Self; 10] = [
        Self::HttpServer,
        Self::HttpClient,
        Self::GrpcServer,
        Self::GrpcClient,
        Self::Sql,
        Self::Redis,
        Self::Send,
        Self::Receive,
        Self::Process,
        Self::Settle,
    ];

    /// Its heading.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::HttpServer => "HTTP server",
            Self::HttpClient => "HTTP client",
            Self::GrpcServer => "gRPC server",
            Self::GrpcClient => "gRPC client",
            Self::Sql => "SQL",
            Self::Redis => "Redis",
            Self::Send => "RabbitMQ, sending",
            Self::Receive => "RabbitMQ, fetching",
            Self::Process => "RabbitMQ, working on a message",
            Self::Settle => "RabbitMQ, settling",
        }
    }

    fn of(span: &FinishedSpan) -> Option<Self> {
        let has = |key: &str| span.tag(key).is_some();
        let text = |key: &str| span.tag(key).and_then(|value| value.as_str());
        let is_server = span.kind == SpanKind::Server;
        if has(RPC_SYSTEM_NAME) {
            return Some(if is_server { Self::GrpcServer } else { Self::GrpcClient });
        }
        if has(HTTP_REQUEST_METHOD) {
            return Some(if is_server { Self::HttpServer } else { Self::HttpClient });
        }
        match (text(DB_SYSTEM_NAME), text(MESSAGING_OPERATION_TYPE)) {
            (Some("redis"), _) => Some(Self::Redis),
            (Some(_), _) => Some(Self::Sql),
            (_, Some("send")) => Some(Self::Send),
            (_, Some("receive")) => Some(Self::Receive),
            (_, Some("process")) => Some(Self::Process),
            (_, Some("settle")) => Some(Self::Settle),
            _ => None,
        }
    }
}

/// Notes these spans' attributes as those of the package whose tests are running, if anybody wants
/// to know.
///
/// # Panics
/// When they can't be written down.
pub fn note(spans: &[FinishedSpan]) {
    static NOTED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let (Some(folder), Ok(package)) = (std::env::var_os(NOTED_IN), std::env::var("CARGO_PKG_NAME"))
    else {
        return;
    };
    // The suites' own tests hold what is wrong on purpose.
    if !package.starts_with("contrib-") {
        return;
    }
    let mut noted = NOTED.lock().unwrap_or_else(PoisonError::into_inner);
    let mut new = String::new();
    for span in spans {
        let Some(group) = Group::of(span) else { continue };
        for tag in &span.tags {
            let line = format!("{package}\t{}\t{}\n", group.title(), tag.key);
            if noted.insert(line.clone()) {
                new.push_str(&line);
            }
        }
    }
    if new.is_empty() {
        return;
    }
    // One write a time: the programs of a package's tests share the file.
    let file = Path::new(&folder).join(&package);
    let file = OpenOptions::new().append(true).create(true).open(file);
    let written = file.and_then(|mut file| file.write_all(new.as_bytes()));
    written.unwrap_or_else(|error| panic!("{NOTED_IN}: {error}"));
}
