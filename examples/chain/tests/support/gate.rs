//! A way to a server that can be closed.

use std::net::SocketAddr;
use std::str::FromStr;

use sqlx::mysql::MySqlConnectOptions;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};

/// Hands connections on to a server, until it is dropped.
pub struct Gate {
    /// The server's, by way of this.
    pub url: String,
    open: AbortHandle,
}

impl Gate {
    pub async fn to(mysql_url: &str) -> Self {
        let server = MySqlConnectOptions::from_str(mysql_url).unwrap();
        let (host, port) = (server.get_host().to_owned(), server.get_port());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address: SocketAddr = listener.local_addr().unwrap();
        let url = mysql_url.replace(&format!("{host}:{port}"), &address.to_string());
        assert_ne!(url, mysql_url, "the server's address has its port");
        let pass = async move {
            let mut connections = JoinSet::new();
            while let Ok((mut client, _)) = listener.accept().await {
                let mut server = TcpStream::connect((host.as_str(), port)).await.unwrap();
                connections.spawn(async move {
                    tokio::io::copy_bidirectional(&mut client, &mut server).await
                });
            }
        };
        Self { url, open: tokio::spawn(pass).abort_handle() }
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.open.abort();
    }
}
