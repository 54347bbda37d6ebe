//! Both ends of a call.

use std::net::{IpAddr, SocketAddr};

use serde::Serialize;
use tracer_core::semconv::peer::{Peer, RANKED};
use tracer_core::{Tag, Value};

/// Who is at one end. Ports of zero are none.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Endpoint<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    service_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ipv4: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ipv6: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
}

impl<'a> Endpoint<'a> {
    /// A service by its name, if it has one.
    pub(super) fn service(name: &'a str) -> Option<Self> {
        (!name.is_empty()).then(|| Self { service_name: Some(name), ..Self::default() })
    }

    /// The other end, by the one tag that says it best.
    pub(super) fn remote(tags: &'a [Tag]) -> Option<Self> {
        RANKED.iter().find_map(|peer| {
            let text = find(tags, peer.key())?.as_str().filter(|text| !text.is_empty())?;
            match peer {
                Peer::Name(_) => Self::service(text),
                Peer::Socket { port, .. } => Self::host(text, find(tags, port).and_then(as_port)),
                _ => Self::host(text, None),
            }
        })
    }

    /// A host by its address or, where that is none, its name.
    fn host(text: &'a str, port: Option<u16>) -> Option<Self> {
        let (ip, port) = match (text.parse::<IpAddr>(), text.parse::<SocketAddr>()) {
            (Ok(ip), _) => (ip, port),
            (_, Ok(socket)) => {
                (socket.ip(), port.or(Some(socket.port()).filter(|port| *port != 0)))
            }
            _ => return Self::service(text).map(|named| Self { port, ..named }),
        };
        // Mapped addresses are asked for as what they are.
        let (ipv4, ipv6) = match ip.to_canonical() {
            ip @ IpAddr::V4(_) => (Some(ip), None),
            ip @ IpAddr::V6(_) => (None, Some(ip)),
        };
        Some(Self { service_name: None, ipv4, ipv6, port })
    }
}

fn find<'a>(tags: &'a [Tag], key: &str) -> Option<&'a Value> {
    tags.iter().find(|tag| tag.key == key).map(|tag| &tag.value)
}

fn as_port(value: &Value) -> Option<u16> {
    let port = match value {
        Value::I64(number) => u16::try_from(*number).ok(),
        Value::Str(text) => text.parse().ok(),
        _ => None,
    };
    port.filter(|port| *port != 0)
}
