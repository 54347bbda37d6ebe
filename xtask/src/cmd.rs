//! Starting other programs and waiting for them.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::interrupt::{self, Scope};
use crate::progress::Progress;

/// How often a child is looked at.
const TICK: Duration = Duration::from_millis(50);

/// The cargo that runs us, so that a chosen toolchain stays chosen.
pub fn cargo() -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    Command::new(cargo)
}

/// Whether `cargo NAME` is there.
pub fn has_cargo_command(name: &str) -> bool {
    let mut command = cargo();
    command.args([name, "--version"]).stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// A log file of this name, emptied.
pub fn new_log(path: &Path) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("{}", folder.display()))?;
    }
    File::create(path).with_context(|| format!("{}", path.display()))?;
    Ok(())
}

/// Runs to the end, adding all output to the log; `progress` shows its last line.
pub fn run_logged(
    command: &mut Command,
    log: &Path,
    progress: &mut Progress,
) -> Result<ExitStatus> {
    let mut child = start_logged(command, log)?;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if interrupt::requested() {
            interrupt::end(&mut child, Scope::Group);
            bail!("interrupted");
        }
        progress.tick(|| last_line(log));
        thread::sleep(TICK);
    }
}

/// The same for what must not be broken off: Ctrl-C counts when it has ended.
#[cfg(target_os = "linux")]
pub fn run_to_the_end(
    command: &mut Command,
    log: &Path,
    progress: &mut Progress,
) -> Result<ExitStatus> {
    let mut child = start_logged(command, log)?;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        progress.tick(|| last_line(log));
        thread::sleep(TICK);
    }
}

fn start_logged(command: &mut Command, log: &Path) -> Result<Child> {
    let output = append(log)?;
    command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
    in_own_group(command).spawn().with_context(|| said(command))
}

/// Runs to the end on our own terminal. Ctrl-C reaches such a child from the
/// terminal itself, so it gets a moment to end its own way.
pub fn run_here(command: &mut Command) -> Result<ExitStatus> {
    let mut child = command.spawn().with_context(|| said(command))?;
    let mut interrupted: Option<Instant> = None;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if interrupt::requested() {
            let since = *interrupted.get_or_insert_with(Instant::now);
            if since.elapsed() > Duration::from_secs(1) {
                interrupt::end(&mut child, Scope::Child);
            }
        }
        thread::sleep(TICK);
    }
}

/// Starts something that runs beside us; Ctrl-C on the terminal spares it, so
/// that it can take what others still send while they end.
pub fn start_aside(command: &mut Command, log: &Path) -> Result<Child> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(append(log)?);
    in_own_group(command).spawn().with_context(|| said(command))
}

/// The last `count` lines of a log.
pub fn tail(log: &Path, count: usize) -> String {
    let text = read(log);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

/// A log as text, whatever bytes a program wrote.
pub fn read(log: &Path) -> String {
    fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

/// The line of a failed build that says why: its first error, else its end.
pub fn reason(log: &Path) -> String {
    let text = read(log);
    let error = text.lines().find(|line| line.starts_with("error"));
    let line = error.or_else(|| text.lines().rev().find(|line| !line.trim().is_empty()));
    line.unwrap_or("it said nothing").trim().to_owned()
}

/// A command as one would type it.
pub fn said(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_stem().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

fn append(log: &Path) -> Result<File> {
    let opened = OpenOptions::new().append(true).create(true).open(log);
    opened.with_context(|| format!("{}", log.display()))
}

fn last_line(log: &Path) -> String {
    // Only the end of the file: logs grow long, and this runs all the time.
    use std::io::{Read, Seek, SeekFrom};
    let Ok(mut file) = File::open(log) else {
        return String::new();
    };
    let length = file.metadata().map_or(0, |data| data.len());
    let mut bytes = Vec::new();
    let _ = file.seek(SeekFrom::Start(length.saturating_sub(400)));
    let _ = file.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes);
    text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default().trim().to_owned()
}

#[cfg(unix)]
fn in_own_group(command: &mut Command) -> &mut Command {
    std::os::unix::process::CommandExt::process_group(command, 0)
}

#[cfg(not(unix))]
fn in_own_group(command: &mut Command) -> &mut Command {
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_reads_as_typed() {
        let mut command = Command::new("/somewhere/bin/cargo");
        command.args(["test", "--doc"]);
        assert_eq!(said(&command), "cargo test --doc");
    }
}
