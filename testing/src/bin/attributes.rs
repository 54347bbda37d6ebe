//! Makes docs/attributes.md of what the suites have noted.
//!
//! `attributes NOTES PAGE [--check]`; `cargo xtask test --stage test-all` notes and checks.

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io};

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let made = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [notes, page] => make(notes.as_ref(), page.as_ref(), false),
        [notes, page, "--check"] => make(notes.as_ref(), page.as_ref(), true),
        _ => Err(vec!["attributes NOTES PAGE [--check]".to_owned()]),
    };
    let wrong = made.err().unwrap_or_default();
    wrong.iter().for_each(|line| eprintln!("attributes: {line}"));
    ExitCode::from(u8::from(!wrong.is_empty()))
}

fn make(notes: &Path, page: &Path, only_check: bool) -> Result<(), Vec<String>> {
    let failed = |path: &Path, error: io::Error| vec![format!("{}: {error}", path.display())];
    let mut all = String::new();
    for file in fs::read_dir(notes).map_err(|error| failed(notes, error))? {
        let file = file.map_err(|error| failed(notes, error))?.path();
        all += &fs::read_to_string(&file).map_err(|error| failed(&file, error))?;
    }
    let made = testing::attributes::page(&all)?;
    if !only_check {
        return fs::write(page, made).map_err(|error| failed(page, error));
    }
    let there = fs::read_to_string(page).map_err(|error| failed(page, error))?;
    if there == made {
        return Ok(());
    }
    let differ = made.lines().filter(|line| !there.lines().any(|old| old == *line));
    let mut wrong: Vec<_> =
        differ.map(|line| format!("not in {}: {line}", page.display())).collect();
    let (notes, page) = (notes.display(), page.display());
    wrong.push(format!(
        "what the integrations write has changed: \
         cargo run -p testing --bin attributes -- {notes} {page}"
    ));
    Err(wrong)
}
