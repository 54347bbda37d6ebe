//! The command line.

use std::net::SocketAddr;

use clap::Parser;

/// Takes spans over OTLP, keeps them in memory and shows them in the Jaeger UI.
#[derive(Debug, Clone, Parser)]
#[command(version)]
pub struct Options {
    /// Where the Jaeger UI and its JSON API listen.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:16686")]
    pub ui: SocketAddr,

    /// Where OTLP over gRPC is taken.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:4317")]
    pub otlp_grpc: SocketAddr,

    /// Where OTLP over HTTP is taken (`POST /v1/traces`).
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:4318")]
    pub otlp_http: SocketAddr,

    /// How many traces are kept; past that the oldest go.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub max_traces: u32,

    /// How many MiB of traces are kept, by estimate; past that the oldest go.
    #[arg(long, value_name = "MIB", default_value_t = 256)]
    pub max_memory: usize,

    /// End when standard input is closed: whoever holds it is then gone.
    #[arg(long)]
    pub exit_with_stdin: bool,
}
