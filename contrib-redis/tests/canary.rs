//! Nothing secret is found anywhere: not in spans, not in what is exported or printed of them, not
//! in what the wrapper says of itself.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod secrets;
mod support;

use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use contrib_redis::{RedisTracing, TraceExt, TraceGuardExt};
use redis::{AsyncConnectionConfig, Client, ConnectionAddr, Value};
use secrets::{MARK, Secrets};
use support::client;
use tracer_core::{
    Batch, FinishedSpan, Outcome, Reporter, Tracer, Waterfall, WaterfallStyle, semconv,
};

/// What has gone out: the spans, and the bytes for a receiver.
#[derive(Clone, Default)]
struct Out {
    spans: Arc<Mutex<Vec<FinishedSpan>>>,
    bytes: Arc<Mutex<Vec<u8>>>,
}

impl Reporter for Out {
    fn report(&mut self, batch: &Batch<'_>) -> Outcome {
        contrib_otlp::encode(batch, &mut self.bytes.lock().unwrap());
        let spans = batch.spans().map(|span| span.to_finished(batch.resource()));
        self.spans.lock().unwrap().extend(spans);
        Outcome::Reported
    }
}

/// Whether there is a secret in it, or half of one.
fn is_told(text: impl AsRef<[u8]>) -> bool {
    let text = text.as_ref().to_ascii_lowercase();
    text.windows(MARK.len()).any(|part| part == MARK.as_bytes())
}

fn expect_untold(what: &str, text: impl AsRef<[u8]>) {
    let text = text.as_ref();
    assert!(!is_told(text), "{what}: {}", String::from_utf8_lossy(text));
}

/// What a test has made, and what it looks at.
struct Canary {
    tracer: Tracer,
    out: Out,
    secrets: Secrets,
    commands: usize,
}

impl Canary {
    fn new(in_keys: bool) -> Self {
        let out = Out::default();
        let tracer = Tracer::builder("test").reporter(out.clone()).build();
        let secrets = Secrets { in_keys, ..Secrets::default() };
        Self { tracer, out, secrets, commands: 0 }
    }

    /// Sends everything: one by one and together, waiting and not, to who is there and who is not.
    async fn sing(&mut self, tracing: &RedisTracing) {
        let config = AsyncConnectionConfig::new().set_response_timeout(None);
        let plain = client().get_multiplexed_async_connection_with_config(&config).await.unwrap();
        let mut connection = plain.traced(tracing);
        let mut blocking = client().get_connection().unwrap().traced(tracing);
        for command in self.secrets.commands() {
            let _ = command.query_async::<Value>(&mut connection).await;
            let _ = command.query::<Value>(&mut blocking);
            let mut single = redis::pipe();
            single.add_command(command);
            let _ = single.query_async::<Value>(&mut connection).await;
            let _ = single.atomic().query::<Value>(&mut blocking);
            self.commands += 4;
        }
        let mut pipeline = redis::pipe();
        for command in self.secrets.commands() {
            pipeline.add_command(command);
        }
        let _ = pipeline.query_async::<Value>(&mut connection).await;
        let _ = pipeline.query::<Value>(&mut blocking);
        let _ = pipeline.atomic().query_async::<Value>(&mut connection).await;
        let _ = pipeline.query::<Value>(&mut blocking);
        self.commands += 4;
        expect_debug(&connection);
        expect_debug(&blocking);
        expect_debug(tracing);
        expect_debug(&(&mut connection).traced_guard(tracing));
        let _: i64 = support::plain(redis::cmd("DEL").arg(&self.secrets.keys));
    }

    /// A client whose URL is full of secrets, which the server does not let in.
    fn knock(&mut self, set: impl Fn(RedisTracing) -> RedisTracing) {
        let mut urls = Vec::new();
        if let ConnectionAddr::Tcp(host, port) = client().get_connection_info().addr() {
            urls.push(format!("{host}:{port}/0"));
        }
        // Nobody listens there.
        urls.push("127.0.0.1:1/0".to_owned());
        for url in urls {
            let secrets = &mut self.secrets;
            let (user, password, query) = (secrets.next(), secrets.next(), secrets.next());
            let url = format!("redis://{user}:{password}@{url}?nosuch={query}");
            let Ok(client) = Client::open(url.as_str()) else { panic!("{url}") };
            let tracing = set(RedisTracing::of(&client).with_tracer(self.tracer.clone()));
            let mut connection = client.traced(&tracing);
            let answer = redis::cmd("GET").arg("key").query::<Value>(&mut connection);
            assert!(answer.is_err());
            self.commands += 1;
            expect_debug(&connection);
            expect_debug(&tracing);
        }
    }

    fn spans(&self) -> Vec<FinishedSpan> {
        self.tracer.flush(Duration::from_secs(10)).unwrap();
        self.out.spans.lock().unwrap().clone()
    }

    /// Everything that leaves the process, or a developer's eyes.
    fn expect_silence(&self) {
        assert!(self.secrets.made >= 50, "{} secrets", self.secrets.made);
        let spans = self.spans();
        let expected = if tracer_core::ENABLED { self.commands } else { 0 };
        assert_eq!(spans.len(), expected);
        for span in &spans {
            expect_untold("a span", format!("{span:?}"));
        }
        for style in [WaterfallStyle::Plain, WaterfallStyle::Coloured] {
            expect_untold("the console", Waterfall::new(&spans, style).to_string());
        }
        let bytes = self.out.bytes.lock().unwrap();
        assert_eq!(bytes.is_empty(), !tracer_core::ENABLED);
        expect_untold("what is exported", &*bytes);
    }
}

fn expect_debug(value: &impl Debug) {
    expect_untold("Debug", format!("{value:?} {value:#?}"));
}

#[tokio::test]
async fn by_default() {
    let mut canary = Canary::new(true);
    let tracing = support::tracing(&canary.tracer);
    canary.sing(&tracing).await;
    canary.knock(|tracing| tracing);
    canary.expect_silence();
}

#[tokio::test]
async fn with_the_text_of_commands() {
    let mut canary = Canary::new(false);
    let tracing = support::tracing(&canary.tracer).with_query_text();
    canary.sing(&tracing).await;
    canary.knock(RedisTracing::with_query_text);
    canary.expect_silence();
    if tracer_core::ENABLED {
        let with_text = canary.spans().iter().filter(|span| has_text(span)).count();
        assert_eq!(with_text, canary.commands, "there is something to look at");
    }
}

fn has_text(span: &FinishedSpan) -> bool {
    span.tag(semconv::DB_QUERY_TEXT).is_some_and(|text| text.to_string().contains([' ', '_']))
}

/// The test sees what it looks for: the server does quote what it is told.
#[tokio::test]
async fn the_canary_sings() {
    let mut canary = Canary::new(true);
    let tracing = support::tracing(&canary.tracer).with_error_messages();
    canary.sing(&tracing).await;
    if tracer_core::ENABLED {
        let told = canary.spans().iter().filter(|span| is_told(format!("{span:?}"))).count();
        assert!(told > 10, "{told} spans quote a secret");
        assert!(is_told(&*canary.out.bytes.lock().unwrap()));
        assert!(is_told(Waterfall::new(&canary.spans(), WaterfallStyle::Plain).to_string()));
    }
}
