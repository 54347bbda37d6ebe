//! The load: orders at a steady rate, whatever becomes of the earlier ones.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use reqwest::{Client, StatusCode};
use tokio::runtime::Builder;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// How long an order may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// One order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer {
    /// When it was due, since the load began.
    pub(crate) due: Duration,
    /// From then until its answer was read: what waited for the one before it waited.
    pub(crate) took: Duration,
    pub(crate) is_well: bool,
}

/// A load that runs.
#[derive(Debug)]
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<Vec<Answer>>>,
}

impl Load {
    /// From `began` on, so many orders a second.
    pub(crate) fn start(to: SocketAddr, a_second: u32, began: Instant) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(run(to, Duration::from_secs(1) / a_second, began, &stopped))
        });
        Self { stop, thread }
    }

    /// Waits for the last answers.
    pub(crate) fn end(self) -> Result<Vec<Answer>> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_| anyhow!("the load panicked"))?
    }
}

async fn run(
    to: SocketAddr,
    step: Duration,
    began: Instant,
    stop: &AtomicBool,
) -> Result<Vec<Answer>> {
    let client = Client::builder().no_proxy().timeout(PATIENCE).build()?;
    let url = format!("http://{to}/orders");
    let (sender, mut answers) = unbounded_channel();
    let mut due = Duration::ZERO;
    while !stop.load(Ordering::Relaxed) {
        tokio::time::sleep_until((began + due).into()).await;
        tokio::spawn(order(client.clone(), url.clone(), began, due, sender.clone()));
        due += step;
    }
    drop(sender);
    let mut all = Vec::new();
    while let Some(answer) = answers.recv().await {
        all.push(answer);
    }
    all.first().context("no order was sent")?;
    Ok(all)
}

async fn order(
    client: Client,
    url: String,
    began: Instant,
    due: Duration,
    answers: UnboundedSender<Answer>,
) {
    let request = client.post(url).form(&[("customer", "7"), ("item", "lamp")]);
    let is_well = async {
        let response = request.send().await?;
        let is_well = response.status() == StatusCode::CREATED;
        response.bytes().await.map(|_| is_well)
    };
    let is_well = is_well.await.unwrap_or(false);
    let took = began.elapsed().saturating_sub(due);
    // The receiver is there until all senders are gone.
    let _ = answers.send(Answer { due, took, is_well });
}
