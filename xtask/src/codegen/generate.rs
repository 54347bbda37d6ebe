//! The generator itself; see [`super`].

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use super::Options;
use crate::workspace::Workspace;

const PROTOS: &str = "examples/chain/proto";
const CODE: &str = "examples/chain/src/gen";

/// File name to text.
type Files = BTreeMap<String, String>;

pub fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let made = generate(workspace)?;
    let folder = workspace.root.join(CODE);
    let present = read(&folder, "rs")?;
    let stale = differing(&present, &made);
    if options.check && !stale.is_empty() {
        bail!("{CODE} is not up to date ({}): run cargo xtask codegen", stale.join(", "));
    }
    for name in &stale {
        let path = folder.join(name);
        match made.get(name) {
            Some(text) => write(&path, text)?,
            // Its .proto is gone.
            None => fs::remove_file(&path).with_context(|| format!("{}", path.display()))?,
        }
    }
    match stale.len() {
        0 => say!("{CODE} is up to date"),
        _ => say!("{CODE}: {}", stale.join(", ")),
    }
    Ok(ExitCode::SUCCESS)
}

fn generate(workspace: &Workspace) -> Result<Files> {
    let protos = workspace.root.join(PROTOS);
    let names: Vec<String> = read(&protos, "proto")?.into_keys().collect();
    if names.is_empty() {
        bail!("no .proto file in {PROTOS}");
    }
    let descriptors = protox::compile(&names, [&protos])?;
    let folder = workspace.target.join("xtask").join("codegen");
    // What an earlier run left there is not part of this one.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).with_context(|| format!("{}", folder.display()))?;
    tonic_prost_build::configure()
        .out_dir(&folder)
        .emit_rerun_if_changed(false)
        .compile_fds(descriptors)
        .context("tonic-prost-build")?;
    read(&folder, "rs")
}

/// The names that one of the two lacks or holds with another text.
fn differing(present: &Files, made: &Files) -> Vec<String> {
    let mut names: Vec<&String> = present.keys().chain(made.keys()).collect();
    names.sort();
    names.dedup();
    names.into_iter().filter(|name| present.get(*name) != made.get(*name)).cloned().collect()
}

/// The files with this extension; none where the folder is not there.
fn read(folder: &Path, extension: &str) -> Result<Files> {
    let mut files = Files::new();
    if !folder.is_dir() {
        return Ok(files);
    }
    for entry in fs::read_dir(folder).with_context(|| format!("{}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        if let (Some(name), true) = (name, path.extension().is_some_and(|e| e == extension)) {
            let text = fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
            files.insert(name.to_owned(), text);
        }
    }
    Ok(files)
}

fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("{}", folder.display()))?;
    }
    fs::write(path, text).with_context(|| format!("{}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_changed_and_gone_files_differ() {
        let files = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|&(name, text)| (name.to_owned(), text.to_owned())).collect::<Files>()
        };
        let present = files(&[("gone.rs", "a"), ("kept.rs", "b"), ("changed.rs", "c")]);
        let made = files(&[("kept.rs", "b"), ("changed.rs", "d"), ("new.rs", "e")]);
        assert_eq!(differing(&present, &made), ["changed.rs", "gone.rs", "new.rs"]);
    }
}
