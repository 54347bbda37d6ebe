//! A cluster of one node: a `redis-server` of this test's own, since the one of `REDIS_URL` is none.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long it may take to be one.
const PATIENCE: Duration = Duration::from_secs(30);

/// The server, ended when it is dropped.
pub(crate) struct OneNode {
    port: u16,
    folder: PathBuf,
    child: Child,
}

impl OneNode {
    /// Starts it, and gives it all slots.
    pub(crate) fn start() -> Self {
        let [port, bus] = [free_port(), free_port()];
        let folder = std::env::temp_dir().join(format!("contrib-redis-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let child = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--port", &port.to_string()])
            .args(["--cluster-enabled", "yes", "--cluster-port", &bus.to_string()])
            .args(["--save", "", "--appendonly", "no"])
            .current_dir(&folder)
            .stdout(Stdio::null())
            .spawn()
            .expect("this test starts a redis-server of its own: Debian's package redis-server");
        let node = Self { port, folder, child };
        let until = Instant::now() + PATIENCE;
        while let Err(why) = node.take_all_slots() {
            assert!(Instant::now() < until, "it is no cluster: {why}");
            std::thread::sleep(Duration::from_millis(50));
        }
        node
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// Once it is up: an error is a reason to ask again.
    fn take_all_slots(&self) -> Result<(), String> {
        let connect = || redis::Client::open(self.url())?.get_connection();
        let mut connection = connect().map_err(|error| error.to_string())?;
        let mut info = || redis::cmd("CLUSTER").arg("INFO").query::<String>(&mut connection);
        let is_ok = |info: &str| info.contains("cluster_state:ok");
        let before = info().map_err(|error| error.to_string())?;
        if is_ok(&before) {
            return Ok(());
        }
        if before.contains("cluster_slots_assigned:0") {
            redis::cmd("CLUSTER")
                .arg(&["ADDSLOTSRANGE", "0", "16383"])
                .exec(&mut connection)
                .map_err(|error| error.to_string())?;
        }
        Err(before)
    }
}

impl Drop for OneNode {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Free a moment ago.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
