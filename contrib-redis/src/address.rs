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

#[cfg(test)]
mod tests {
    use redis::{Client, IntoConnectionInfo, RedisConnectionInfo};

    use super::*;

    const SECRET: &str = "hushHush7";

    fn of(info: impl IntoConnectionInfo) -> String {
        format!("{:?}", endpoint(&info.into_connection_info().unwrap()))
    }

    fn expect(said: &str, namespace: &str, address: &str, port: &str) {
        for expected in [
            format!("namespace: Some({namespace:?})"),
            format!("address: Some({address:?})"),
            format!("port: {port}"),
        ] {
            assert!(said.contains(&expected), "{expected} in {said}");
        }
        assert!(!said.contains(SECRET), "{said}");
    }

    #[test]
    fn where_a_server_is() {
        let user = format!("redis://{SECRET}:{SECRET}@");
        expect(&of("redis://cache.test/"), "0", "cache.test", "Some(6379)");
        expect(&of(format!("{user}cache.test:6380/3")), "3", "cache.test", "Some(6380)");
        expect(&of(format!("{user}[::1]:6380/?protocol=resp3")), "0", "::1", "Some(6380)");
        let socket = format!("redis+unix:///run/redis.sock?db=2&user={SECRET}&pass={SECRET}");
        expect(&of(socket), "2", "/run/redis.sock", "None");
    }

    #[test]
    fn behind_tls() {
        let addr = ConnectionAddr::TcpTls {
            host: "cache.test".to_owned(),
            port: 6390,
            insecure: false,
            tls_params: None,
        };
        let settings =
            RedisConnectionInfo::default().set_username(SECRET).set_password(SECRET).set_db(5);
        let info = Client::open("redis://other.test").unwrap().get_connection_info().clone();
        let info = info.set_addr(addr).set_redis_settings(settings);
        expect(&format!("{:?}", endpoint(&info)), "5", "cache.test", "Some(6390)");
    }
}
