//! What cargo knows about this workspace.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::cmd;

/// Folders and packages.
#[derive(Debug)]
pub struct Workspace {
    pub root: PathBuf,
    pub target: PathBuf,
    pub packages: Vec<Package>,
}

/// A member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    pub name: String,
    /// Goes to the registry: others build it with features of their choice.
    pub published: bool,
    pub is_library: bool,
    pub features: Vec<String>,
}

impl Workspace {
    /// Asks cargo.
    pub fn load() -> Result<Self> {
        let mut cargo = cmd::cargo();
        cargo.args(["metadata", "--no-deps", "--format-version", "1"]);
        // Our own package's workspace, whichever folder we were called in.
        if let Some(folder) = std::env::var_os("CARGO_MANIFEST_DIR") {
            cargo.arg("--manifest-path").arg(PathBuf::from(folder).join("Cargo.toml"));
        }
        let output = cargo.output().context("cannot run cargo")?;
        if !output.status.success() {
            bail!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Self::parse(&serde_json::from_slice(&output.stdout)?)
    }

    fn parse(metadata: &Value) -> Result<Self> {
        let folder = |key: &str| {
            let path = metadata[key].as_str().map(PathBuf::from);
            path.with_context(|| format!("cargo metadata holds no {key}"))
        };
        let packages = metadata["packages"].as_array().context("cargo metadata: packages")?;
        let mut packages = packages.iter().map(package).collect::<Result<Vec<_>>>()?;
        packages.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self { root: folder("workspace_root")?, target: folder("target_directory")?, packages })
    }

    /// Where the output of something that was run is kept.
    pub fn log(&self, name: &str) -> PathBuf {
        self.target.join("xtask").join(format!("{name}.log"))
    }

    /// Where cargo puts a program.
    pub fn program(&self, subfolders: &[&str], name: &str) -> PathBuf {
        let mut path = self.target.clone();
        path.extend(subfolders);
        path.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }
}

fn package(value: &Value) -> Result<Package> {
    let name = value["name"].as_str().context("cargo metadata: a package has no name")?;
    let features: BTreeMap<String, Value> =
        serde_json::from_value(value["features"].clone()).context("cargo metadata: features")?;
    let targets = value["targets"].as_array().context("cargo metadata: targets")?;
    let is_library = targets.iter().any(|target| target["kind"][0] == "lib");
    // Null is "to any registry", a list names them, and an empty one is nowhere.
    let published = value["publish"].as_array().is_none_or(|registries| !registries.is_empty());
    Ok(Package {
        name: name.to_owned(),
        published,
        is_library,
        features: features.into_keys().collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn metadata_is_read() {
        let package = |name: &str, publish: Value, kind: &str| {
            json!({
                "name": name,
                "publish": publish,
                "targets": [{ "kind": [kind] }],
                "features": { "default": ["a"], "a": [] },
            })
        };
        let metadata = json!({
            "workspace_root": "/w",
            "target_directory": "/t",
            "packages": [package("tool", json!([]), "bin"), package("core", Value::Null, "lib")],
        });
        let workspace = Workspace::parse(&metadata).unwrap();
        let [core, tool] = &workspace.packages[..] else { panic!("two packages") };
        assert!(core.published && core.is_library);
        assert!(!tool.published && !tool.is_library);
        assert_eq!(core.features, ["a", "default"]);
        assert!(workspace.log("x").starts_with("/t/xtask"));
    }
}
