//! The login by SMS, ready for a drill.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use contrib_tracing::TraceLayer;
use example_parts::faults::Faults;
use example_parts::http::direct_client;
use example_parts::reporting::for_the_screen;
use reqwest::{Client, RequestBuilder};
use serde_json::json;
use sms_login::{Addresses, Backing, Login, Tracers};
use tracer_core::MemoryReporter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::{Kind, Server, Servers, Stoppable, Watch};
use crate::drill::Setup;

/// How long an SMS is waited for.
const ARRIVES: Duration = Duration::from_secs(15);
const POLL: Duration = Duration::from_millis(50);

/// The running login.
#[derive(Debug)]
pub struct LoginField {
    /// The services.
    pub login: Login,
    /// What they report.
    pub watch: Watch,
    /// What can be broken.
    pub faults: Faults,
    client: Client,
    number: u32,
    /// What may be stopped.
    pub server: Stoppable,
}

impl LoginField {
    /// Starts it, and breaks what is to be broken.
    ///
    /// # Errors
    /// When something can't be started, or not be broken.
    pub async fn start(
        servers: &Servers,
        setup: &Setup,
        faults: &[&str],
        collector: Option<&str>,
    ) -> Result<Self> {
        // What services log is on their spans; nobody wants to read the lines as well. One who has set
        // up another subscriber keeps it.
        let _ = tracing_subscriber::registry().with(TraceLayer::new()).try_init();
        let memory = MemoryReporter::new();
        let tracers = Tracers::new(|builder| for_the_screen(builder, &memory, collector))?;
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let wanted = Addresses { api: any, auth: any, sms: any };
        let mut amqp = servers.amqp.clone();
        let server = match setup.stops(servers) {
            Some(Kind::Rabbitmq) => Some(Server::start(Kind::Rabbitmq, servers).await?),
            _ => None,
        };
        if let Some(server) = &server {
            amqp = Some(server.url());
        }
        let backing = Backing::at(servers.redis.clone(), amqp);
        let broken = Faults::allowed();
        let login = Login::start(wanted, &backing, &tracers, &broken).await?;
        broken.set(faults.iter().copied())?;
        let watch = Watch { tracers: tracers.all().map(Clone::clone).to_vec(), memory };
        let client = direct_client()?;
        // Another one each time: a real Redis remembers who has just asked.
        let (number, server) = (fastrand::u32(..), Stoppable::new(server));
        Ok(Self { login, watch, faults: broken, client, number, server })
    }

    /// A telephone that can be reached.
    #[must_use]
    pub fn phone(&self) -> String {
        format!("+49{}17", self.number)
    }

    /// One that can't.
    #[must_use]
    pub fn unreachable(&self) -> String {
        format!("+49{}00", self.number)
    }

    /// Asks for a code.
    pub fn ask(&self, phone: &str) -> RequestBuilder {
        let url = format!("http://{}/codes", self.login.addresses.api);
        self.client.post(url).json(&json!({ "phone": phone }))
    }

    /// Until both services have found the broker again.
    ///
    /// # Errors
    /// That they don't.
    pub async fn recovered(&self) -> Result<()> {
        let found = async {
            while !self.login.is_connected() {
                tokio::time::sleep(POLL).await;
            }
        };
        tokio::time::timeout(ARRIVES, found).await.context("the broker is not found again")
    }

    /// Until the SMS is there.
    ///
    /// # Errors
    /// That it does not come.
    pub async fn arrived(&self, phone: &str) -> Result<()> {
        let text = tokio::time::timeout(ARRIVES, self.login.telephones.text(phone)).await;
        text.context("no SMS arrives")?.context("no SMS arrives")?;
        Ok(())
    }
}
