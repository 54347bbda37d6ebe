//! Who is at the other end: the tags that say so, those of earlier conventions and of OpenTracing
//! too.

use super::names::{NETWORK_PEER_ADDRESS, NETWORK_PEER_PORT, SERVER_ADDRESS};

/// What a tag says about the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Peer {
    /// A name for people.
    Name(&'static str),
    /// A host's name, or its address.
    Host(&'static str),
    /// The address of a connection's other end, with its port beside it.
    Socket {
        /// The tag that holds the address.
        address: &'static str,
        /// The tag that holds the port, if there is one.
        port: &'static str,
    },
}

/// The tags, the one that says it best first (OpenTelemetry specification, "Zipkin", section
/// "Remote endpoint").
pub const RANKED: [Peer; 11] = [
    Peer::Name("peer.service"),
    Peer::Host(SERVER_ADDRESS),
    Peer::Host("net.peer.name"),
    Peer::Socket { address: NETWORK_PEER_ADDRESS, port: NETWORK_PEER_PORT },
    Peer::Host("server.socket.domain"),
    Peer::Socket { address: "server.socket.address", port: "server.socket.port" },
    Peer::Host("net.sock.peer.name"),
    Peer::Socket { address: "net.sock.peer.addr", port: "net.sock.peer.port" },
    Peer::Host("peer.hostname"),
    Peer::Host("peer.address"),
    Peer::Name("db.name"),
];

impl Peer {
    /// The tag that has to be there.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Name(key) | Self::Host(key) | Self::Socket { address: key, .. } => key,
        }
    }
}
