//! `cargo xtask services` with real servers: they start, tell and stop, and
//! nothing stays, whatever happens in between.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod answers;
mod sandbox;

use std::fs;
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use answers::assert_answers;
use sandbox::{PATIENCE, Sandbox, VARIABLES, said, within};

fn send(pid: i32, signal: Signal) {
    kill(Pid::from_raw(pid), signal).unwrap();
}

/// Comes back once it is dead: the signal alone only says that it will be.
fn kill_for_good(pid: i32) {
    send(pid, Signal::SIGKILL);
    let is_dead = || {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit_once(')').is_none_or(|(_, rest)| rest.trim_start().starts_with(['Z', 'X']))
    };
    assert!(within(Duration::from_secs(30), is_dead), "{pid} does not die");
}

#[test]
fn they_start_tell_and_stop_twice() {
    let sandbox = Sandbox::new("twice");
    for _ in 0..2 {
        let table = sandbox.run(&["up"]);
        let (pids, traces) = (sandbox.pids(), sandbox.traces());
        assert_eq!(pids.len(), 4, "{table}");

        let exports = sandbox.run(&["env"]);
        assert_eq!(exports.lines().count(), 4, "{exports}");
        for (line, variable) in exports.lines().zip(VARIABLES) {
            let url = line.strip_prefix(&format!("export {variable}=")).unwrap();
            assert!(table.contains(url), "{url} is not in {table}");
            assert_answers(url);
        }

        let again = sandbox.run(&["up"]);
        assert_eq!(again.matches("was up").count(), 4, "{again}");
        assert_eq!(sandbox.pids(), pids);

        // In a shell that has taken the variables, they are not the user's own.
        let (variable, url) = exports.lines().next().unwrap().split_once('=').unwrap();
        let variable = variable.strip_prefix("export ").unwrap();
        let up = sandbox.command(&["up"]).env(variable, url).output().unwrap();
        assert_eq!(said(&up).matches("was up").count(), 4, "{}", said(&up));

        let down = sandbox.command(&["down"]).env(variable, url).output().unwrap();
        assert!(down.status.success(), "{}", said(&down));
        assert_eq!(said(&down).matches("stopped").count(), 4, "{}", said(&down));
        assert!(said(&down).contains(&format!("unset {variable}")), "{}", said(&down));
        sandbox.assert_nothing_left(&traces);
    }
    assert!(sandbox.run(&["down"]).contains("no servers were up"));
    let env = sandbox.command(&["env"]).output().unwrap();
    assert!(!env.status.success() && env.stdout.is_empty(), "{}", said(&env));
    assert!(said(&env).contains("services up"));
}

#[test]
fn a_killed_server_is_started_anew_and_the_others_stay() {
    let sandbox = Sandbox::new("killed");
    let only = ["up", "--only", "redis,postgres,mariadb"];
    sandbox.run(&only);
    let before = sandbox.pids();
    for victim in ["postgres", "mariadb", "redis"] {
        kill_for_good(sandbox.pids()[victim]);
        let exports = sandbox.run(&["env"]);
        assert_eq!(exports.lines().count(), 2, "{victim} is dead: {exports}");
        let table = sandbox.run(&only);
        assert_eq!(table.matches("was up").count(), 2, "{table}");
        let exports = sandbox.run(&["env"]);
        exports.lines().for_each(|line| assert_answers(line.split_once('=').unwrap().1));
    }
    assert!(before.iter().all(|(name, pid)| sandbox.pids()[name] != *pid));

    // Also when it is not missed before the end.
    let traces = sandbox.traces();
    kill_for_good(sandbox.pids()["postgres"]);
    sandbox.run(&["down"]);
    sandbox.assert_nothing_left(&traces);
}

