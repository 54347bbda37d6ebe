//! docs/behaviours.md says which tests show what: each of them is there, and each test that is
//! named after a row is on the page.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A test: its file, from the workspace's folder on, and its function.
type Test = (String, String);

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The page's rows: what stands first, and the tests that stand last.
fn rows() -> Vec<(String, Vec<Test>)> {
    let page = fs::read_to_string(root().join("docs/behaviours.md")).unwrap();
    let lines = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| ---"));
    let rows = lines.map(|line| {
        let cells: Vec<&str> = line.trim_matches(['|', ' ']).split(" | ").collect();
        let [name, _, tests] = *cells else { panic!("not three cells: {line}") };
        (name.to_owned(), named_in(tests))
    });
    rows.filter(|(name, _)| name != "row").collect()
}

/// What is in backticks: a file, and the functions in it that are meant.
fn named_in(cell: &str) -> Vec<Test> {
    let (mut file, mut named) = (None, Vec::new());
    for word in cell.split('`').skip(1).step_by(2) {
        if Path::new(word).extension().is_some_and(|extension| extension == "rs") {
            file = Some(word);
        } else {
            named.push((file.expect("a file comes first").to_owned(), word.to_owned()));
        }
    }
    named
}

/// The tests of a file.
fn tests(source: &str) -> Vec<&str> {
    let (mut tests, mut is_test) = (Vec::new(), false);
    for line in source.lines().map(str::trim_start) {
        is_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
        if let Some((_, rest)) = line.split_once("fn ") {
            if is_test {
                tests.extend(rest.split('(').next());
            }
            is_test = false;
        }
    }
    tests
}

/// A macro stands for the tests that it makes.
fn is_there((file, function): &Test) -> bool {
    let source = fs::read_to_string(root().join(file)).unwrap_or_default();
    tests(&source).contains(&&**function) || (function.contains('!') && source.contains(function))
}

/// All of this workspace's own files.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy();
        if path.is_dir() {
            if name != "target" && !name.starts_with('.') {
                sources(&path, found);
            }
        } else if name.ends_with(".rs") {
            found.push(path);
        }
    }
}

/// Whether a test is named after a row: `r5_an_upgrade`.
fn is_of_a_row(function: &str) -> bool {
    let row = function.split('_').next().unwrap_or_default();
    let number = row.trim_start_matches(['b', 'h', 'l', 'r', 's', 't']);
    row.len() == number.len() + 1
        && !number.is_empty()
        && number.bytes().all(|b| b.is_ascii_digit())
}

#[test]
fn what_is_named_is_there() {
    let rows = rows();
    assert!(rows.len() > 60, "{} rows", rows.len());
    for (name, named) in &rows {
        assert!(!named.is_empty(), "nothing shows: {name}");
        for test in named {
            assert!(is_there(test), "{name}: there is no {} in {}", test.1, test.0);
        }
    }
}

#[test]
fn what_is_named_after_a_row_is_on_the_page() {
    let (root, mut found) = (root(), Vec::new());
    sources(&root, &mut found);
    let named: BTreeSet<Test> = rows().into_iter().flat_map(|(_, tests)| tests).collect();
    let mut of_rows = 0;
    for path in found {
        let file = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        let source = fs::read_to_string(&path).unwrap();
        for test in tests(&source).into_iter().filter(|test| is_of_a_row(test)) {
            assert!(named.contains(&(file.clone(), test.to_owned())), "{test} of {file}");
            of_rows += 1;
        }
    }
    assert!(of_rows > 80, "{of_rows} tests are named after rows");
}

#[test]
fn what_a_test_is() {
    let source =
        "#[test]\n#[ignore]\nfn one() {\nfn two() {\n    #[tokio::test]\n    async fn three() {";
    assert_eq!(tests(source), ["one", "three"]);
    assert!(is_of_a_row("r12_a_fork") && is_of_a_row("l1_urls"));
    assert!(!is_of_a_row("rows_are_drawn") && !is_of_a_row("r_5") && !is_of_a_row("two_tasks"));
    assert!(!is_there(&("testing/tests/behaviours.rs".into(), "nobody".into())));
    assert!(!is_there(&("testing/tests/nowhere.rs".into(), "what_a_test_is".into())));
    assert!(is_there(&("testing/tests/behaviours.rs".into(), "what_a_test_is".into())));
}
