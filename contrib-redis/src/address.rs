//! Which server a client talks to. Of its settings, the user and the password are not looked at.

use redis::{ConnectionAddr, ConnectionInfo};
use tracer_core::semconv::db::{Endpoint, REDIS};

pub(crate) fn endpoint(info: &ConnectionInfo) -> Endpoint {
    let endpoint = Endpoint::new(REDIS).with_namespace(&info.redis_settings().db().to_string());
    match info.addr() {
        ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. } => {
            endpoint.with_address(host, Some(*port))
        }
        ConnectionAddr::Unix(path) => endpoint.with_address(&path.to_string_lossy(), None),
        _ => endpoint,
    }
}
