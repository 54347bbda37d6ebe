//! What a client library sees of the stand-in.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncCommands, Client, Cmd, FromRedisValue, ProtocolVersion, Value, cmd, pipe};
use stand_ins::RedisStandIn;

async fn start() -> (RedisStandIn, MultiplexedConnection) {
    let server = RedisStandIn::start().await.unwrap();
    let connection = connect(&server, "").await;
    (server, connection)
}

async fn connect(server: &RedisStandIn, database: &str) -> MultiplexedConnection {
    let client = Client::open(format!("redis://{}/{database}", server.address)).unwrap();
    client.get_multiplexed_async_connection().await.unwrap()
}

fn command(line: &str) -> Cmd {
    let mut words = line.split(' ');
    let mut command = cmd(words.next().unwrap());
    words.for_each(|word| {
        command.arg(word);
    });
    command
}

async fn ask<T: FromRedisValue>(connection: &mut MultiplexedConnection, line: &str) -> T {
    command(line).query_async(connection).await.unwrap()
}

async fn refused(connection: &mut MultiplexedConnection, line: &str) -> String {
    let error = command(line).query_async::<Value>(connection).await.unwrap_err();
    format!("{} {}", error.code().unwrap_or_default(), error.detail().unwrap_or_default())
}

#[tokio::test]
async fn texts_and_numbers() {
    let (_server, mut con) = start().await;
    let con = &mut con;
    assert_eq!(ask::<Option<String>>(con, "GET a").await, None);
    assert_eq!(ask::<String>(con, "set a 1").await, "OK");
    assert_eq!(ask::<Option<String>>(con, "SET a 2 NX").await, None);
    assert_eq!(ask::<Option<String>>(con, "SET b 2 XX").await, None);
    assert_eq!(ask::<String>(con, "SET a 3 XX").await, "OK");
    assert_eq!(ask::<i64>(con, "INCR a").await, 4);
    assert_eq!(ask::<i64>(con, "INCRBY a -6").await, -2);
    assert_eq!(ask::<i64>(con, "DECR new").await, -1);
    assert_eq!(ask::<String>(con, "MSET c 1 d 2").await, "OK");
    let values: Vec<Option<i64>> = ask(con, "MGET c nothing d").await;
    assert_eq!(values, [Some(1), None, Some(2)]);
    assert_eq!(ask::<i64>(con, "SETNX c 9").await, 0);
    assert_eq!(ask::<i64>(con, "SETNX e 9").await, 1);
    assert_eq!(ask::<i64>(con, "EXISTS c c nothing").await, 2);
    assert_eq!(ask::<i64>(con, "DEL c d nothing").await, 2);
    assert_eq!(ask::<Vec<String>>(con, "KEYS *").await, ["a", "e", "new"]);
    assert_eq!(ask::<Vec<String>>(con, "KEYS n*").await, ["new"]);
    assert_eq!(ask::<String>(con, "FLUSHALL").await, "OK");
    assert_eq!(ask::<Vec<String>>(con, "KEYS *").await, [""; 0]);

    let bytes: Vec<u8> = (0..=255).collect();
    let () = con.set(&bytes, &bytes).await.unwrap();
    assert_eq!(con.get::<_, Vec<u8>>(&bytes).await.unwrap(), bytes);
}

#[tokio::test]
async fn hashes_and_lists() {
    let (_server, mut con) = start().await;
    let con = &mut con;
    assert_eq!(ask::<i64>(con, "HSET h a 1 b 2").await, 2);
    assert_eq!(ask::<i64>(con, "HSET h b 3 c 4").await, 1);
    assert_eq!(ask::<i64>(con, "HGET h b").await, 3);
    assert_eq!(ask::<i64>(con, "HINCRBY h b 4").await, 7);
    assert_eq!(ask::<i64>(con, "HINCRBY h d 1").await, 1);
    assert_eq!(ask::<Option<i64>>(con, "HGET h nothing").await, None);
    let all: Vec<(String, i64)> = ask(con, "HGETALL h").await;
    let all: Vec<_> = all.iter().map(|(field, value)| (field.as_str(), *value)).collect();
    assert_eq!(all, [("a", 1), ("b", 7), ("c", 4), ("d", 1)]);

    assert_eq!(ask::<i64>(con, "HDEL h a nothing c").await, 2);
    assert_eq!(ask::<i64>(con, "HDEL h b d").await, 2);
    assert_eq!(ask::<i64>(con, "EXISTS h").await, 0, "nothing is left of it");
    assert_eq!(ask::<i64>(con, "HDEL h a").await, 0);

    assert_eq!(ask::<i64>(con, "RPUSH l c d e").await, 3);
    assert_eq!(ask::<i64>(con, "LPUSH l b a").await, 5);
    assert_eq!(ask::<i64>(con, "LLEN l").await, 5);
    for (range, expected) in [
        ("0 -1", "abcde"),
        ("1 2", "bc"),
        ("-2 -1", "de"),
        ("-9 0", "a"),
        ("0 -9", ""),
        ("3 1", ""),
        ("4 9", "e"),
        ("9 20", ""),
        ("-9223372036854775808 9223372036854775807", "abcde"),
    ] {
        let values: Vec<String> = ask(con, &format!("LRANGE l {range}")).await;
        assert_eq!(values.concat(), expected, "{range}");
    }
}

