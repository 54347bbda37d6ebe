//! Commands that carry secrets wherever a command can carry one, and that do the server no harm.

use redis::{Cmd, cmd};
use testing::canary::MARK;

/// Secrets, each another one, and the keys that are written.
#[derive(Default)]
pub(crate) struct Secrets {
    pub(crate) made: usize,
    pub(crate) keys: Vec<String>,
    /// Keys are secrets as well.
    pub(crate) in_keys: bool,
}

impl Secrets {
    pub(crate) fn next(&mut self) -> String {
        self.made += 1;
        format!("{MARK}{:04}nobodymayread", self.made)
    }

    fn key(&mut self) -> String {
        let mut key = crate::support::unique("canary");
        if self.in_keys {
            key.push_str(&self.next());
        }
        self.keys.push(key.clone());
        key
    }

    /// `%` stands for a secret, `@` for a key; the rest is itself.
    fn command(&mut self, line: &str) -> Cmd {
        let mut words = line.split(' ');
        let mut command = cmd(words.next().unwrap_or_default());
        for word in words {
            let word = match word.split_once(['%', '@']) {
                Some((before, after)) if word.contains('%') => {
                    format!("{before}{}{after}", self.next())
                }
                Some((before, after)) => format!("{before}{}{after}", self.key()),
                None => word.to_owned(),
            };
            command.arg(word);
        }
        command
    }

    /// Everything once.
    pub(crate) fn commands(&mut self) -> Vec<Cmd> {
        let mut commands: Vec<_> = LINES.iter().map(|line| self.command(line)).collect();
        // Texts with spaces in them.
        let text =
            format!("return redis.error_reply('{} {}') -- {}", self.next(), self.next(), MARK);
        commands.push(cmd("EVAL").arg(text).arg(0).arg(self.next()).take());
        // In the place of an error's code, and looking like one.
        for command in ["EVAL", "eval_ro"] {
            let code = self.next().to_ascii_uppercase();
            let text = format!("return redis.error_reply('{code} boo')");
            commands.push(cmd(command).arg(text).arg(0).take());
        }
        let text = format!("return '{}'", self.next());
        commands.push(cmd("SCRIPT").arg("LOAD").arg(text).take());
        let text = format!("#!lua name={} {}", self.next(), self.next());
        commands.push(cmd("FUNCTION").arg("LOAD").arg(text).take());
        // The whole command as its name, as beginners do.
        commands.push(cmd(&format!("SET {} {}", self.key(), self.next())));
        commands.push(cmd(&format!("{}\r\n{}", self.next(), self.next())));
        let bytes = [b"\xff\xfe", self.next().as_bytes()].concat();
        commands.push(cmd("SET").arg(self.key()).arg(bytes).take());
        commands
    }
}

const LINES: &[&str] = &[
    "AUTH %",
    "AUTH % %",
    "auth % %",
    "AuTh %",
    "HELLO 2 AUTH % %",
    "hello 2 auth % % SETNAME %",
    "ACL SETUSER % on >% +@nosuchcategory",
    "acl setuser % nosuchrule%",
    "ACL GETUSER %",
    "ACL DRYRUN % GET %",
    "ACL %",
    "CONFIG SET requirepass % %",
    "config set masterauth % %",
    "CONFIG GET %",
    "CONFIG %",
    "MIGRATE 127.0.0.1 1 @ 0 10 AUTH2 % %",
    "MIGRATE 127.0.0.1 1 @ 0 10 AUTH %",
    "CLIENT SETNAME %",
    "CLIENT KILL %",
    "CLIENT %",
    "SELECT %",
    "SWAPDB % %",
    "EVALSHA % 1 % %",
    "EVALSHA 0000000000000000000000000000000000000000 1 % %",
    "EVAL %",
    "FCALL %! 1 % %",
    "SCRIPT EXISTS %",
    "SCRIPT %",
    "FUNCTION %",
    "SET @ %",
    "SET @ % EX %",
    "SETEX @ 60 %",
    "PSETEX @ 60000 %",
    "SETNX @ %",
    "GETSET @ %",
    "APPEND @ %",
    "SETRANGE @ 0 %",
    "SETBIT @ % 1",
    "INCRBY @ %",
    "EXPIRE @ %",
    "MSET @ % @ %",
    "mset @ %",
    "HSET @ % %",
    "HMGET @ % %",
    "HINCRBY @ % %",
    "LPUSH @ % %",
    "LINSERT @ BEFORE % %",
    "SADD @ %",
    "SISMEMBER @ %",
    "SMOVE @ @ %",
    "ZADD @ 1 %",
    "ZADD @ % %",
    "ZRANGEBYLEX @ [% [%",
    "GEOADD @ 1 1 %",
    "PFADD @ %",
    "XADD @ * % %",
    "XADD @ MAXLEN % * % %",
    "XGROUP CREATE @ % $",
    "XREADGROUP GROUP % % STREAMS % >",
    "XINFO %",
    "RESTORE @ 0 %",
    "SORT @ BY % GET %",
    "BITFIELD @ SET % 0 %",
    "OBJECT ENCODING %",
    "MEMORY USAGE %",
    "PUBLISH % %",
    "SPUBLISH % %",
    "ECHO %",
    "PING %",
    "SCAN 0 MATCH %",
    "SLOWLOG GET %",
    "DEBUG %",
    "NOSUCHCOMMAND % %",
    "nosuch.command %",
];
