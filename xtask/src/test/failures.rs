//! The lines of a failed stage's output that say what failed.

/// How many of them are shown, and how much of each.
const LINES: usize = 24;
const WIDTH: usize = 200;

/// Failed tests with their panics, and errors of compiler and linker: the rest of the output is
/// for who opens the log.
pub fn telling(output: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut rest = output.lines();
    while let Some(line) = rest.next() {
        if !tells(line) {
            continue;
        }
        let mut told = cut(line);
        // The panic's own words are in the line below.
        if line.contains(" panicked at ")
            && let Some(words) = rest.next()
        {
            told = format!("{told} {}", cut(words));
        }
        if !lines.contains(&told) {
            lines.push(told);
        }
    }
    let more = lines.len().saturating_sub(LINES);
    if more > 0 {
        lines.truncate(LINES);
        lines.push(format!("… and {more} lines more like these"));
    }
    lines
}

fn tells(line: &str) -> bool {
    line.starts_with("error")
        || line.ends_with("... FAILED")
        || line.starts_with("test result: FAILED")
        || line.contains(" panicked at ")
        || ["No space left", "(signal:", "Cannot allocate"].iter().any(|words| line.contains(words))
}

fn cut(line: &str) -> String {
    line.trim().chars().take(WIDTH).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_is_told_without_the_rest() {
        let output = "\
   Compiling one v0.1.0
test a_b ... ok
test c_d ... FAILED
failures:
---- c_d stdout ----
thread 'c_d' panicked at one/tests/x.rs:3:5:
assertion `left == right` failed
  left: 1
test result: FAILED. 1 passed; 1 failed; 0 ignored
error: 1 target failed:
error: 1 target failed:
";
        let expected = [
            "test c_d ... FAILED",
            "thread 'c_d' panicked at one/tests/x.rs:3:5: assertion `left == right` failed",
            "test result: FAILED. 1 passed; 1 failed; 0 ignored",
            "error: 1 target failed:",
        ];
        assert_eq!(telling(output), expected);
    }

    #[test]
    fn many_lines_are_counted() {
        let output: String = (0..100).map(|nth| format!("error: number {nth}\n")).collect();
        let told = telling(&output);
        assert_eq!(told.len(), LINES + 1);
        assert_eq!(told[LINES], format!("… and {} lines more like these", 100 - LINES));
    }
}
