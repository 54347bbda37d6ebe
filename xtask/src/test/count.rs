//! How many tests a stage ran: a stage that ran none should look like it.

/// What `cargo test` counted, over all its programs; empty where it was not used.
pub fn note(output: &str) -> String {
    let (mut programs, mut passed, mut ignored) = (0_u32, 0, 0);
    for line in output.lines().filter(|line| line.starts_with("test result: ")) {
        programs += 1;
        passed += before(line, " passed");
        ignored += before(line, " ignored");
    }
    match (programs, ignored) {
        (0, _) => String::new(),
        (_, 0) => format!("{passed} tests"),
        (_, _) => format!("{passed} tests, {ignored} ignored"),
    }
}

/// The number right before a word.
fn before(line: &str, word: &str) -> u32 {
    let number = line.split_once(word).and_then(|(front, _)| front.rsplit(' ').next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_added_up() {
        let output = "\
running 2 tests
test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
test result: ok. 40 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out
";
        assert_eq!(note(output), "42 tests");
        let ignored = "test result: ok. 1 passed; 0 failed; 3 ignored; 0 measured";
        assert_eq!(note(ignored), "1 tests, 3 ignored");
        assert_eq!(note("Finished"), "");
    }
}
