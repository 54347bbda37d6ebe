//! Which ports servers get.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Context, Result};

use super::home::Home;
use super::server;
use super::state::State;
use crate::ports;
use crate::services::kind::Kind;

/// For each kind its ports, no two alike: those it had before, so that URLs go
/// on to be right; else the usual ones; else any that are free.
pub fn choose_ports(home: &Home, state: &State, kinds: &[Kind]) -> Result<Vec<Vec<u16>>> {
    let mut chosen: Vec<u16> = Vec::new();
    let mut first = home.ports_from;
    let mut all = Vec::new();
    for kind in kinds {
        let usual = server::of(*kind).ports();
        let wanted: Vec<u16> = match (state.get(*kind), &mut first) {
            (Some(entry), _) if entry.ports.len() == usual.len() => entry.ports.clone(),
            (_, Some(first)) => usual.iter().map(|_| next(first)).collect(),
            (_, None) => usual.to_vec(),
        };
        let mut ports = Vec::new();
        for wanted in wanted {
            let port = one(wanted, &chosen)?;
            if port != wanted {
                note!("{}: port {wanted} is taken, {port} is used instead", kind.name());
            }
            chosen.push(port);
            ports.push(port);
        }
        all.push(ports);
    }
    Ok(all)
}

fn next(first: &mut u16) -> u16 {
    let port = *first;
    *first = first.saturating_add(1);
    port
}

fn one(wanted: u16, chosen: &[u16]) -> Result<u16> {
    let is_free = TcpListener::bind((Ipv4Addr::LOCALHOST, wanted)).is_ok();
    if is_free && !chosen.contains(&wanted) {
        return Ok(wanted);
    }
    // The usual ports of others stay theirs.
    let usual = |port: &u16| Kind::ALL.iter().any(|kind| server::of(*kind).ports().contains(port));
    let more = Kind::ALL.len() * 3 + chosen.len() + 1;
    let free = ports::free(more)?;
    let port = free.into_iter().find(|port| !chosen.contains(port) && !usual(port));
    port.context("there is no free port")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_replaced_by_one_of_nobodys() {
        let ports = ports::free(2).unwrap();
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, ports[0])).unwrap();
        let other = one(ports[0], &[ports[1]]).unwrap();
        assert!(!ports.contains(&other) && other < 32768, "{other}");
        drop(taken);
        assert_ne!(one(ports[0], &[ports[0]]).unwrap(), ports[0]);
    }

    #[test]
    fn no_two_servers_want_the_same_port() {
        let mut ports: Vec<u16> =
            Kind::ALL.iter().flat_map(|kind| server::of(*kind).ports()).copied().collect();
        let count = ports.len();
        ports.sort_unstable();
        ports.dedup();
        assert_eq!(ports.len(), count);
        assert!(ports.iter().all(|port| *port < 32768));
    }
}
