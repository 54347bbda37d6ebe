//! An example's program, with a viewer beside it and servers below it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Result, bail};
use clap::Args;

use crate::cmd;
use crate::interrupt;
use crate::ports;
use crate::progress::Progress;
use crate::services::Session;
use crate::services::kind::{DATABASE_URL, Kind};
use crate::services::redact::redacted;
use crate::viewer::{self, Ports, Viewer};
use crate::workspace::Workspace;

/// Where this is set the user has a collector: the services read it themselves.
pub(crate) const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

/// Names us to programs that stop servers, and have them brought up again.
pub(crate) const XTASK: &str = "DRILLS_XTASK";

/// How it is shown.
#[derive(Debug, Args)]
pub(crate) struct Showing {
    /// One round, then end
    #[arg(long)]
    once: bool,

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

/// What is shown.
pub(crate) struct Example {
    /// Its package, and its program.
    pub(crate) package: &'static str,
    /// What the program is told to do.
    pub(crate) words: Vec<String>,
    pub(crate) services: Vec<Service>,
    /// Real servers that it is to have.
    pub(crate) servers: Option<Vec<Kind>>,
}

/// Where one listens.
pub(crate) struct Service {
    option: &'static str,
    address: SocketAddr,
    what: &'static str,
}

impl Service {
    /// `what` is for people to read.
    pub(crate) const fn new(option: &'static str, address: SocketAddr, what: &'static str) -> Self {
        Self { option, address, what }
    }
}

impl Example {
    pub(crate) fn run(&self, workspace: &Workspace, showing: &Showing) -> Result<ExitCode> {
        let embedded = showing.wants_viewer();
        // Before minutes of building.
        self.check_ports(showing, embedded)?;
        let mut servers = Vec::new();
        let mut session = self.servers.as_ref().map(|_| Session::new(workspace)).transpose()?;
        if let (Some(session), Some(kinds)) = (&mut session, &self.servers) {
            servers = session.need(kinds)?;
            for (variable, url) in &servers {
                note!("{variable}={url}");
            }
        }
        let program = if embedded { or_without(viewer::build(workspace))? } else { None };
        let services = build(workspace, self.package)?;
        let viewer = match program {
            Some(program) => or_without(viewer::start(workspace, &program, showing.ports()))?,
            None => None,
        };

        if let Some(viewer) = &viewer {
            note!("Jaeger UI at {}", viewer.ready.ui);
        }
        let mut command = Command::new(services);
        command.args(self.arguments(showing, viewer.as_ref()));
        command.env(XTASK, std::env::current_exe()?);
        if self.servers.is_none() {
            // Nobody has asked for servers: what the user's shell names is for other programs.
            for variable in Kind::ALL.map(Kind::variable).into_iter().chain([DATABASE_URL]) {
                command.env_remove(variable);
            }
        }
        let status = cmd::run_here(command.envs(servers))?;
        // Only now: until their end the services may still have spans to send.
        drop(viewer);
        if let Some(session) = session {
            session.end();
        }
        let code = status.code().and_then(|code| u8::try_from(code).ok());
        Ok(ExitCode::from(code.or(interrupt::exit_code()).unwrap_or(1)))
    }

    fn check_ports(&self, showing: &Showing, embedded: bool) -> Result<()> {
        let local = |port: u16| SocketAddr::from(([127, 0, 0, 1], port));
        let viewer = [
            Service::new("--ui-port", local(showing.ui_port), "Jaeger UI"),
            Service::new("--otlp-grpc-port", local(showing.otlp_grpc_port), "OTLP over gRPC"),
            Service::new("--otlp-http-port", local(showing.otlp_http_port), "OTLP over HTTP"),
        ];
        let viewer = viewer.iter().filter(|_| embedded);
        for Service { option, address, what } in viewer.chain(&self.services) {
            ports::check_free(*address, what, option)?;
        }
        Ok(())
    }

    fn arguments(&self, showing: &Showing, viewer: Option<&Viewer>) -> Vec<String> {
        let mut arguments = self.words.clone();
        if showing.once {
            arguments.push("--once".to_owned());
        }
        let mut pair = |name: &str, value: String| arguments.extend([name.to_owned(), value]);
        for service in &self.services {
            pair(service.option, service.address.to_string());
        }
        if let Some(viewer) = viewer {
            pair("--viewer-url", viewer.ready.ui.clone());
            pair("--otlp-endpoint", viewer.ready.otlp_http.clone());
        }
        arguments
    }
}

/// Builds an example's program, and says where it is.
pub fn build(workspace: &Workspace, package: &str) -> Result<PathBuf> {
    let log = workspace.log(&format!("{package}-build"));
    cmd::new_log(&log)?;
    let mut cargo = cmd::cargo();
    cargo.current_dir(&workspace.root).args(["build", "-p", package]);
    let mut progress = Progress::start("building the services");
    let status = cmd::run_logged(&mut cargo, &log, &mut progress);
    let built = status.as_ref().is_ok_and(|status| status.success());
    progress.end(if built { "done" } else { "failed" });
    if !status?.success() {
        note!("{}", cmd::tail(&log, 40));
        bail!("the services could not be built (all of it in {})", log.display());
    }
    Ok(workspace.program(&["debug"], package))
}

impl Showing {
    fn wants_viewer(&self) -> bool {
        if let Some(endpoint) = std::env::var(ENDPOINT).ok().filter(|value| !value.is_empty()) {
            let shown = redacted(&endpoint);
            note!("{ENDPOINT} is set: spans go to {shown}, and no viewer is started");
            return false;
        }
        if self.no_viewer {
            note!("no viewer, as asked: traces are drawn in the terminal only");
        }
        !self.no_viewer
    }

    const fn ports(&self) -> Ports {
        Ports { ui: self.ui_port, otlp_grpc: self.otlp_grpc_port, otlp_http: self.otlp_http_port }
    }
}

/// An example is worth something without the viewer too, so that whatever it lacks on this machine
/// is told and not fatal.
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
