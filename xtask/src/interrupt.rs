//! Ctrl-C and SIGTERM: noted here, acted on by whoever waits for a child.
//!
//! Dying at once would leave the children behind, so the signal only sets a
//! flag, and [`crate::cmd`] ends them before the command returns.

use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// How long a child may take to end by itself once it was asked to.
const GRACE: Duration = Duration::from_secs(5);

/// Call once, before the first child is started.
pub fn listen() -> Result<()> {
    ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed))
        .context("cannot listen for Ctrl-C")
}

/// Whether the user wants it all to end.
pub fn requested() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// What a shell shows for a program that Ctrl-C ended.
pub fn exit_code() -> Option<u8> {
    requested().then_some(130)
}

/// Who is asked to end along with the child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The child alone.
    Child,
    /// The child and all that it started: it leads a process group of its own.
    Group,
}

/// Asks the child to end, and makes it when it takes too long.
pub fn end(child: &mut Child, scope: Scope) {
    signal(child, scope, Signal::Terminate);
    if !ended_within(child, GRACE) {
        signal(child, scope, Signal::Kill);
        let _ = child.wait();
    }
}

/// Waits for the child, but no longer than this.
pub fn ended_within(child: &mut Child, time: Duration) -> bool {
    let started = Instant::now();
    loop {
        match child.try_wait() {
            Ok(None) if started.elapsed() < time => thread::sleep(Duration::from_millis(20)),
            Ok(None) => return false,
            // An error means that there is nothing left to wait for.
            Ok(Some(_)) | Err(_) => return true,
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Signal {
    Terminate,
    Kill,
}

#[cfg(unix)]
fn signal(child: &Child, scope: Scope, signal: Signal) {
    use nix::sys::signal::{Signal as Number, kill, killpg};
    use nix::unistd::Pid;

    let Ok(id) = i32::try_from(child.id()) else {
        return;
    };
    let number = match signal {
        Signal::Terminate => Number::SIGTERM,
        Signal::Kill => Number::SIGKILL,
    };
    // It may have ended just now: there is nothing to do about an error.
    let _ = match scope {
        Scope::Child => kill(Pid::from_raw(id), number),
        Scope::Group => killpg(Pid::from_raw(id), number),
    };
}

#[cfg(not(unix))]
fn signal(child: &mut Child, _: Scope, _: Signal) {
    let _ = child.kill();
}
