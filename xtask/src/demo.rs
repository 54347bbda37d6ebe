//! `cargo xtask demo`: three services, one request, its trace on the screen.

use std::net::SocketAddr;
use std::process::{Command, ExitCode};

use anyhow::{Result, bail};
use clap::{Args, Subcommand};

use crate::cmd;
use crate::interrupt;
use crate::ports;
use crate::progress::Progress;
use crate::services::Session;
use crate::services::kind::demo_needs;
use crate::services::redact::redacted;
use crate::toggle;
use crate::viewer::{self, Ports, Viewer};
use crate::workspace::Workspace;

/// Where this is set the user has a collector: the services read it themselves.
const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Options {
    #[command(subcommand)]
    which: Option<Which>,

    /// One round, then end
    #[arg(long)]
    once: bool,

    /// With a real Redis and MariaDB: REDIS_URL and MYSQL_URL, or else private ones
    #[arg(long)]
    real: bool,

    /// Where the first service listens
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7101")]
    server1: SocketAddr,

    /// Where the second service listens
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7102")]
    server2: SocketAddr,

    /// Where the third service listens
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7103")]
    server3: SocketAddr,

    /// The port of the Jaeger UI
    #[arg(long, value_name = "PORT", default_value_t = 16686)]
    ui_port: u16,

    /// The viewer's port for OTLP over gRPC
    #[arg(long, value_name = "PORT", default_value_t = 4317)]
    otlp_grpc_port: u16,

    /// The viewer's port for OTLP over HTTP
    #[arg(long, value_name = "PORT", default_value_t = 4318)]
    otlp_http_port: u16,

    /// Draw traces in the terminal only
    #[arg(long)]
    no_viewer: bool,
}

#[derive(Debug, Subcommand)]
enum Which {
    /// What the kit costs: on, off at run time, compiled out
    Toggle(toggle::Options),
}

pub fn run(options: &Options) -> Result<ExitCode> {
    let workspace = Workspace::load()?;
    match &options.which {
        None => chain(&workspace, options),
        Some(Which::Toggle(options)) => toggle::run(&workspace, options),
    }
}

fn chain(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let embedded = wants_viewer(options);
    // Before minutes of building.
    check_ports(options, embedded)?;
    let mut servers = Vec::new();
    let mut session = options.real.then(|| Session::new(workspace)).transpose()?;
    if let Some(session) = &mut session {
        servers = session.need(&demo_needs())?;
        for (variable, url) in &servers {
            note!("{variable}={url}");
        }
    }
    let program = if embedded { or_without(viewer::build(workspace))? } else { None };
    build_chain(workspace)?;
    let viewer = match program {
        Some(program) => or_without(viewer::start(workspace, &program, viewer_ports(options)))?,
        None => None,
    };

    if let Some(viewer) = &viewer {
        note!("Jaeger UI at {}", viewer.ready.ui);
    }
    let mut command = Command::new(workspace.program(&["debug"], "chain"));
    command.args(chain_arguments(options, viewer.as_ref()));
    let status = cmd::run_here(command.envs(servers))?;
    // Only now: until its end the chain may still have spans to send.
    drop(viewer);
    if let Some(session) = session {
        session.end();
    }
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.or(interrupt::exit_code()).unwrap_or(1)))
}

fn wants_viewer(options: &Options) -> bool {
    if let Some(endpoint) = std::env::var(ENDPOINT).ok().filter(|value| !value.is_empty()) {
        let shown = redacted(&endpoint);
        note!("{ENDPOINT} is set: spans go to {shown}, and no viewer is started");
        return false;
    }
    if options.no_viewer {
        note!("no viewer, as asked: traces are drawn in the terminal only");
    }
    !options.no_viewer
}

fn check_ports(options: &Options, embedded: bool) -> Result<()> {
    let local = |port: u16| SocketAddr::from(([127, 0, 0, 1], port));
    let viewer = [
        (local(options.ui_port), "Jaeger UI", "--ui-port"),
        (local(options.otlp_grpc_port), "OTLP over gRPC", "--otlp-grpc-port"),
        (local(options.otlp_http_port), "OTLP over HTTP", "--otlp-http-port"),
    ];
    let services = [
        (options.server1, "first service", "--server1"),
        (options.server2, "second service", "--server2"),
        (options.server3, "third service", "--server3"),
    ];
    let viewer = viewer.into_iter().filter(|_| embedded);
    for (address, what, option) in viewer.chain(services) {
        ports::check_free(address, what, option)?;
    }
    Ok(())
}

fn viewer_ports(options: &Options) -> Ports {
    Ports {
        ui: options.ui_port,
        otlp_grpc: options.otlp_grpc_port,
        otlp_http: options.otlp_http_port,
    }
}

/// The demo is worth something without the viewer too, so that whatever it
/// lacks on this machine is told and not fatal.
fn or_without<T>(viewer: Result<T>) -> Result<Option<T>> {
    match viewer {
        Ok(viewer) => Ok(Some(viewer)),
        Err(error) if interrupt::requested() => Err(error),
        Err(error) => {
            note!("no viewer: {error:#}");
            note!("going on without it: traces are drawn in the terminal only");
            Ok(None)
        }
    }
}

fn build_chain(workspace: &Workspace) -> Result<()> {
    let log = workspace.log("chain-build");
    cmd::new_log(&log)?;
    let mut cargo = cmd::cargo();
    cargo.current_dir(&workspace.root).args(["build", "-p", "chain"]);
    let mut progress = Progress::start("building the services");
    let status = cmd::run_logged(&mut cargo, &log, &mut progress);
    let built = status.as_ref().is_ok_and(|status| status.success());
    progress.end(if built { "done" } else { "failed" });
    if !status?.success() {
        note!("{}", cmd::tail(&log, 40));
        bail!("the services could not be built (all of it in {})", log.display());
    }
    Ok(())
}

fn chain_arguments(options: &Options, viewer: Option<&Viewer>) -> Vec<String> {
    let mut arguments = vec!["demo".to_owned()];
    if options.once {
        arguments.push("--once".to_owned());
    }
    let mut pair = |name: &str, value: String| arguments.extend([name.to_owned(), value]);
    pair("--server1", options.server1.to_string());
    pair("--server2", options.server2.to_string());
    pair("--server3", options.server3.to_string());
    if let Some(viewer) = viewer {
        pair("--viewer-url", viewer.ready.ui.clone());
        pair("--otlp-endpoint", viewer.ready.otlp_http.clone());
    }
    arguments
}