#[tokio::test]
async fn keys_end_with_their_time() {
    let (_server, mut con) = start().await;
    let con = &mut con;
    let () = ask(con, "SET a 1 PX 20").await;
    let () = ask(con, "SETEX b 100 1").await;
    let () = ask(con, "SET c 1 EX 100").await;
    let () = ask(con, "SET d 1").await;
    assert_eq!(ask::<i64>(con, "TTL b").await, 100);
    assert!((90_000..=100_000).contains(&ask::<i64>(con, "PTTL c").await));
    assert_eq!(ask::<i64>(con, "TTL d").await, -1);
    assert_eq!(ask::<i64>(con, "TTL nothing").await, -2);
    assert_eq!(ask::<i64>(con, "EXPIRE d 50").await, 1);
    assert_eq!(ask::<i64>(con, "TTL d").await, 50);
    assert_eq!(ask::<i64>(con, "EXPIRE d 0").await, 1);
    assert_eq!(ask::<i64>(con, "EXPIRE d 1").await, 0);

    let is_over = async {
        while ask::<i64>(con, "EXISTS a").await == 1 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), is_over).await.unwrap();
    assert_eq!(ask::<Vec<String>>(con, "KEYS *").await, ["b", "c"]);
    assert_eq!(ask::<i64>(con, "SETNX a 1").await, 1);
    assert_eq!(ask::<i64>(con, "TTL a").await, -1);
}

#[tokio::test]
async fn transactions_run_as_a_whole_or_not_at_all() {
    let (server, mut con) = start().await;
    let done: (i64, i64) =
        pipe().atomic().incr("n", 1).incr("n", 1).query_async(&mut con).await.unwrap();
    assert_eq!(done, (1, 2));

    let con = &mut con;
    assert_eq!(refused(con, "EXEC").await, "ERR EXEC without MULTI");
    assert_eq!(refused(con, "DISCARD").await, "ERR DISCARD without MULTI");
    let () = ask(con, "MULTI").await;
    assert_eq!(refused(con, "MULTI").await, "ERR MULTI calls can not be nested");
    assert_eq!(ask::<String>(con, "INCR n").await, "QUEUED");
    let mut other = connect(&server, "").await;
    assert_eq!(ask::<i64>(&mut other, "GET n").await, 2);
    let () = ask(con, "DISCARD").await;
    assert_eq!(ask::<i64>(con, "GET n").await, 2);

    let () = ask(con, "MULTI").await;
    let () = ask(con, "INCR n").await;
    refused(con, "GET").await;
    assert!(refused(con, "EXEC").await.starts_with("EXECABORT "));
    assert_eq!(ask::<i64>(con, "GET n").await, 2);

    // One that fails as it runs leaves the others alone.
    let () = ask(con, "RPUSH l a").await;
    let replies: Result<(i64, i64), _> =
        pipe().atomic().incr("l", 1).incr("n", 1).query_async(con).await;
    let error = replies.unwrap_err().to_string();
    assert!(error.contains("WRONGTYPE"), "{error}");
    assert_eq!(ask::<i64>(con, "GET n").await, 3);
}

