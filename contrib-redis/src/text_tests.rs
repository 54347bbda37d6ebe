//! What of a command is shown.

use redis::{Cmd, pipe};

use super::*;
use crate::sent::PackedBatch;

fn shown(args: &[&[u8]]) -> String {
    let mut command = Cmd::new();
    for arg in args {
        command.arg(*arg);
    }
    of(&command, false)
}

fn words(line: &str) -> String {
    let args: Vec<&[u8]> = line.split(' ').map(str::as_bytes).collect();
    shown(&args)
}

#[test]
fn l2_keys_are_shown_and_values_are_not() {
    for (line, expected) in [
        ("GET k", "GET k"),
        ("get k", "get k"),
        ("SET k v EX 10", "SET k ? ? ?"),
        ("HSET k field value", "HSET k ? ?"),
        ("XADD k * field value", "XADD k ? ? ?"),
        ("MGET a b c", "MGET a b c"),
        ("DEL a b", "DEL a b"),
        ("EXISTS a", "EXISTS a"),
        ("MSET a 1 b 2", "MSET a ? b ?"),
        ("msetnx a 1 b 2", "msetnx a ? b ?"),
        ("BLPOP a b 0", "BLPOP a b ?"),
        ("RENAME a b", "RENAME a b"),
        ("COPY a b DB 3", "COPY a b ? ?"),
        ("PING", "PING"),
        ("PUBLISH channel payload", "PUBLISH ? ?"),
        ("AUTH user pw", "AUTH ? ?"),
        ("auth pw", "auth ?"),
        ("HELLO 3 AUTH user pw", "HELLO ? ? ? ?"),
        ("ACL SETUSER user on >pw", "ACL SETUSER ? ? ?"),
        ("CONFIG SET requirepass pw", "CONFIG SET ? ?"),
        ("CONFIG GETT requirepass", "CONFIG ? ?"),
        ("MIGRATE h 6379 k 0 9 AUTH2 u pw", "MIGRATE ? ? ? ? ? ? ? ?"),
        ("EVAL return 1 k a", "EVAL ? ? ? ?"),
        ("EVALSHA abc 1 k a", "EVALSHA ? ? ? ?"),
        ("CLIENT SETNAME me", "CLIENT SETNAME ?"),
        ("OBJECT ENCODING k", "OBJECT ENCODING ?"),
        ("NOBODYKNOWS k v", "NOBODYKNOWS ? ?"),
        ("GET https://u:pw@h/p?token=t", "GET \"https://REDACTED:REDACTED@h/p?token=REDACTED\""),
    ] {
        assert_eq!(words(line), expected, "{line}");
    }
    assert_eq!(shown(&[b"SET key hush"]), "_OTHER");
    assert_eq!(shown(&[b"SCAN key", b"1"]), "_OTHER ?");
}

#[test]
fn l2_only_what_is_listed_has_keys() {
    for (name, keys) in [
        ("GET", Keys::First),
        ("append", Keys::First),
        ("ZSCORE", Keys::First),
        ("LMOVE", Keys::FirstTwo),
        ("Del", Keys::All),
        ("BLPOP", Keys::AllButLast),
        ("MSET", Keys::Pairs),
    ] {
        assert_eq!(Keys::of(name), keys, "{name}");
    }
    for secret in ["AUTH", "HELLO", "ACL", "CONFIG", "MIGRATE", "EVAL", "PUBLISH", "", "_OTHER"] {
        assert_eq!(Keys::of(secret), Keys::None, "{secret}");
    }
}

#[test]
fn a_cursor_is_no_key() {
    let mut scan = redis::cmd("SCAN");
    scan.cursor_arg(7).arg("MATCH").arg("secret*");
    assert_eq!(of(&scan, false), "SCAN ? ? ?");
}

#[test]
fn what_cannot_be_seen_is_escaped() {
    for (key, expected) in [
        (&b"a b"[..], "\"a b\""),
        (b"", "\"\""),
        (b"?", "\"?\""),
        (b"a\"b\\", r#""a\"b\\""#),
        (b"a'b", "\"a'b\""),
        (b"a\r\n\0b", r#""a\x0d\x0a\x00b""#),
        (b"\xff\xfea", r#""\xff\xfea""#),
        ("größe".as_bytes(), "\"größe\""),
        ("a\u{202e}b".as_bytes(), r#""a\xe2\x80\xaeb""#),
        ("\u{85}".as_bytes(), r#""\xc2\x85""#),
    ] {
        assert_eq!(shown(&[b"GET", key]), format!("GET {expected}"));
    }
}

/// Neither what is no UTF-8 nor what ends a URL elsewhere cuts one in two.
#[test]
fn secrets_are_not_shown_with_anything_among_them() {
    for key in [
        &b"redis://user:\xffhunter2@host/"[..],
        b"redis://us\xffer:hunter2@host/",
        b"\xff redis://user:hunter2@host/",
        b"redis://user:hunter2\xff@host/\xff",
        b"redis://host/?pass\xff=1&password=\xffhunter2",
        b"session?token=\xffhunter2",
        b"redis://user:)hunter2@host/",
        b"redis://user:\"hunter2@host/",
        b"redis://user: hunter2@host/",
        b"pool:redis://user:>hunter2@host/",
    ] {
        let text = shown(&[b"GET", key]);
        assert!(!text.contains("hunter2") && text.contains("REDACTED"), "{text}");
    }
}

#[test]
fn l2_several_commands_have_a_line_each() {
    let mut pipeline = pipe();
    pipeline.cmd("SET").arg("a").arg(1).cmd("GET").arg("b");
    let packed = pipeline.get_packed_pipeline();
    assert_eq!(of(&PackedBatch(&packed), false), "SET a ?\nGET b");
    pipeline.atomic();
    let packed = pipeline.get_packed_pipeline();
    assert_eq!(of(&PackedBatch(&packed), true), "SET a ?\nGET b");
    #[cfg(feature = "aio")]
    assert_eq!(of(&pipeline, true), "SET a ?\nGET b");
}

#[test]
fn a_text_has_its_limit() {
    let keys: Vec<_> = (0..100_000).map(|number| format!("key:{number}")).collect();
    let mut many = redis::cmd("MGET");
    many.arg(&keys);
    let text = of(&many, false);
    assert!(text.len() <= MAX && text.len() > MAX - 20, "{}", text.len());
    assert!(text.starts_with("MGET key:0 key:1 ") && text.ends_with(MORE));
    assert!(text.trim_end_matches(MORE).split(' ').skip(1).all(|key| keys.contains(&key.into())));

    let long = vec![b'k'; 10 << 20];
    assert_eq!(shown(&[b"SET", &long, b"v"]), "SET ...");
    assert_eq!(shown(&[b"SET", b"k", &long]), "SET k ?");

    let mut pipeline = pipe();
    for _ in 0..10_000 {
        pipeline.cmd("SET").arg("k").arg("v");
    }
    let packed = pipeline.get_packed_pipeline();
    let text = of(&PackedBatch(&packed), false);
    assert!(text.len() <= MAX && text.ends_with(MORE), "{}", text.len());
}
