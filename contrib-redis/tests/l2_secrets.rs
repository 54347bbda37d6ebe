//! L2: nothing secret is found anywhere: not in spans, not in what is exported or printed of them,
//! not in what the wrapper says of itself.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod secrets;
mod support;

use contrib_redis::{RedisTracing, TraceExt, TraceGuardExt};
use redis::{AsyncConnectionConfig, Client, ConnectionAddr, Value};
use secrets::Secrets;
use support::client;
use testing::canary::{Kept, Out, expect_silent, is_told};
use tracer_core::{FinishedSpan, Tracer, Waterfall, WaterfallStyle, semconv};

/// What a test has made, and what it looks at.
struct Canary {
    tracer: Tracer,
    out: Out,
    secrets: Secrets,
    commands: usize,
}

impl Canary {
    fn new(in_keys: bool) -> Self {
        let out = Out::new(contrib_otlp::encode);
        let tracer = out.tracer();
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
        expect_silent(&connection);
        expect_silent(&blocking);
        expect_silent(tracing);
        expect_silent(&(&mut connection).traced_guard(tracing));
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
            expect_silent(&connection);
            expect_silent(&tracing);
        }
    }

    fn kept(&self) -> Kept {
        self.out.kept(&self.tracer)
    }

    /// Everything that leaves the process, or a developer's eyes.
    fn expect_silence(&self) {
        assert!(self.secrets.made >= 50, "{} secrets", self.secrets.made);
        let kept = self.kept();
        let expected = if tracer_core::ENABLED { self.commands } else { 0 };
        assert_eq!(kept.spans.len(), expected);
        kept.expect_untold(is_told);
    }
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
        let with_text = canary.kept().spans.iter().filter(|span| has_text(span)).count();
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
        let Kept { spans, bytes } = canary.kept();
        let told = spans.iter().filter(|span| is_told(format!("{span:?}").as_bytes())).count();
        assert!(told > 10, "{told} spans quote a secret");
        assert!(is_told(&bytes));
        let drawn = Waterfall::new(&spans, WaterfallStyle::Plain).to_string();
        assert!(is_told(drawn.as_bytes()));
    }
}
