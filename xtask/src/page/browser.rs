//! A browser without a screen.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use crate::cmd;
use crate::interrupt::{self, Scope};
use crate::services;
use crate::workspace::Workspace;

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const PACKAGE: &str = "chromium";
/// How long it may take for one page.
const PATIENCE: Duration = Duration::from_secs(120);

/// The options that are always the same. The sandbox needs rights that containers do not give; the
/// pages are our own.
const OPTIONS: [&str; 6] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    // So long by the page's own clock, which does not wait while nothing happens, and stands still
    // while the network is waited for: what it loads, and what clicks begin, has ended by then.
    "--virtual-time-budget=15000",
];

/// How large a page is shown, in pixels.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    pub width: u32,
    pub height: u32,
}

/// Chromium, with a folder for what it remembers.
pub struct Browser {
    program: PathBuf,
    folder: PathBuf,
}

impl Browser {
    /// Installs it where it is missing, and where we may.
    pub fn find(workspace: &Workspace, folder: &Path) -> Result<Self> {
        let program = services::program(workspace, &NAMES, PACKAGE)?;
        // What it knows of an earlier run is not to change this one.
        let _ = fs::remove_dir_all(folder);
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        Ok(Self { program, folder: folder.to_owned() })
    }

    /// The page at this URL as its scripts have left it.
    pub fn dom(&self, url: &str, window: Window) -> Result<String> {
        self.open(url, window, "--dump-dom")?;
        let dom = self.folder.join("stdout");
        fs::read_to_string(&dom).with_context(|| dom.display().to_string())
    }

    /// What is seen of it.
    pub fn picture(&self, url: &str, window: Window, into: &Path) -> Result<()> {
        // An earlier one is none of this page.
        let _ = fs::remove_file(into);
        self.open(url, window, &format!("--screenshot={}", into.display()))?;
        let size = fs::metadata(into).map_or(0, |data| data.len());
        ensure!(size > 0, "there is no picture at {}", into.display());
        Ok(())
    }

    fn open(&self, url: &str, window: Window, what: &str) -> Result<()> {
        let file = |name: &str| {
            let path = self.folder.join(name);
            File::create(&path).with_context(|| path.display().to_string())
        };
        let mut command = Command::new(&self.program);
        command.args(OPTIONS);
        command.arg(format!("--user-data-dir={}", self.folder.join("profile").display()));
        command.arg(format!("--window-size={},{}", window.width, window.height));
        command.args([what, url]);
        command.stdin(Stdio::null()).stdout(file("stdout")?).stderr(file("stderr")?);
        let mut child = command.spawn().with_context(|| cmd::said(&command))?;
        if !interrupt::ended_within(&mut child, PATIENCE) {
            interrupt::end(&mut child, Scope::Child);
            bail!("the browser has not shown {url} within {} s", PATIENCE.as_secs());
        }
        let status = child.wait()?;
        let said = self.folder.join("stderr");
        ensure!(status.success(), "the browser: {status} (what it said is in {})", said.display());
        Ok(())
    }
}
