//! Reading what the server answers: never much of it, whatever it sends.

use std::io::{self, Read};

/// Most bytes that are read of a reply to a batch. Collectors' replies have a few dozen.
pub(crate) const MAX_REPLY: usize = 64 << 10;

/// Why a reply could not be read.
#[derive(Debug)]
pub(crate) enum ReadError {
    TooLong,
    Io(io::Error),
}

/// Reads a body of less than `limit` bytes to its end, into `into`.
pub(crate) fn read(body: impl Read, limit: usize, into: &mut Vec<u8>) -> Result<(), ReadError> {
    into.clear();
    body.take(limit as u64).read_to_end(into).map_err(ReadError::Io)?;
    // The end can only be told from the limit by one byte more; that byte is not worth a read
    // which may block.
    if into.len() >= limit {
        return Err(ReadError::TooLong);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Endless, and counts what is taken of it.
    struct Endless(usize);

    impl Read for Endless {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            buf.fill(0);
            self.0 += buf.len();
            Ok(buf.len())
        }
    }

    #[test]
    fn no_more_than_the_limit_is_read() {
        let mut body = Endless(0);
        let mut into = Vec::new();
        assert!(matches!(read(&mut body, MAX_REPLY, &mut into), Err(ReadError::TooLong)));
        assert_eq!((body.0, into.len()), (MAX_REPLY, MAX_REPLY));
        assert!(read(&[1, 2][..], MAX_REPLY, &mut into).is_ok());
        assert_eq!(into, [1, 2]);
    }
}
