//! Installing what is missing, where we may.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use super::home::Home;
use super::lookup;
use super::machine::Turn;
use super::place::is_root;
use super::policy::Policy;
use super::server;
use crate::cmd;
use crate::interrupt;
use crate::progress::Progress;
use crate::services::kind::Kind;

/// What is installed stays: it could be a database server of the user's that
/// does not go together with one of ours.
const INSTALL: [&str; 4] = ["install", "-y", "--no-install-recommends", "--no-remove"];
/// So apt-get says that it would have had to.
const REFUSED: &str = "Packages need to be removed but remove is disabled";

/// [`missing`], when it is our turn.
pub fn missing_in_turn(home: &Home, kinds: &[Kind]) -> Result<()> {
    let _turn = Turn::wait()?;
    missing(home, kinds)
}

/// Fails with the packages' names where this is not for us to do.
pub fn missing(home: &Home, kinds: &[Kind]) -> Result<()> {
    let lacks = |kind: &Kind| server::of(*kind).check_installed().is_err();
    let kinds: Vec<Kind> = kinds.iter().copied().filter(lacks).collect();
    if kinds.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> =
        kinds.iter().flat_map(|kind| server::of(*kind).packages()).copied().collect();
    if !is_root() || !is_debian() {
        bail!("{}", advice(&kinds, &packages));
    }
    apt(&packages, &home.folder.with_extension("install.log"))
        .with_context(|| advice(&kinds, &packages))?;
    note!("{}", at_boot(&kinds));
    kinds.iter().try_for_each(|kind| server::of(*kind).check_installed())
}

/// A program that is no server, under any of these names; its package is installed where we may.
pub fn program(home: &Home, names: &[&str], package: &str) -> Result<PathBuf> {
    let there = || names.iter().find_map(|name| lookup::program(name));
    if let Some(program) = there() {
        return Ok(program);
    }
    let advice = || format!("{package} is not there: install it (Debian's package: {package})");
    if !is_root() || !is_debian() {
        bail!("{}", advice());
    }
    let _turn = Turn::wait()?;
    apt(&[package], &home.folder.with_extension("install.log")).with_context(advice)?;
    there().with_context(advice)
}

/// The packages' own servers are nobody's wish here; only the user may say so.
fn at_boot(kinds: &[Kind]) -> String {
    let units: Vec<&str> = kinds.iter().map(|kind| server::of(*kind).unit()).collect();
    format!(
        "the system's own servers were not started, but will be when the machine starts next; \
         to prevent that: systemctl disable {}",
        units.join(" ")
    )
}

fn advice(kinds: &[Kind], packages: &[&str]) -> String {
    let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
    let variables: Vec<&str> = kinds.iter().map(|kind| kind.variable()).collect();
    format!(
        "not installed: {} (Debian's packages: {}); install them, or run this as root on Debian \
         or Ubuntu, or set {} to servers of your own; services up --only NAME,… does without",
        names.join(", "),
        packages.join(" "),
        variables.join(" and ")
    )
}

fn is_debian() -> bool {
    let text = fs::read_to_string("/etc/os-release").unwrap_or_default();
    names_debian(&text) && lookup::program("apt-get").is_some()
}

fn names_debian(os_release: &str) -> bool {
    let fields = os_release.lines().filter_map(|line| line.split_once('='));
    let systems = fields.filter(|(name, _)| matches!(*name, "ID" | "ID_LIKE"));
    let mut names = systems.flat_map(|(_, names)| names.trim_matches('"').split_whitespace());
    names.any(|name| name == "debian")
}

fn apt(packages: &[&str], log: &Path) -> Result<()> {
    cmd::new_log(log)?;
    let mut progress = Progress::start(format!("installing {}", packages.join(" ")));
    let outcome = steps(packages, log, &mut progress);
    progress.end(if outcome.is_ok() { "done" } else { "failed" });
    if outcome.is_err() && !interrupt::requested() {
        note!("{}", cmd::tail(log, 20));
        note!("(all of it in {})", log.display());
    }
    outcome
}

fn steps(packages: &[&str], log: &Path, progress: &mut Progress) -> Result<()> {
    progress.step("(package lists)");
    let update = cmd::run_logged(&mut apt_get(&["update"]), log, progress)?;
    if !update.success() {
        note!("apt-get update ended with {update}; going on with the lists that are there");
    }
    // What takes long can be broken off at any time.
    progress.step("(download)");
    let mut download = apt_get(&INSTALL);
    let status = cmd::run_logged(download.arg("--download-only").args(packages), log, progress)?;
    if !status.success() && cmd::read(log).contains(REFUSED) {
        bail!("{} could be installed only if other packages were removed", packages.join(" "));
    }
    ensure!(status.success(), "apt-get could not fetch {}: {status}", packages.join(" "));
    // What follows cannot: packages would be left half installed.
    progress.step("(unpack; not to be interrupted)");
    let policy = Policy::set()?;
    let status = cmd::run_to_the_end(apt_get(&INSTALL).args(packages), log, progress)?;
    drop(policy);
    ensure!(status.success(), "apt-get could not install {}: {status}", packages.join(" "));
    Ok(())
}

fn apt_get(arguments: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").env("LC_ALL", "C");
    // Somebody else may be installing; and nobody is there to answer questions.
    command.args(["-o", "DPkg::Lock::Timeout=300"]);
    command.args(["-o", "Dpkg::Options::=--force-confdef"]);
    command.args(["-o", "Dpkg::Options::=--force-confold"]).args(arguments);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debian_and_its_children_are_known() {
        assert!(names_debian("NAME=\"x\"\nID=debian\nVERSION_ID=\"12\"\n"));
        assert!(names_debian("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"));
        assert!(!names_debian("ID=fedora\nHOME_URL=\"https://debian.example/\"\n"));
        assert!(!names_debian("ID=notdebian\n"));
    }

    #[test]
    fn the_advice_names_packages_and_variables() {
        let text = advice(&[Kind::Redis, Kind::Mariadb], &["redis-server", "mariadb-server"]);
        for word in ["redis-server mariadb-server", "REDIS_URL and MYSQL_URL", "--only"] {
            assert!(text.contains(word), "{text}");
        }
    }

    #[test]
    fn no_package_is_removed_for_ours() {
        let command = apt_get(&INSTALL);
        assert!(command.get_args().any(|word| word == "--no-remove"), "{}", cmd::said(&command));
    }

    #[test]
    fn what_starts_at_the_next_boot_is_named() {
        let text = at_boot(&Kind::ALL);
        assert!(text.ends_with("redis-server mariadb postgresql rabbitmq-server"), "{text}");
    }
}
