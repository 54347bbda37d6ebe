//! What the system tells of other users' processes.
//!
//! Even root needs a right for that which containers seldom have
//! (`CAP_SYS_PTRACE`); the process's own user can always be asked.

use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::place::is_root;

/// Who is asked where we may not look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    Nobody,
    /// That starts a program: not for each process of the machine.
    Owner,
}

/// The environment that a process was started with; empty where that is not known.
pub fn environment(pid: i32, ask: Ask) -> Vec<u8> {
    let path = format!("/proc/{pid}/environ");
    or_ask(fs::read(&path), pid, ask, &["cat", &path]).unwrap_or_default()
}

/// The folder that a process works in.
pub fn cwd(pid: i32, ask: Ask) -> Option<PathBuf> {
    let path = format!("/proc/{pid}/cwd");
    let read = fs::read_link(&path).map(|path| path.into_os_string().into_vec());
    or_ask(read, pid, ask, &["readlink", "-n", &path]).map(|path| OsString::from_vec(path).into())
}

fn or_ask(read: io::Result<Vec<u8>>, pid: i32, ask: Ask, question: &[&str]) -> Option<Vec<u8>> {
    match read {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            (ask == Ask::Owner && is_root()).then(|| answer(pid, question))?
        }
        Err(_) => None,
    }
}

fn answer(pid: i32, question: &[&str]) -> Option<Vec<u8>> {
    let owner = fs::metadata(format!("/proc/{pid}")).ok()?;
    let (program, arguments) = question.split_first()?;
    let mut command = Command::new(program);
    command.args(arguments).uid(owner.uid()).gid(owner.gid()).current_dir("/");
    command.stdin(Stdio::null()).stderr(Stdio::null());
    let output = command.output().ok()?;
    output.status.success().then_some(output.stdout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_says_the_same() {
        let me = i32::try_from(std::process::id()).unwrap();
        let folder = std::env::current_dir().unwrap();
        assert_eq!(cwd(me, Ask::Nobody), Some(folder.clone()));
        let denied = || Err(ErrorKind::PermissionDenied.into());
        let question = ["readlink", "-n", &format!("/proc/{me}/cwd")];
        let expected = is_root().then(|| folder.into_os_string().into_vec());
        assert_eq!(or_ask(denied(), me, Ask::Owner, &question), expected);
        assert_eq!(or_ask(denied(), me, Ask::Nobody, &question), None);
    }
}
