//! A hash that is fast on texts of some hundred bytes.

use super::Dialect;

/// The whole text counts, for statements often differ in one column only.
pub(super) fn hash(dialect: Dialect, sql: &str) -> u64 {
    let (blocks, rest) = sql.as_bytes().as_chunks::<32>();
    // Two sums side by side, as each multiplication has to wait for the one before it.
    let (mut even, mut odd) = (sql.len() as u64, FACTOR ^ dialect as u64);
    for block in blocks {
        let (parts, _) = block.as_chunks::<16>();
        let [first, second] = parts else {
            continue;
        };
        even = mixed(even, *first);
        odd = mixed(odd, *second);
    }
    for part in rest.chunks(16) {
        // What was read before may be read again, which is cheaper than to read bytes one by one.
        let part = match sql.as_bytes().last_chunk::<16>() {
            Some(last) if part.len() < 16 => *last,
            _ => std::array::from_fn(|at| part.get(at).copied().unwrap_or_default()),
        };
        even = mixed(even, part);
    }
    folded(even ^ FACTOR, odd | 1)
}

const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

fn mixed(sum: u64, part: [u8; 16]) -> u64 {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = part;
    folded(
        u64::from_le_bytes([a, b, c, d, e, f, g, h]) ^ sum,
        u64::from_le_bytes([i, j, k, l, m, n, o, p]) ^ FACTOR,
    )
}

fn folded(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}
