//! A way to a server that can be held, or closed.

use std::future::pending;
use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream, ToSocketAddrs};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

/// Hands connections on to a server, until it is dropped.
pub struct Gate {
    pub address: SocketAddr,
    open: AbortHandle,
    held: watch::Sender<bool>,
}

impl Gate {
    pub async fn to(server: impl ToSocketAddrs + Clone + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (held, is_held) = watch::channel(false);
        let pass = async move {
            let mut connections = JoinSet::new();
            while let Ok((mut client, _)) = listener.accept().await {
                let (server, mut is_held) = (server.clone(), is_held.clone());
                connections.spawn(async move {
                    let mut server = TcpStream::connect(server).await.unwrap();
                    let held = async { drop(is_held.wait_for(|held| *held).await) };
                    tokio::select! {
                        _ = copy_bidirectional(&mut client, &mut server) => return,
                        () = held => {}
                    }
                    // Both connections stay open.
                    pending().await
                });
            }
        };
        Self { address, open: tokio::spawn(pass).abort_handle(), held }
    }

    /// From now on nothing goes through, and nobody is told so.
    pub fn hold(&self) {
        self.held.send_replace(true);
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.open.abort();
    }
}
