//! Compressed requests.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

/// Packs a body. The fast level: spans are repetitive, and the higher ones gain little on them.
pub(crate) fn pack(body: &[u8], into: &mut Vec<u8>) {
    into.clear();
    let mut encoder = GzEncoder::new(into, Compression::fast());
    // Writing to memory does not fail.
    let _ = encoder.write_all(body).and_then(|()| encoder.try_finish());
}
