//! Sums.

use std::time::Duration;

/// The slope of the line through these points by least squares; zero for less than two.
pub(crate) fn slope(points: &[(f64, f64)]) -> f64 {
    let count = points.len() as f64;
    let mean_x = points.iter().map(|(x, _)| x).sum::<f64>() / count;
    let mean_y = points.iter().map(|(_, y)| y).sum::<f64>() / count;
    let (mut above, mut below) = (0.0, 0.0);
    for (x, y) in points {
        above += (x - mean_x) * (y - mean_y);
        below += (x - mean_x) * (x - mean_x);
    }
    if below > 0.0 { above / below } else { 0.0 }
}

/// The least value that is not exceeded by so many of a hundred. Zero for none.
pub(crate) fn percentile(values: &mut [Duration], of_hundred: f64) -> Duration {
    values.sort_unstable();
    let rank = (values.len() as f64 * of_hundred / 100.0).ceil() as usize;
    values.get(rank.max(1) - 1).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_its_slope() {
        let points: Vec<_> = (0..10).map(|x| (f64::from(x), 5.0 - 2.0 * f64::from(x))).collect();
        assert!((slope(&points) + 2.0).abs() < 1e-9);
        assert!((slope(&[(0.0, 1.0), (1.0, 3.0), (2.0, 2.0)]) - 0.5).abs() < 1e-9);
        assert_eq!((slope(&[]), slope(&[(1.0, 1.0)])), (0.0, 0.0));
    }

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let mut values: Vec<_> = (1..=200).rev().map(Duration::from_millis).collect();
        assert_eq!(percentile(&mut values, 99.0), Duration::from_millis(198));
        assert_eq!(percentile(&mut values, 100.0), Duration::from_millis(200));
        assert_eq!(percentile(&mut values[..1], 99.0), Duration::from_millis(1));
        assert_eq!(percentile(&mut [], 99.0), Duration::ZERO);
    }
}
