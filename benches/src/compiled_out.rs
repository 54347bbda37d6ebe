//! The same with the kit compiled out.
fn main() {}
