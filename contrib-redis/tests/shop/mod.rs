//! A program that uses Redis in every way there is, and knows nothing of tracing. Which connections
//! it has is up to the module around it.

use std::collections::HashMap;
use std::fmt::Debug;

use redis::{
    AsyncCommands, AsyncTypedCommands, Commands, Pipeline, RedisResult, Script, TypedCommands,
    Value,
};

use super::{Blocking, Connection};

/// What a program has: a connection among its own state.
#[derive(Clone)]
pub(crate) struct Shop {
    connection: Connection,
    prefix: String,
    said: Vec<String>,
}

impl Shop {
    pub(crate) fn new(connection: Connection, prefix: &str) -> Self {
        Self { connection, prefix: prefix.to_owned(), said: Vec::new() }
    }

    fn key(&self, name: &str) -> String {
        format!("{}:{name}", self.prefix)
    }

    fn say(&mut self, answer: impl Debug) {
        self.said.push(format!("{answer:?}").replace(&self.prefix, "shop"));
    }

    /// Everything it can do, and what the server said to each of it.
    pub(crate) async fn open(mut self) -> RedisResult<Vec<String>> {
        self.single_commands().await?;
        self.pipelines().await?;
        self.scripts().await?;
        self.iterators().await?;
        self.transactions().await?;
        self.failures().await;
        self.tasks().await;
        let keys = ["price", "item", "tags", "stock", "ledger"].map(|name| self.key(name));
        let gone: i64 = AsyncCommands::del(&mut self.connection, &keys[..]).await?;
        self.say(gone);
        Ok(self.said)
    }

    async fn single_commands(&mut self) -> RedisResult<()> {
        let (price, item, tags) = (self.key("price"), self.key("item"), self.key("tags"));
        let con = &mut self.connection;
        let () = AsyncCommands::set(con, &price, 42).await?;
        let typed = AsyncTypedCommands::get(con, &price).await?;
        let nothing: Option<i64> = AsyncCommands::get(con, "nobody:has:this").await?;
        let () =
            AsyncCommands::hset_multiple(con, &item, &[("name", "cup"), ("size", "3")]).await?;
        let fields: HashMap<String, String> = AsyncCommands::hgetall(con, &item).await?;
        let added = AsyncTypedCommands::sadd(con, &tags, &["a", "b", "c"]).await?;
        let pong: String = redis::cmd("PING").query_async(con).await?;
        let info: Value = redis::cmd("OBJECT").arg("ENCODING").arg(&price).query_async(con).await?;
        redis::cmd("EXPIRE").arg(&price).arg(60).exec_async(con).await?;
        let sized = (fields.len(), fields.get("name").cloned());
        self.say((typed, nothing, sized, added, pong, info));
        Ok(())
    }

    async fn pipelines(&mut self) -> RedisResult<()> {
        let (price, stock) = (self.key("price"), self.key("stock"));
        let (before, left): (i64, i64) = redis::pipe()
            .get(&price)
            .set(&stock, 10)
            .ignore()
            .decr(&stock, 1)
            .query_async(&mut self.connection)
            .await?;
        let mut atomic: Pipeline = redis::pipe();
        atomic.atomic().incr(&stock, 5).expire(&stock, 60).ignore();
        let answer: Vec<i64> = atomic.query_async(&mut self.connection).await?;
        self.say((before, left, answer));
        Ok(())
    }

    async fn scripts(&mut self) -> RedisResult<()> {
        let script = Script::new("return redis.call('GET', KEYS[1]) * ARGV[1]");
        let key = self.key("price");
        let total: i64 = script.key(key).arg(3).invoke_async(&mut self.connection).await?;
        self.say(total);
        Ok(())
    }

    async fn iterators(&mut self) -> RedisResult<()> {
        let tags = self.key("tags");
        let mut found = Vec::new();
        let mut members = AsyncCommands::sscan::<_, String>(&mut self.connection, &tags).await?;
        while let Some(member) = members.next_item().await {
            found.push(member?);
        }
        drop(members);
        found.sort();
        self.say(found);
        Ok(())
    }

    async fn transactions(&mut self) -> RedisResult<()> {
        let key = self.key("ledger");
        let connection = self.connection.clone();
        let sum: Vec<i64> = redis::aio::transaction_async(
            connection,
            &[&key],
            async |mut connection: Connection, mut pipeline: Pipeline| {
                let now: Option<i64> = AsyncCommands::get(&mut connection, &key).await?;
                pipeline.set(&key, now.unwrap_or(0) + 7).ignore().get(&key);
                pipeline.query_async(&mut connection).await
            },
        )
        .await?;
        self.say(sum);
        Ok(())
    }

    async fn failures(&mut self) {
        let key = self.key("price");
        let wrong: RedisResult<i64> = AsyncCommands::lpush(&mut self.connection, &key, 1).await;
        let unknown: RedisResult<()> =
            redis::cmd("NOSUCHCOMMAND").arg("x").query_async(&mut self.connection).await;
        let mut pipeline = redis::pipe();
        pipeline.get(&key).lpush(&key, 1).ignore_errors();
        let each: RedisResult<Vec<RedisResult<i64>>> =
            pipeline.query_async(&mut self.connection).await;
        self.say((wrong, unknown, each));
    }

    async fn tasks(&mut self) {
        let tasks = [1, 2, 3].map(|by| {
            let (mut connection, key) = (self.connection.clone(), self.key("stock"));
            tokio::spawn(async move { generic(&mut connection, &key, by).await })
        });
        let mut sums = Vec::new();
        for task in tasks {
            sums.push(task.await.map(|sum| sum.is_ok()).is_ok());
        }
        let key = self.key("stock");
        let sum: RedisResult<i64> = AsyncCommands::get(&mut self.connection, &key).await;
        self.say((sums, sum));
    }
}

/// Knows no type of connection at all.
async fn generic(connection: &mut impl AsyncCommands, key: &str, by: i64) -> RedisResult<i64> {
    connection.incr(key, by).await
}

/// The same, for those who wait.
pub(crate) fn open_blocking(mut con: Blocking, prefix: &str) -> RedisResult<Vec<String>> {
    let mut said = Vec::new();
    let (price, tags) = (format!("{prefix}:price"), format!("{prefix}:tags"));
    let con = &mut con;
    let () = Commands::set(con, &price, 42)?;
    said.push(format!("{:?}", TypedCommands::get(con, &price)?));
    said.push(format!("{:?}", TypedCommands::sadd(con, &tags, &["a", "b"])?));
    let mut members: Vec<String> =
        Commands::sscan(con, &tags)?.collect::<RedisResult<Vec<String>>>()?;
    members.sort();
    said.push(format!("{members:?}"));
    let (before, after): (i64, i64) =
        redis::pipe().atomic().get(&price).incr(&price, 1).query(con)?;
    said.push(format!("{before} {after}"));
    let script = Script::new("return redis.call('GET', KEYS[1]) * ARGV[1]");
    said.push(format!("{:?}", script.key(&price).arg(2).invoke::<i64>(con)));
    let sum: (i64,) = redis::transaction(con, &[&price], |con, pipeline| {
        let now: i64 = Commands::get(con, &price)?;
        pipeline.set(&price, now + 1).ignore().get(&price).query(con)
    })?;
    said.push(format!("{sum:?}"));
    said.push(format!("{:?}", Commands::lpush::<_, _, i64>(con, &price, 1)));
    said.push(format!("{:?}", Commands::del::<_, i64>(con, &[price, tags])));
    Ok(said)
}
