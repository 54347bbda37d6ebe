//! Ports: which are free, and a clear word when one is not.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use anyhow::{Result, bail};

/// Below what systems hand out to outgoing connections: polling a free port in
/// that range can connect to itself.
const FIRST: u16 = 20_000;
const COUNT: u16 = 10_000;

/// Fails when somebody listens there, naming the option that moves it.
pub fn check_free(address: SocketAddr, what: &str, option: &str) -> Result<()> {
    match TcpListener::bind(address) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AddrInUse => bail!(
            "port {} ({what}) is already in use: end what listens there, or choose another \
             with {option}",
            address.port()
        ),
        Err(error) => bail!("cannot listen on {address} ({what}): {error}; see {option}"),
    }
}

/// That many different ports of this machine that nobody listens on.
pub fn free(count: usize) -> Result<Vec<u16>> {
    // Two runs at a time should not race for the same ports.
    let start = (std::process::id() % u32::from(COUNT)) as u16;
    let candidates = (0..COUNT).map(|step| FIRST + (start + step) % COUNT);
    let is_free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    let ports: Vec<u16> = candidates.filter(is_free).take(count).collect();
    if ports.len() < count {
        bail!("no {count} free ports between {FIRST} and {}", FIRST + COUNT);
    }
    Ok(ports)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_ports_are_distinct_and_free() {
        let mut ports = free(6).unwrap();
        for port in &ports {
            check_free((Ipv4Addr::LOCALHOST, *port).into(), "test", "--test").unwrap();
        }
        ports.dedup();
        assert_eq!(ports.len(), 6);
    }

    #[test]
    fn a_taken_port_names_its_option() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let error = check_free(taken.local_addr().unwrap(), "Jaeger UI", "--ui-port").unwrap_err();
        let said = error.to_string();
        assert!(said.contains("(Jaeger UI) is already in use") && said.contains("--ui-port"));
    }
}