/// Every command of a transaction has a reply of its own, in its place.
#[tokio::test]
async fn transactions_go_from_one_database_to_another() {
    let (server, mut con) = start().await;
    let mut pipe = pipe();
    pipe.atomic().cmd("SELECT").arg(3).ignore().incr("n", 1);
    pipe.cmd("CLIENT").arg("SETNAME").arg("me").ignore().incr("n", 1);
    let done: (i64, i64) = pipe.query_async(&mut con).await.unwrap();
    assert_eq!(done, (1, 2));
    // It stays there, as without a transaction.
    assert_eq!(ask::<i64>(&mut con, "GET n").await, 2);
    let mut first = connect(&server, "").await;
    assert_eq!(ask::<Option<i64>>(&mut first, "GET n").await, None);

    let con = &mut con;
    let () = ask(con, "MULTI").await;
    assert_eq!(ask::<String>(con, "SELECT 16").await, "QUEUED");
    assert_eq!(ask::<String>(con, "SELECT 0").await, "QUEUED");
    let () = ask(con, "DISCARD").await;
    assert_eq!(ask::<i64>(con, "GET n").await, 2);
    let () = ask(con, "MULTI").await;
    let () = ask(con, "SELECT 16").await;
    let error = command("EXEC").query_async::<(i64,)>(con).await.unwrap_err().to_string();
    assert!(error.contains("out of range"), "{error}");
}

#[tokio::test]
async fn refusals() {
    let (_server, mut con) = start().await;
    let con = &mut con;
    let () = ask(con, "RPUSH list a").await;
    let () = ask(con, "SET text abc").await;
    let () = ask(con, "SET most 9223372036854775807").await;
    let wrong_type = "WRONGTYPE Operation against a key holding the wrong kind of value";
    let no_integer = "ERR value is not an integer or out of range";
    for (line, expected) in [
        ("GET list", wrong_type),
        ("INCR list", wrong_type),
        ("HGET list a", wrong_type),
        ("HSET text a 1", wrong_type),
        ("LLEN text", wrong_type),
        ("LPUSH text a", wrong_type),
        ("INCR text", no_integer),
        ("INCRBY n +1", no_integer),
        ("EXPIRE text soon", no_integer),
        ("INCR most", "ERR increment or decrement would overflow"),
        ("SET a 1 EX 0", "ERR invalid expire time in 'set' command"),
        ("SETEX a -1 1", "ERR invalid expire time in 'setex' command"),
        ("SET a 1 NX XX", "ERR syntax error"),
        ("SET a 1 EX", "ERR syntax error"),
        ("get", "ERR wrong number of arguments for 'get' command"),
        ("MSET a 1 b", "ERR wrong number of arguments for 'mset' command"),
        ("HSET h a 1 b", "ERR wrong number of arguments for 'hset' command"),
        ("SELECT 16", "ERR DB index is out of range"),
        ("NoSuch thing", "ERR unknown command 'NoSuch'"),
        ("a\r\nb", r"ERR unknown command 'a\r\nb'"),
    ] {
        assert_eq!(refused(con, line).await, expected, "{line}");
    }
    assert_eq!(ask::<String>(con, "PING").await, "PONG");
}

#[tokio::test]
async fn databases_and_greetings() {
    let (server, mut con) = start().await;
    let con = &mut con;
    let () = ask(con, "SET a 1").await;
    let mut other = connect(&server, "5").await;
    assert_eq!(ask::<Option<i64>>(&mut other, "GET a").await, None);
    let () = ask(&mut other, "SET a 5").await;
    assert_eq!(ask::<i64>(con, "GET a").await, 1);
    assert_eq!(ask::<String>(con, "ECHO hi").await, "hi");
    assert_eq!(ask::<String>(con, "PING hi").await, "hi");
    assert_eq!(ask::<String>(con, "CLIENT SETNAME me").await, "OK");
    assert_eq!(refused(con, "HELLO 3").await, "NOPROTO unsupported protocol version");
    let () = ask(con, "FLUSHALL").await;
    assert_eq!(ask::<Option<i64>>(&mut other, "GET a").await, None);

    // A client that wants RESP3 is told that there is none.
    let client = Client::open(format!("redis://{}/?protocol=resp3", server.address)).unwrap();
    assert_eq!(client.get_connection_info().redis_settings().protocol(), ProtocolVersion::RESP3);
    assert!(client.get_multiplexed_async_connection().await.is_err());
}

#[tokio::test]
async fn dropped_it_closes_its_connections() {
    let (server, mut con) = start().await;
    let () = ask(&mut con, "SET a 1").await;
    let address = server.address;
    drop(server);
    assert!(con.get::<_, i64>("a").await.is_err());
    let refuses = async { while tokio::net::TcpStream::connect(address).await.is_ok() {} };
    tokio::time::timeout(Duration::from_secs(10), refuses).await.unwrap();
}
