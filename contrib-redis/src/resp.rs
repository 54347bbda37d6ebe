//! Reads commands back from the form in which they go over the wire: arrays of bulk strings, as
//! redis packs them and nothing else. What follows a fault is not read.

/// Commands, one after the other.
#[derive(Clone)]
pub(crate) struct Commands<'a> {
    rest: &'a [u8],
}

/// The arguments of one command, of which the first is its name.
#[derive(Clone)]
pub(crate) struct Args<'a> {
    rest: &'a [u8],
    left: usize,
}

impl<'a> Commands<'a> {
    pub(crate) const fn new(packed: &'a [u8]) -> Self {
        Self { rest: packed }
    }
}

impl<'a> Iterator for Commands<'a> {
    type Item = Args<'a>;

    fn next(&mut self) -> Option<Args<'a>> {
        let (left, rest) = header(std::mem::take(&mut self.rest), b'*')?;
        let args = Args { rest, left };
        // A command that is cut short is none, and ends the reading.
        let mut end = args.clone();
        while end.left > 0 {
            end.next()?;
        }
        self.rest = end.rest;
        Some(args)
    }
}

impl<'a> Iterator for Args<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        self.left = self.left.checked_sub(1)?;
        let (length, rest) = header(self.rest, b'$')?;
        let (arg, rest) = rest.split_at_checked(length)?;
        self.rest = rest.strip_prefix(b"\r\n")?;
        Some(arg)
    }
}

/// A line such as `*3`, and what comes after it.
fn header(bytes: &[u8], mark: u8) -> Option<(usize, &[u8])> {
    let (first, mut rest) = bytes.split_first()?;
    if *first != mark {
        return None;
    }
    let mut number: usize = 0;
    let mut digits = 0;
    while let Some((digit @ b'0'..=b'9', after)) = rest.split_first() {
        number = number.checked_mul(10)?.checked_add(usize::from(digit - b'0'))?;
        digits += 1;
        rest = after;
    }
    if digits == 0 {
        return None;
    }
    Some((number, rest.strip_prefix(b"\r\n")?))
}

#[cfg(test)]
#[path = "resp_tests.rs"]
mod tests;
