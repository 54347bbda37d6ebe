//! What is written down about servers, so that a later command finds them.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::process::Process;
use crate::services::kind::Kind;

/// All servers that were started and not stopped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    pub entries: Vec<Entry>,
}

/// One server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub kind: Kind,
    /// None until it was started: written down before, so that nothing is lost.
    pub process: Option<Process>,
    /// The first is where clients go.
    pub ports: Vec<u16>,
    pub folder: PathBuf,
    /// None until it has answered.
    pub version: Option<String>,
    /// By `services up`: it stays when those who use it have ended.
    pub keep: bool,
    /// Commands that use it, of which some may have been killed.
    pub users: Vec<Process>,
}

impl State {
    pub fn get(&self, kind: Kind) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.kind == kind)
    }

    pub fn get_mut(&mut self, kind: Kind) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.kind == kind)
    }

    /// Replaces what there was of this kind.
    pub fn put(&mut self, entry: Entry) {
        self.remove(entry.kind);
        self.entries.push(entry);
        self.entries.sort_by_key(|entry| entry.kind);
    }

    pub fn remove(&mut self, kind: Kind) {
        self.entries.retain(|entry| entry.kind != kind);
    }

    pub fn parse(text: &str) -> Result<Self> {
        let value: Value = serde_json::from_str(text)?;
        let entries = value["servers"].as_array().context("it holds no servers")?;
        Ok(Self { entries: entries.iter().map(Entry::parse).collect::<Result<_>>()? })
    }

    pub fn to_text(&self) -> String {
        let servers: Vec<Value> = self.entries.iter().map(Entry::to_value).collect();
        format!("{:#}\n", json!({ "servers": servers }))
    }
}

impl Entry {
    pub fn port(&self) -> u16 {
        self.ports.first().copied().unwrap_or_default()
    }

    pub fn url(&self) -> String {
        self.kind.url(self.port())
    }

    /// Whether somebody still wants it.
    pub fn is_wanted(&self) -> bool {
        self.keep || self.users.iter().any(|user| user.is_alive())
    }

    fn parse(value: &Value) -> Result<Self> {
        let name = value["name"].as_str().context("a server without a name")?;
        let kind = Kind::ALL.into_iter().find(|kind| kind.name() == name);
        let kind = kind.with_context(|| format!("no server is called {name}"))?;
        let ports = value["ports"].as_array().context("ports")?;
        let ports = ports.iter().map(|port| Ok(u16::try_from(port.as_u64().context("port")?)?));
        let ports = ports.collect::<Result<Vec<_>>>()?;
        ensure!(!ports.is_empty(), "{name} without a port");
        let users = value["users"].as_array().context("users")?;
        Ok(Self {
            kind,
            process: if value["pid"].is_null() { None } else { Some(parse_process(value)?) },
            ports,
            folder: value["folder"].as_str().context("folder")?.into(),
            version: value["version"].as_str().map(str::to_owned),
            keep: value["keep"].as_bool().context("keep")?,
            users: users.iter().map(parse_process).collect::<Result<_>>()?,
        })
    }

    fn to_value(&self) -> Value {
        let users = self.users.iter().map(|user| json!({ "pid": user.pid, "since": user.since }));
        json!({
            "name": self.kind.name(),
            "pid": self.process.map(|process| process.pid),
            "since": self.process.map(|process| process.since),
            "port": self.port(),
            "ports": self.ports,
            "folder": self.folder.to_string_lossy(),
            "version": self.version,
            "url": self.url(),
            "keep": self.keep,
            "users": users.collect::<Vec<_>>(),
        })
    }
}

fn parse_process(value: &Value) -> Result<Process> {
    let pid = i32::try_from(value["pid"].as_i64().context("pid")?)?;
    // Zero and below are groups of processes: ours among them.
    ensure!(pid > 1, "{pid} is no server's process");
    Ok(Process { pid, since: value["since"].as_u64().context("since")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(kind: Kind) -> Entry {
        Entry {
            kind,
            process: Some(Process { pid: 17, since: 1234 }),
            ports: vec![21000, 21001],
            folder: "/target/xtask/services/x".into(),
            version: Some("7.0".to_owned()),
            keep: true,
            users: vec![Process { pid: 18, since: 5 }],
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let mut state = State::default();
        state.put(entry(Kind::Rabbitmq));
        state.put(Entry { process: None, version: None, users: vec![], ..entry(Kind::Redis) });
        let text = state.to_text();
        assert_eq!(State::parse(&text).unwrap(), state);
        assert!(text.contains(r#""url": "redis://127.0.0.1:21000/""#), "{text}");
    }

    #[test]
    fn one_entry_a_kind() {
        let mut state = State::default();
        state.put(entry(Kind::Redis));
        state.put(Entry { keep: false, ..entry(Kind::Redis) });
        assert_eq!(state.entries.len(), 1);
        assert!(!state.get(Kind::Redis).unwrap().keep);
        state.remove(Kind::Redis);
        assert_eq!(state, State::default());
    }

    #[test]
    fn a_file_that_says_something_else_is_an_error() {
        let text = State { entries: vec![entry(Kind::Redis)] }.to_text();
        let changes = [
            (r#""name": "redis""#, r#""name": "oracle""#),
            (r#""pid": 17"#, r#""pid": 0"#),
            (r#""pid": 18"#, r#""pid": -1"#),
            (r#""keep": true"#, r#""keep": 1"#),
        ];
        for (from, to) in changes {
            assert!(text.contains(from), "{from} is not in {text}");
            assert!(State::parse(&text.replace(from, to)).is_err(), "{to}");
        }
        for text in ["", "{", "[]", "{}"] {
            assert!(State::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn nobody_wants_what_a_killed_run_has_left() {
        let dead = Process { since: 0, ..Process::me().unwrap() };
        let left = Entry { keep: false, users: vec![dead], ..entry(Kind::Redis) };
        assert!(!left.is_wanted());
        let used = Entry { users: vec![dead, Process::me().unwrap()], ..left };
        assert!(used.is_wanted());
    }
}
