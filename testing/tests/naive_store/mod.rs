//! A store in memory behind an integration by hand, as the suite wants it.

mod fault;
mod memory;
mod rows;
mod traced;
mod view;

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use testing::store::{Adapter, Call, Outcome, SECRET, read};
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use tracer_core::semconv::db;
use tracer_core::{InSpanExt, SpanContext, SpanRef, Tracer, bind_current};

pub(crate) use fault::Fault;
use memory::{Command, ROWS, StoreError, WRONG_TYPE};
use traced::Traced;

pub(crate) struct Naive {
    client: Traced,
    /// A batch that is refused is a pipeline, else a transaction.
    pipelines: bool,
}

impl Naive {
    pub(crate) fn new(fault: Fault, pipelines: bool) -> Self {
        let system = if fault == Fault::WrongSystem { "disk" } else { "memory" };
        let endpoint = db::Endpoint::new(system).with_address("memory.test", Some(1));
        let parent = Mutex::new(SpanContext::default());
        Self { client: Traced { fault, endpoint, parent }, pipelines }
    }

    async fn perform(&self, tracer: Option<&Tracer>, call: Call) -> Outcome {
        let three = ["a", "b", "there"].map(|key| Command::new("SET", &[key, "1"]));
        let refused = [Command::new("SET", &["a", "1"]), Command::new("GET", &["list"])];
        match call {
            Call::Ok => self.one(tracer, Command::new("GET", &["there"])).await,
            Call::Empty => self.one(tracer, Command::new("GET", &["nothing"])).await,
            Call::Writes => self.one(tracer, Command::new("SET", &["a", SECRET])).await,
            Call::Refused => self.one(tracer, Command::new("GET", &["list"])).await,
            Call::Unreachable => self.one(tracer, Command::new("GET", &["gone"])).await,
            Call::Hangs => self.one(tracer, Command::new("WAIT", &[])).await,
            Call::Streams | Call::LeavesEarly => {
                Outcome::of(read(self.client.scan(tracer).await, call).await, is_refusal)
            }
            Call::Batch => Outcome::of(self.client.batch(tracer, &three).await, is_refusal),
            Call::Transaction => {
                Outcome::of(self.client.transaction(tracer, &three).await, is_refusal)
            }
            Call::BatchRefused if self.pipelines => {
                Outcome::of(self.client.batch(tracer, &refused).await, is_refusal)
            }
            Call::BatchRefused => {
                Outcome::of(self.client.transaction(tracer, &refused).await, is_refusal)
            }
            Call::Secrets => {
                self.one(tracer, Command::new("AUTH", &["me", SECRET])).await;
                self.one(tracer, Command::new("EVAL", &[&format!("return '{SECRET}'")])).await;
                self.one(tracer, Command::new("GET", &[SECRET])).await
            }
            Call::Unpolled => {
                self.client.unpolled(tracer);
                Outcome::Answer(String::new())
            }
        }
    }

    async fn one(&self, tracer: Option<&Tracer>, command: Command) -> Outcome {
        Outcome::of(self.client.one(tracer, command).await, is_refusal)
    }
}

/// The same behind a client that blocks.
pub(crate) struct Blocking(Arc<Naive>);

impl Blocking {
    pub(crate) fn new(fault: Fault) -> Self {
        Self(Arc::new(Naive::new(fault, true)))
    }
}

impl Adapter for Blocking {
    fn system(&self) -> &'static str {
        self.0.system()
    }

    fn supports(&self, call: Call) -> bool {
        !matches!(call, Call::Streams | Call::LeavesEarly | Call::Hangs | Call::Unpolled)
    }

    fn spans(&self, call: Call) -> Vec<String> {
        self.0.spans(call)
    }

    fn error_code(&self) -> &'static str {
        self.0.error_code()
    }

    fn rows(&self, call: Call) -> Option<u64> {
        self.0.rows(call)
    }

    async fn call(&self, tracer: Tracer, call: Call) -> Outcome {
        let (naive, runtime) = (Arc::clone(&self.0), Handle::current());
        let work = move || runtime.block_on(naive.perform(Some(&tracer), call));
        spawn_blocking(bind_current(work)).await.unwrap()
    }
}

fn is_refusal(error: &StoreError) -> bool {
    error.is_refusal()
}

impl Adapter for Naive {
    fn system(&self) -> &'static str {
        "memory"
    }

    fn spans(&self, call: Call) -> Vec<String> {
        let operations: &[&str] = match call {
            Call::Ok | Call::Empty | Call::Refused | Call::Unreachable | Call::Unpolled => &["GET"],
            Call::Writes => &["SET"],
            Call::Hangs => &["WAIT"],
            Call::Streams | Call::LeavesEarly => &["SCAN"],
            Call::Batch => &["PIPELINE"],
            Call::Transaction => &["BEGIN", "SET", "SET", "SET", "COMMIT"],
            Call::BatchRefused if self.pipelines => &["PIPELINE"],
            Call::BatchRefused => &["BEGIN", "SET", "GET", "ROLLBACK"],
            Call::Secrets => &["AUTH", "EVAL", "GET"],
        };
        operations.iter().map(|operation| format!("{operation} memory.test:1")).collect()
    }

    fn error_code(&self) -> &'static str {
        WRONG_TYPE
    }

    fn rows(&self, call: Call) -> Option<u64> {
        match call {
            Call::Ok | Call::LeavesEarly => Some(1),
            Call::Empty => Some(0),
            Call::Streams => Some(ROWS),
            _ => None,
        }
    }

    async fn call(&self, tracer: Tracer, call: Call) -> Outcome {
        self.perform(Some(&tracer), call).await
    }

    async fn pair(&self, tracer: Tracer, left: SpanRef, right: SpanRef) -> bool {
        let mut left = pin!(self.call(tracer.clone(), Call::Ok).attach(left));
        let mut right = pin!(self.call(tracer, Call::Ok).attach(right));
        let mut done = (false, false);
        poll_fn(|cx| {
            done.0 = done.0 || left.as_mut().poll(cx).is_ready();
            done.1 = done.1 || right.as_mut().poll(cx).is_ready();
            if done == (true, true) { Poll::Ready(true) } else { Poll::Pending }
        })
        .await
    }

    async fn untraced(&self, call: Call) -> Option<Outcome> {
        Some(self.perform(None, call).await)
    }
}
