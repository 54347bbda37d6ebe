//! See README.md beside Cargo.toml.

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;
use viewer::{Options, Store, grpc, http, ui};

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("viewer: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Failure> {
    // All three first: nothing is served, and nothing said, by half a viewer.
    let ui_port = listen("--ui", options.ui).await?;
    let grpc_port = listen("--otlp-grpc", options.otlp_grpc).await?;
    let http_port = listen("--otlp-http", options.otlp_http).await?;
    writeln!(
        std::io::stdout(),
        "viewer ready ui=http://{} otlp-http=http://{} otlp-grpc=http://{}",
        ui_port.local_addr()?,
        http_port.local_addr()?,
        grpc_port.local_addr()?,
    )?;

    let store = Store::new(options.max_traces, options.max_memory);
    let ui = axum::serve(ui_port, ui::router(&store));
    let otlp_http = axum::serve(http_port, http::router(store.clone()));
    let otlp_grpc = Server::builder()
        .add_service(grpc::service(store))
        .serve_with_incoming(TcpListenerStream::new(grpc_port));

    tokio::select! {
        ended = ui.into_future() => Ok(ended?),
        ended = otlp_http.into_future() => Ok(ended?),
        ended = otlp_grpc => Ok(ended?),
        ended = told_to_stop(options.exit_with_stdin) => Ok(ended?),
    }
}

async fn listen(option: &str, address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address)
        .await
        .map_err(|error| format!("{option} {address}: {error}; choose another address").into())
}

async fn told_to_stop(with_stdin: bool) -> std::io::Result<()> {
    tokio::select! {
        ended = tokio::signal::ctrl_c() => ended,
        ended = terminated() => ended,
        () = stdin_closed(), if with_stdin => Ok(()),
    }
}

/// Resolves at the end of standard input. A plain thread, because the runtime
/// would wait for a blocking read of its own before it lets the process end.
async fn stdin_closed() {
    let (closed, wait) = oneshot::channel::<()>();
    std::thread::spawn(move || {
        let mut ignored = [0; 256];
        while let Ok(1..) = std::io::stdin().read(&mut ignored) {}
        drop(closed);
    });
    // Nothing is ever sent: the channel closes when the reading is over.
    let _: Result<(), _> = wait.await;
}

#[cfg(unix)]
async fn terminated() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    signal(SignalKind::terminate())?.recv().await;
    Ok(())
}

#[cfg(not(unix))]
async fn terminated() -> std::io::Result<()> {
    std::future::pending().await
}
