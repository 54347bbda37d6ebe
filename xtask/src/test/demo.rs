//! The demo as a stage: it runs once, and shows what it should.

use std::process::Command;

use anyhow::{Result, bail};

use super::stage::{Plan, Step};
use super::stages::cargo;
use crate::ports;
use crate::services::kind::Kind;
use crate::workspace::Workspace;

/// What the demo's output has to name.
const SERVICES: [&str; 3] = ["server1", "server2", "server3"];

/// Spans of its stores that it has to draw as well, real or embedded.
const STORES: &[&str] = &[];

/// Through cargo: the stages before may have replaced the program that runs now.
fn demo_once(workspace: &Workspace, arguments: &[&str]) -> Result<Command> {
    let ports = ports::free(6)?;
    let mut cargo = cargo(workspace, &["xtask", "demo", "--once"]);
    // Whatever collector the developer uses, this is about the viewer here.
    cargo.args(arguments).env_remove("OTEL_EXPORTER_OTLP_ENDPOINT");
    for (option, port) in ["--server1", "--server2", "--server3"].iter().zip(&ports) {
        cargo.args([option, format!("127.0.0.1:{port}").as_str()]);
    }
    for (option, port) in
        ["--ui-port", "--otlp-grpc-port", "--otlp-http-port"].iter().zip(&ports[3..])
    {
        cargo.args([option, port.to_string().as_str()]);
    }
    Ok(cargo)
}

/// With what is built in, whatever servers the developer has.
pub fn demo(workspace: &Workspace) -> Result<Plan> {
    let mut cargo = demo_once(workspace, &[])?;
    let variables = Kind::ALL.map(Kind::variable);
    for variable in variables.into_iter().chain(["DATABASE_URL"]) {
        cargo.env_remove(variable);
    }
    Ok(Plan::Run(vec![Step::new(cargo).with_check(names_all)]))
}

pub fn demo_real(workspace: &Workspace) -> Result<Plan> {
    let cargo = demo_once(workspace, &["--real"])?;
    Ok(Plan::Run(vec![Step::new(cargo).with_check(names_all)]))
}

fn names_all(output: &str) -> Result<()> {
    match SERVICES.iter().chain(STORES).find(|name| !output.contains(**name)) {
        Some(missing) => bail!("the demo's output does not name {missing}"),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_has_to_name_each_service() {
        let drawn = STORES.join(" ");
        assert!(names_all(&format!("server1 → server2 → server3 {drawn}")).is_ok());
        let error = names_all(&format!("server1 → server3 {drawn}")).unwrap_err();
        assert!(error.to_string().contains("server2"));
    }
}
