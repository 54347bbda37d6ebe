//! `cargo xtask demo`: an example's services, what becomes of a request, its trace on the screen.

pub mod example;

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::services::kind::{DEMO, Kind, demo_needs};
use crate::toggle;
use crate::workspace::Workspace;
use example::{Example, Service, Showing};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Options {
    #[command(subcommand)]
    which: Option<Which>,

    #[command(flatten)]
    chain: Chain,
}

#[derive(Debug, Subcommand)]
enum Which {
    /// What the kit costs: on, off at run time, compiled out
    Toggle(toggle::Options),
    /// A login by SMS: three services, and a queue between two of them
    SmsLogin(SmsLogin),
    /// A page to call a car from: four services, and problems to find by reading traces
    Hotrod(Hotrod),
}

/// What is broken on purpose.
#[derive(Debug, Args)]
struct Broken {
    /// Break something, as in server3.redis=timeout:2s@50%; may be given more than once
    #[arg(long = "fault", value_name = "PLACE=KIND")]
    faults: Vec<String>,

    /// Let callers break things: by PUT /faults, or by `baggage: fault=PLACE:KIND`
    #[arg(long)]
    allow_faults: bool,
}

#[derive(Debug, Args)]
struct Chain {
    #[command(flatten)]
    showing: Showing,

    #[command(flatten)]
    broken: Broken,

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
}

#[derive(Debug, Args)]
struct SmsLogin {
    #[command(flatten)]
    showing: Showing,

    #[command(flatten)]
    broken: Broken,

    /// With a real Redis and RabbitMQ: REDIS_URL and AMQP_URL, or else private ones
    #[arg(long)]
    real: bool,

    /// Where the service for telephones listens
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7201")]
    api: SocketAddr,

    /// Where the service that makes codes listens
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7202")]
    auth: SocketAddr,

    /// Where the service that sends them listens
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7203")]
    sms: SocketAddr,
}

#[derive(Debug, Args)]
struct Hotrod {
    #[command(flatten)]
    showing: Showing,

    /// With a real Redis and MariaDB: REDIS_URL and MYSQL_URL, or else private ones
    #[arg(long)]
    real: bool,

    /// Where the page is, and the service behind it
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7301")]
    frontend: SocketAddr,

    /// Where the service that knows the customers listens
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7302")]
    customer: SocketAddr,

    /// Where the service that knows the drivers listens
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7303")]
    driver: SocketAddr,

    /// Where the service that computes routes listens
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7304")]
    route: SocketAddr,

    /// For the program itself: --fix-lock, --fix-redis, --workers N, --traffic N
    #[arg(last = true, value_name = "OPTION")]
    own: Vec<String>,
}

pub fn run(options: &Options) -> Result<ExitCode> {
    let workspace = Workspace::load()?;
    match &options.which {
        None => options.chain.run(&workspace),
        Some(Which::Toggle(options)) => toggle::run(&workspace, options),
        Some(Which::SmsLogin(options)) => options.run(&workspace),
        Some(Which::Hotrod(options)) => options.run(&workspace),
    }
}

impl Broken {
    /// As the examples take it.
    fn words(&self) -> Vec<String> {
        let faults = self.faults.iter().flat_map(|fault| ["--fault".to_owned(), fault.clone()]);
        faults.chain(self.allow_faults.then(|| "--allow-faults".to_owned())).collect()
    }
}

impl Chain {
    fn words(&self) -> Vec<String> {
        [vec!["demo".to_owned()], self.broken.words()].concat()
    }

    fn run(&self, workspace: &Workspace) -> Result<ExitCode> {
        let example = Example {
            package: "chain",
            words: self.words(),
            services: vec![
                Service::new("--server1", self.server1, "first service"),
                Service::new("--server2", self.server2, "second service"),
                Service::new("--server3", self.server3, "third service"),
            ],
            servers: self.real.then(demo_needs),
        };
        example.run(workspace, &self.showing)
    }
}

impl SmsLogin {
    fn run(&self, workspace: &Workspace) -> Result<ExitCode> {
        let example = Example {
            package: "sms-login",
            words: self.broken.words(),
            services: vec![
                Service::new("--api", self.api, "service for telephones"),
                Service::new("--auth", self.auth, "service that makes codes"),
                Service::new("--sms", self.sms, "service that sends them"),
            ],
            servers: self.real.then(|| vec![Kind::Redis, Kind::Rabbitmq]),
        };
        example.run(workspace, &self.showing)
    }
}

impl Hotrod {
    fn run(&self, workspace: &Workspace) -> Result<ExitCode> {
        let example = Example {
            package: "hotrod",
            words: self.own.clone(),
            services: vec![
                Service::new("--frontend", self.frontend, "page"),
                Service::new("--customer", self.customer, "service that knows the customers"),
                Service::new("--driver", self.driver, "service that knows the drivers"),
                Service::new("--route", self.route, "service that computes routes"),
            ],
            servers: self.real.then(|| DEMO.to_vec()),
        };
        example.run(workspace, &self.showing)
    }
}
