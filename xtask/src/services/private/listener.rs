//! Who listens on a port.
//!
//! A server that answers need not be the one that was started: somebody else may
//! have been quicker to take its port.

use std::fs;

use super::process::Den;

impl Den<'_> {
    /// Whether it is one of these processes; none where the system does not tell.
    pub fn listens(self, port: u16) -> Option<bool> {
        let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(fs::read_to_string);
        let listening: Vec<String> = tables
            .iter()
            .flatten()
            .flat_map(|table| sockets(table, port))
            .map(|inode| format!("socket:[{inode}]"))
            .collect();
        let processes = self.processes().into_iter();
        let open =
            processes.filter_map(|process| fs::read_dir(format!("/proc/{}/fd", process.pid)).ok());
        let open: Vec<_> =
            open.flatten().flatten().filter_map(|entry| fs::read_link(entry.path()).ok()).collect();
        if listening.is_empty() || open.is_empty() {
            return None;
        }
        Some(
            open.iter()
                .any(|file| listening.iter().any(|socket| file.as_os_str() == socket.as_str())),
        )
    }
}

/// The numbers of the sockets that listen on this port.
fn sockets(table: &str, port: u16) -> Vec<&str> {
    const LISTENS: &str = "0A";
    let end = format!(":{port:04X}");
    let socket = |line: &'_ str| {
        let mut columns = line.split_whitespace();
        let (address, state) = (columns.nth(1)?, columns.nth(1)?);
        (address.ends_with(&end) && state == LISTENS).then_some(())
    };
    let lines = table.lines().skip(1).filter(|line| socket(line).is_some());
    lines.filter_map(|line| line.split_whitespace().nth(9)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream};
    use std::path::Path;

    #[test]
    fn only_who_listens_is_found() {
        let line = |address: &str, state: &str, inode: u8| {
            format!(
                "0: {address} 00000000:0000 {state} 00000000:00000000 00:00000000 0 0 0 {inode} 1\n"
            )
        };
        let table = ["head\n", &line("0100007F:5370", "0A", 1), &line("0100007F:5371", "0A", 2)]
            .concat()
            + &line("0100007F:5370", "01", 3);
        assert_eq!(sockets(&table, 0x5370), ["1"]);
        assert!(sockets(&table, 0x5372).is_empty());
    }

    #[test]
    fn a_strangers_port_is_not_ours() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        let cwd = std::env::current_dir().unwrap();
        let name = fs::read_to_string("/proc/self/comm").unwrap();
        let me = Den { folder: &cwd, programs: &[name.trim_end()] };
        assert_eq!(me.listens(port), Some(true));
        let nobody = Den { folder: Path::new("/nowhere"), programs: &[] };
        assert_eq!(nobody.listens(port), None);
        // A port that is held, so that no other test gets it, and that nobody listens on.
        let caller = TcpStream::connect(taken.local_addr().unwrap()).unwrap();
        let callers_port = caller.local_addr().unwrap().port();
        assert_eq!(me.listens(callers_port), None);
    }
}
