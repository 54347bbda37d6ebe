//! Names of commands, pipelines and transactions, however they come.

use redis::{Cmd, Pipeline, cmd, pipe};

use super::*;
use crate::sent::{PackedBatch, PackedCommand};

fn command(args: &[&str]) -> Cmd {
    let mut command = Cmd::new();
    for arg in args {
        command.arg(arg);
    }
    command
}

fn named(args: &[&str]) -> String {
    let command = command(args);
    let name = Operation::of(&command).name.into_owned();
    // The packed form is named the same.
    let packed = command.get_packed_command();
    assert_eq!(Operation::of(&PackedCommand(&packed)).name, name);
    name
}

#[test]
fn commands() {
    for (args, expected) in [
        (&["GET", "k"][..], "GET"),
        (&["get", "k"], "get"),
        (&["HGetAll", "k"], "HGetAll"),
        (&["CONFIG", "GET", "maxmemory"], "CONFIG GET"),
        (&["config", "set", "requirepass", "hush"], "config set"),
        (&["CONFIG", "hush"], "CONFIG"),
        (&["SCRIPT", "LOAD", "return 1"], "SCRIPT LOAD"),
        (&["CLIENT", "SETNAME", "hush"], "CLIENT SETNAME"),
        (&["ACL", "SETUSER", "hush", ">hush"], "ACL SETUSER"),
        (&["ACL", "hush"], "ACL"),
        (&["CLIENT", "NO-EVICT", "on"], "CLIENT NO-EVICT"),
        (&["AUTH", "GET"], "AUTH"),
        (&["JSON.SET", "k", "$", "1"], "JSON.SET"),
        (&["FT._LIST"], "FT._LIST"),
        (&["CONFIG"], "CONFIG"),
        (&["SET key hush"], "_OTHER"),
        (&["größe"], "_OTHER"),
        (&["a\r\nb"], "_OTHER"),
        (&[""], "_OTHER"),
        (&[], "_OTHER"),
    ] {
        assert_eq!(named(args), expected, "{args:?}");
    }
    assert_eq!(named(&[&"X".repeat(MAX)]), "X".repeat(MAX));
    assert_eq!(named(&[&"X".repeat(MAX + 1)]), "_OTHER");
    assert_eq!(Operation::of(&cmd("PING")).size, None);
}

/// Name and size, by way of the packed form and, where there is one, of the pipeline itself.
fn batch(pipeline: &Pipeline) -> (String, Option<usize>) {
    let packed = pipeline.get_packed_pipeline();
    let packed = PackedBatch(&packed);
    let operation = Operation::of(&packed);
    #[cfg(feature = "aio")]
    {
        let unpacked = Operation::of(pipeline);
        assert_eq!((&unpacked.name, unpacked.size), (&operation.name, operation.size));
        assert_eq!(unpacked.transaction, operation.transaction);
        assert_eq!(unpacked.is_one(), operation.is_one());
    }
    (operation.name.into_owned(), operation.size)
}

#[test]
fn batches() {
    let of = |commands: &[&[&str]], atomic: bool| {
        let mut pipeline = pipe();
        if atomic {
            pipeline.atomic();
        }
        for args in commands {
            pipeline.add_command(command(args));
        }
        batch(&pipeline)
    };
    let (set, get): (&[&str], &[&str]) = (&["SET", "k", "v"], &["GET", "k"]);
    let set_in_lower_case: &[&str] = &["set", "k", "v"];
    for (commands, atomic, name, size) in [
        (&[set, set, set][..], false, "PIPELINE SET", 3),
        (&[set, get], false, "PIPELINE", 2),
        (&[set, set_in_lower_case], false, "PIPELINE SET", 2),
        (&[set], false, "SET", 1),
        (&[], false, "PIPELINE", 0),
        (&[set, set], true, "MULTI SET", 2),
        (&[set, get], true, "MULTI", 2),
        (&[set], true, "MULTI SET", 1),
        (&[], true, "MULTI", 0),
        (&[&["MULTI"], set, set, &["EXEC"]], false, "MULTI SET", 2),
        (&[&["multi"], set, get, &["exec"]], false, "MULTI", 2),
        (&[&["EXEC"], set], false, "PIPELINE", 2),
        (&[&["CONFIG", "GET", "a"], &["CONFIG", "GET", "b"]], false, "PIPELINE CONFIG GET", 2),
        (&[&["CONFIG", "GET", "a"], &["CONFIG", "SET", "b", "c"]], false, "PIPELINE", 2),
    ] {
        assert_eq!(of(commands, atomic), (name.to_owned(), Some(size)), "{commands:?} {atomic}");
    }
    let many = vec![set; 1000];
    assert_eq!(of(&many, false), ("PIPELINE SET".to_owned(), Some(1000)));
}
