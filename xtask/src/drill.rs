//! `cargo xtask drill`: something breaks on purpose, and its trace is read.

use std::process::{Command, ExitCode};

use anyhow::Result;
use clap::Args;

use crate::cmd;
use crate::demo::example::{self, Example, Showing};
use crate::services::Session;
use crate::services::kind::Kind;
use crate::workspace::Workspace;

const PACKAGE: &str = "drills";
const BOOK: &str = "docs/drills.md";

#[derive(Debug, Args)]
pub struct Options {
    /// Which one; without it, all are listed
    name: Option<String>,

    /// Run all, and print a table
    #[arg(long, conflicts_with = "name")]
    all: bool,

    /// Write docs/drills.md from runs of all
    #[arg(long, conflicts_with_all = ["name", "all", "real", "json"])]
    book: bool,

    /// Of the book: write nothing, and fail where it is not that of today
    #[arg(long, requires = "book")]
    check: bool,

    /// With a real Redis, MariaDB and RabbitMQ: REDIS_URL, MYSQL_URL and AMQP_URL, or else private
    /// ones
    #[arg(long)]
    real: bool,

    /// For machines
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    showing: Showing,
}

pub fn run(options: &Options) -> Result<ExitCode> {
    let workspace = Workspace::load()?;
    match &options.name {
        Some(name) if !options.json => options.show(&workspace, name),
        _ => options.tell(&workspace),
    }
}

impl Options {
    /// With a viewer, in which the trace can be looked at.
    fn show(&self, workspace: &Workspace, name: &str) -> Result<ExitCode> {
        let mut words = vec!["run".to_owned(), name.to_owned()];
        words.extend(self.real.then(|| "--real".to_owned()));
        let example = Example {
            package: PACKAGE,
            words,
            services: Vec::new(),
            servers: self.real.then(|| SERVERS.to_vec()),
        };
        example.run(workspace, &self.showing)
    }

    /// In the terminal only.
    fn tell(&self, workspace: &Workspace) -> Result<ExitCode> {
        let mut session = self.real.then(|| Session::new(workspace)).transpose()?;
        let servers = session.as_mut().map(|session| session.need(SERVERS)).transpose()?;
        let mut drills = Command::new(example::build(workspace, PACKAGE)?);
        drills.current_dir(&workspace.root).args(self.words()).envs(servers.into_iter().flatten());
        // Theirs alone to say where spans go.
        drills.env_remove(example::ENDPOINT);
        drills.env(example::XTASK, std::env::current_exe()?);
        let status = cmd::run_here(&mut drills)?;
        if let Some(session) = session {
            session.end();
        }
        Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn words(&self) -> Vec<&str> {
        let flag = |is_set: bool, flag| is_set.then_some(flag);
        let what = match &self.name {
            Some(name) => vec!["run", name],
            None if self.book => vec!["book", BOOK],
            None if self.all => vec!["all"],
            None => vec!["list"],
        };
        let flags = [
            flag(self.check, "--check"),
            flag(self.real && what != ["list"], "--real"),
            flag(self.json, "--json"),
        ];
        what.into_iter().chain(flags.into_iter().flatten()).collect()
    }
}

/// What drills break.
const SERVERS: &[Kind] = &[Kind::Redis, Kind::Mariadb, Kind::Rabbitmq];
