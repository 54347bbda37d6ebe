//! A way to a server that can be closed, and opened again.

use std::net::SocketAddr;

use anyhow::Result;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};

/// Hands connections on to a server while it is open.
#[derive(Debug)]
pub struct Gate {
    /// Where clients go.
    pub address: SocketAddr,
    server: SocketAddr,
    open: Option<AbortHandle>,
}

impl Gate {
    /// Opens one.
    ///
    /// # Errors
    /// When there is no port.
    pub async fn to(server: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let open = tokio::spawn(pass(listener, server)).abort_handle();
        Ok(Self { address, server, open: Some(open) })
    }

    /// Nobody listens any more, and what was connected is not.
    pub fn close(&mut self) {
        if let Some(open) = self.open.take() {
            open.abort();
        }
    }

    /// As it was before.
    ///
    /// # Errors
    /// When somebody else has the port by now.
    pub async fn open(&mut self) -> Result<()> {
        self.close();
        let listener = TcpListener::bind(self.address).await?;
        self.open = Some(tokio::spawn(pass(listener, self.server)).abort_handle());
        Ok(())
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.close();
    }
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
