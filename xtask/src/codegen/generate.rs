//! The generator itself; see [`super`].

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use super::Options;
use crate::workspace::Workspace;

const EXAMPLES: &str = "examples";
/// In an example.
const PROTOS: &str = "proto";

/// File name to text.
type Files = BTreeMap<String, String>;

/// All examples before anything is written or said: none is made anew where another one is broken.
pub fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let examples = with_protos(&workspace.root.join(EXAMPLES))?;
    if examples.is_empty() {
        bail!("no example in {EXAMPLES} has a .proto file");
    }
    let made = examples.iter().map(|name| Code::make(workspace, name));
    for code in made.collect::<Result<Vec<_>>>()? {
        code.settle(options.check)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The code of one example.
struct Code {
    /// Where it goes, for people to read.
    shown: String,
    folder: PathBuf,
    made: Files,
}

impl Code {
    fn make(workspace: &Workspace, example: &str) -> Result<Self> {
        let shown = format!("{EXAMPLES}/{example}/src/gen");
        let protos = workspace.root.join(EXAMPLES).join(example).join(PROTOS);
        let scratch = workspace.target.join("xtask").join("codegen").join(example);
        let made = generate(&protos, &scratch).with_context(|| shown.clone())?;
        Ok(Self { folder: workspace.root.join(&shown), shown, made })
    }

    /// Writes what is new, or fails where that is not to be done.
    fn settle(&self, only_check: bool) -> Result<()> {
        let Self { shown, folder, made } = self;
        let present = read(folder, "rs")?;
        let stale = differing(&present, made);
        if only_check && !stale.is_empty() {
            bail!("{shown} is not up to date ({}): run cargo xtask codegen", stale.join(", "));
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
            0 => say!("{shown} is up to date"),
            _ => say!("{shown}: {}", stale.join(", ")),
        }
        Ok(())
    }
}

/// The examples that have something to make code of, by their names.
fn with_protos(examples: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(examples).with_context(|| format!("{}", examples.display()))? {
        let entry = entry?;
        if !read(&entry.path().join(PROTOS), "proto")?.is_empty() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn generate(protos: &Path, scratch: &Path) -> Result<Files> {
    let names: Vec<String> = read(protos, "proto")?.into_keys().collect();
    let descriptors = protox::compile(&names, [protos])?;
    // What an earlier run left there is not part of this one.
    let _ = fs::remove_dir_all(scratch);
    fs::create_dir_all(scratch).with_context(|| format!("{}", scratch.display()))?;
    tonic_prost_build::configure()
        .out_dir(scratch)
        .emit_rerun_if_changed(false)
        .compile_fds(descriptors)
        .context("tonic-prost-build")?;
    read(scratch, "rs")
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
