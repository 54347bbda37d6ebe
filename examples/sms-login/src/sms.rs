//! sms: works on the messages of the queue, one after another.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use contrib_amqp::{TracedChannel, TracedConsumer, TracedDelivery};
use example_parts::faults::{Hook, Kind, wait};
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicNackOptions};
use lapin::types::FieldTable;
use reqwest_middleware::ClientWithMiddleware;
use tracing::{error, info, warn};

use crate::queue::{self, Sms};

/// How long the provider may take: messages wait behind this one.
const PATIENCE: Duration = Duration::from_secs(3);
/// Tries, with the first one.
pub const TRIES: u64 = 3;

/// Not requeued: it is dead-lettered, and so waits before it comes again.
const LATER: BasicNackOptions = BasicNackOptions { multiple: false, requeue: false };

/// It is the next one again, for whoever is there.
const AGAIN: BasicNackOptions = BasicNackOptions { multiple: false, requeue: true };

/// What the work needs.
#[derive(Clone)]
pub struct Worker {
    /// For what nobody tries again.
    pub channel: TracedChannel,
    /// To call the provider with.
    pub client: ClientWithMiddleware,
    /// Where that is.
    pub provider: SocketAddr,
    /// To break the work with.
    pub hook: Hook,
}

impl Worker {
    /// Asks for the messages.
    ///
    /// # Errors
    /// When the broker does not have the queue.
    pub async fn consume(&self) -> Result<TracedConsumer> {
        let options = BasicConsumeOptions::default();
        let (queue, tag) = (queue::SMS.into(), "sms".into());
        Ok(self.channel.basic_consume(queue, tag, options, FieldTable::default()).await?)
    }

    /// Works on them until the consumer is cancelled. In the handler a message's span is the
    /// current one, a child of the span that has sent it: whatever is called here is below that.
    ///
    /// # Errors
    /// When the connection breaks, and does not come back.
    pub async fn run(self, consumer: TracedConsumer) -> Result<()> {
        // Clones are one consumer.
        while let Err(broken) = consumer.clone().for_each_traced(|message| self.work(message)).await
        {
            warn!("the connection is gone: waiting for another one");
            self.channel.raw().wait_for_recovery(broken).await?;
        }
        Ok(())
    }

    async fn work(&self, message: TracedDelivery) {
        // One that comes again has had its fault, or it would come for ever.
        if !message.redelivered && self.is_unfit().await {
            warn!("not now: back into the queue");
            if let Err(failure) = message.nack(AGAIN).await {
                unsettled(&failure);
            }
            return;
        }
        let settled = match self.send(&message.data).await {
            Ok(()) => {
                info!("SMS sent");
                message.ack(BasicAckOptions::default()).await
            }
            Err(failure) if queue::rejections(&message.properties) + 1 < TRIES => {
                warn!(error = &*failure, "not sent: once more, later");
                message.nack(LATER).await
            }
            Err(failure) => {
                error!(error = &*failure, "not sent, and given up");
                match queue::bury(&self.channel, &message.data).await {
                    Ok(()) => message.ack(BasicAckOptions::default()).await,
                    // Somebody has to see it: it waits, and is buried later.
                    Err(_) => message.nack(LATER).await,
                }
            }
        };
        if let Err(failure) = settled {
            unsettled(&failure);
        }
    }

    /// Whether this is no time for a message.
    async fn is_unfit(&self) -> bool {
        match self.hook.now() {
            Some(Kind::Latency { by, jitter }) => {
                wait(by, jitter).await;
                false
            }
            Some(Kind::Error) => true,
            _ => false,
        }
    }

    async fn send(&self, payload: &[u8]) -> Result<()> {
        let sms: Sms = serde_json::from_slice(payload)
            // Without the reason: it would quote what is in it.
            .map_err(|_| anyhow!("no message of ours"))?;
        let url = format!("http://{}/messages", self.provider);
        let response = self.client.post(url).timeout(PATIENCE).json(&sms).send().await?;
        if !response.status().is_success() {
            bail!("the provider answers {}", response.status());
        }
        Ok(())
    }
}

/// The connection is gone, and the message will come again.
fn unsettled(failure: &lapin::Error) {
    warn!(error = failure as &dyn std::error::Error, "not settled");
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worker").field("provider", &self.provider).finish_non_exhaustive()
    }
}
