//! A way to a server that can be closed, and opened again.

use std::net::SocketAddr;

use anyhow::Result;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;

/// Hands connections on to a server while it is open.
#[derive(Debug)]
pub struct Gate {
    /// Where clients go.
    pub address: SocketAddr,
    server: SocketAddr,
    open: Option<JoinSet<()>>,
    /// Holds the port while nobody listens.
    closed: Option<TcpSocket>,
}

impl Gate {
    /// Opens one.
    ///
    /// # Errors
    /// When there is no port.
    pub async fn to(server: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        Ok(Self { address, server, open: Some(spawned(listener, server)), closed: None })
    }

    /// Nobody listens any more, and what was connected is not. The port stays ours.
    ///
    /// # Errors
    /// When somebody else has the port by now.
    pub async fn close(&mut self) -> Result<()> {
        if let Some(mut open) = self.open.take() {
            open.shutdown().await;
            let socket = TcpSocket::new_v4()?;
            socket.set_reuseaddr(true)?;
            socket.bind(self.address)?;
            self.closed = Some(socket);
        }
        Ok(())
    }

    /// As it was before.
    ///
    /// # Errors
    /// When somebody else has the port by now.
    pub async fn open(&mut self) -> Result<()> {
        self.close().await?;
        if let Some(socket) = self.closed.take() {
            self.open = Some(spawned(socket.listen(BACKLOG)?, self.server));
        }
        Ok(())
    }
}

/// Connections that wait to be taken.
const BACKLOG: u32 = 128;

/// With its connections, which end before it has.
fn spawned(listener: TcpListener, server: SocketAddr) -> JoinSet<()> {
    let mut open = JoinSet::new();
    open.spawn(pass(listener, server));
    open
}

async fn pass(listener: TcpListener, server: SocketAddr) {
    let mut connections = JoinSet::new();
    while let Ok((mut client, _)) = listener.accept().await {
        connections.spawn(async move {
            if let Ok(mut server) = TcpStream::connect(server).await {
                // However it ends, it has ended for both.
                let _ = copy_bidirectional(&mut client, &mut server).await;
            }
        });
        while connections.try_join_next().is_some() {}
    }
}