#[test]
fn a_stale_state_file_harms_nobody() {
    let sandbox = Sandbox::new("stale");
    sandbox.run(&["up", "--only", "redis"]);
    let state = fs::read_to_string(sandbox.folder.join("state.json")).unwrap();
    let pid = sandbox.pids()["redis"];
    sandbox.run(&["down"]);

    let mut stranger = Command::new("sleep").arg("600").spawn().unwrap();
    let stat = fs::read_to_string(format!("/proc/{}/stat", stranger.id())).unwrap();
    let since = stat.rsplit_once(')').unwrap().1.split_whitespace().nth(19).unwrap();
    let mut stale: serde_json::Value = serde_json::from_str(&state).unwrap();
    stale["servers"][0]["pid"] = stranger.id().into();
    stale["servers"][0]["since"] = since.parse::<u64>().unwrap().into();
    // The workspace was moved: that folder is not one to remove.
    let elsewhere = sandbox.folder.with_extension("elsewhere");
    fs::create_dir_all(&elsewhere).unwrap();
    let mut moved = stale.clone();
    moved["servers"][0]["folder"] = elsewhere.to_string_lossy().into();
    let garbage = "not what it should be".to_owned();
    for text in [stale.to_string(), moved.to_string(), state, garbage] {
        let write = || {
            fs::create_dir_all(&sandbox.folder).unwrap();
            fs::write(sandbox.folder.join("state.json"), &text).unwrap();
        };
        write();
        let env = sandbox.command(&["env"]).output().unwrap();
        assert!(!env.status.success(), "{}", said(&env));
        sandbox.run(&["up", "--only", "redis"]);
        assert!(![pid, i32::try_from(stranger.id()).unwrap()].contains(&sandbox.pids()["redis"]));
        assert_answers(sandbox.run(&["env"]).trim().split_once('=').unwrap().1);
        let traces = sandbox.traces();
        // A server is found without the file as well.
        write();
        sandbox.run(&["down"]);
        sandbox.assert_nothing_left(&traces);
        assert!(stranger.try_wait().unwrap().is_none(), "it has ended a stranger");
    }
    stranger.kill().unwrap();
    stranger.wait().unwrap();
    fs::remove_dir(&elsewhere).unwrap();
}

#[test]
fn a_server_is_found_after_cargo_clean() {
    let sandbox = Sandbox::new("cleaned");
    sandbox.run_unread(&["up", "--only", "redis,postgres"]);
    let traces = sandbox.traces();
    fs::remove_dir_all(&sandbox.folder).unwrap();
    let down = sandbox.run(&["down"]);
    assert_eq!(down.matches("stopped what was left").count(), 2, "{down}");
    sandbox.assert_nothing_left(&traces);
}

#[test]
fn nothing_stays_of_an_interrupted_start() {
    let sandbox = Sandbox::new("interrupted");
    let has_begun = |sandbox: &Sandbox| sandbox.pids().len() >= 2;
    let mut child = sandbox.start_up(has_begun);
    let traces = sandbox.traces();
    send(child.id().cast_signed(), Signal::SIGINT);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(sandbox.pids().is_empty());
    sandbox.run(&["down"]);
    sandbox.assert_nothing_left(&traces);

    for signal in [Signal::SIGINT, Signal::SIGKILL] {
        // PostgreSQL's `initdb` has begun: it holds memory that no folder shows.
        let mut child = sandbox.start_up(|sandbox| sandbox.traces().has_memory());
        let traces = sandbox.traces();
        send(child.id().cast_signed(), signal);
        assert!(!child.wait().unwrap().success());
        sandbox.run(&["down"]);
        sandbox.assert_nothing_left(&traces);
    }

    let mut child = sandbox.start_up(has_begun);
    let traces = sandbox.traces();
    send(child.id().cast_signed(), Signal::SIGKILL);
    assert!(!child.wait().unwrap().success());
    sandbox.run(&["down"]);
    sandbox.assert_nothing_left(&traces);
}

#[test]
fn a_port_that_is_lost_meanwhile_is_chosen_anew() {
    let sandbox = Sandbox::new("lost");
    let mut up = sandbox.command(&["up", "--only", "postgres"]);
    let up = up.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let is_chosen = || !sandbox.traces().ports.is_empty();
    assert!(within(PATIENCE, is_chosen), "no port is chosen");
    // Its data folder is made first: that takes longer than this.
    let lost = sandbox.traces().ports[0];
    let _taken = TcpListener::bind(("127.0.0.1", lost)).unwrap();
    let up = up.wait_with_output().unwrap();
    assert!(said(&up).contains(&format!("port {lost} was taken meanwhile")), "{}", said(&up));
    let traces = sandbox.traces();
    assert!(up.status.success() && traces.ports[0] != lost, "{}", said(&up));
    assert_answers(sandbox.run(&["env"]).trim().split_once('=').unwrap().1);
    sandbox.run(&["down"]);
    sandbox.assert_nothing_left(&traces);
}

#[test]
fn a_taken_port_and_a_server_of_the_users_are_left_alone() {
    let (sandbox, taken) = Sandbox::with_first_taken("taken");
    let up = sandbox.run(&["up", "--only", "redis"]);
    assert!(up.contains(&format!("port {} is taken", sandbox.ports_from)), "{up}");
    let traces = sandbox.traces();
    let port = traces.ports[0];
    assert!(port != sandbox.ports_from && port < 32768, "{port}");
    drop(taken);
    sandbox.run(&["down"]);
    sandbox.assert_nothing_left(&traces);

    let mut up = sandbox.command(&["up", "--only", "redis"]);
    let output = up.env("REDIS_URL", "redis://me:secret@cache/").output().unwrap();
    let text = said(&output);
    assert!(text.contains("redis://me:***@cache/") && text.contains("yours"), "{text}");
    assert!(!text.contains("secret"), "{text}");
    assert!(sandbox.pids().is_empty());
}
