//! What serves requests, and stops in an orderly way.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How long requests may take to end once they are told to.
const LAST_REQUESTS: Duration = Duration::from_secs(2);

/// Servers of this process. Dropped, they take no more connections.
///
/// axum gives each connection a task of its own: a request that is under way goes on until it is
/// answered, or until the runtime ends.
#[derive(Debug, Default)]
pub struct Serving {
    stop: watch::Sender<bool>,
    running: JoinSet<io::Result<()>>,
}

impl Serving {
    /// One more.
    pub fn add(&mut self, listener: TcpListener, router: Router) {
        let mut stop = self.stop.subscribe();
        let stopped = async move {
            // An error means that all of this was dropped, which stops it too.
            let _ = stop.wait_for(|stop| *stop).await;
        };
        // Without it a small answer waits for the one before it to be acknowledged: 40 ms.
        let listener = listener.tap_io(|connection| {
            // One that can't be set is on its way out.
            let _ = connection.set_nodelay(true);
        });
        let server = axum::serve(listener, router).with_graceful_shutdown(stopped);
        self.running.spawn(server.into_future());
    }

    /// Takes no more connections, and waits a little for requests to end.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        let ended = async { while self.running.join_next().await.is_some() {} };
        // What does not end by then is left to the runtime, which cuts it off.
        let _ = tokio::time::timeout(LAST_REQUESTS, ended).await;
    }
}

/// Listens, or says in one line which option would help.
///
/// # Errors
/// When the address is taken.
pub async fn listen(address: SocketAddr, service: &str) -> Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("{service} can't listen on {address}: choose another --{service}"))
}

/// Ends with Ctrl-C, or with the signal of a parent that wants this to end. From now on neither
/// ends the process by itself.
///
/// # Errors
/// When signals can't be waited for.
pub fn interrupted() -> io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        // Without a signal to wait for there is no end.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    })
}
