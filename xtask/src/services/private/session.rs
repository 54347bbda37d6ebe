//! Servers for as long as a command runs.

use anyhow::Result;

use super::down;
use super::home::Home;
use super::policy;
use super::process::Process;
use super::up::{self, Holder};
use crate::services::kind::Kind;
use crate::workspace::Workspace;

/// Stops, at its end, what it has started and nobody else uses; also what a
/// command that was killed has left.
#[derive(Debug)]
pub struct Session {
    home: Home,
    me: Process,
}

impl Session {
    pub fn new(workspace: &Workspace) -> Result<Self> {
        Ok(Self { home: Home::of(workspace), me: Process::me()? })
    }

    /// The variables that tell a program where these servers are. Those that
    /// the user has set are not among them: every program has them anyway.
    pub fn need(&mut self, kinds: &[Kind]) -> Result<Vec<(&'static str, String)>> {
        let kinds = self.home.ours(kinds);
        if kinds.is_empty() {
            return Ok(Vec::new());
        }
        let _lock = self.home.lock()?;
        policy::recover();
        let up = up::up(&self.home, &kinds, Holder::Command(self.me))?;
        Ok(up.iter().map(|up| (up.entry.kind.variable(), up.entry.url())).collect())
    }

    /// Here, rather than wherever the value happens to go.
    pub fn end(self) {}

    fn stop(&self) -> Result<()> {
        policy::recover();
        if self.home.read().entries.is_empty() {
            return Ok(());
        }
        let _lock = self.home.lock_to_tidy()?;
        for line in down::unwanted(&self.home, self.me)? {
            note!("{line}");
        }
        Ok(())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            note!("{error:#}; see cargo xtask services down");
        }
    }
}
