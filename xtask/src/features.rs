//! Which features are built together, and which alone.

use crate::workspace::Package;

/// These take the kit out, so a build with "all" features must not have them.
const TAKES_OUT: [&str; 2] = ["off", "release-off"];

/// `package/feature` for every feature of every member but those that take the
/// kit out: what `--all-features` would be if it could leave some out.
pub fn all_but_off(packages: &[Package]) -> String {
    let wanted =
        |feature: &&String| *feature != "default" && !TAKES_OUT.contains(&feature.as_str());
    let named = packages.iter().flat_map(|package| {
        let features = package.features.iter().filter(wanted);
        features.map(move |feature| format!("{}/{feature}", package.name))
    });
    named.collect::<Vec<_>>().join(",")
}

/// Each published library with no feature, and with each one alone.
pub fn singles(packages: &[Package]) -> Vec<(&str, Option<&str>)> {
    let libraries = packages.iter().filter(|package| package.published && package.is_library);
    libraries
        .flat_map(|package| {
            let features = package.features.iter().map(String::as_str);
            let each = features.filter(|feature| *feature != "default").map(Some);
            std::iter::once(None).chain(each).map(|feature| (package.name.as_str(), feature))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, published: bool, features: &[&str]) -> Package {
        Package {
            name: name.to_owned(),
            published,
            is_library: true,
            features: features.iter().map(|&feature| feature.to_owned()).collect(),
        }
    }

    #[test]
    fn all_leaves_out_what_takes_the_kit_out() {
        let packages = [
            package("core", true, &["clock", "default", "off", "release-off"]),
            package("plain", true, &[]),
            package("tool", false, &["codegen"]),
        ];
        assert_eq!(all_but_off(&packages), "core/clock,tool/codegen");
    }

    #[test]
    fn singles_are_of_published_libraries_and_hold_off() {
        let packages = [
            package("core", true, &["clock", "default", "off"]),
            Package { is_library: false, ..package("bin", true, &["x"]) },
            package("tool", false, &["codegen"]),
        ];
        let expected = [("core", None), ("core", Some("clock")), ("core", Some("off"))];
        assert_eq!(singles(&packages), expected);
    }
}
