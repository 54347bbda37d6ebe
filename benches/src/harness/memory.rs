//! The process's memory, from `/proc`.

/// Resident memory in MiB, now and at most so far.
#[derive(Clone, Copy, Debug)]
pub struct Resident {
    pub now: f64,
    pub peak: f64,
}

/// Reads it; zeros where there is no `/proc`.
pub fn resident() -> Resident {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    Resident { now: mebibytes(&status, "VmRSS:"), peak: mebibytes(&status, "VmHWM:") }
}

fn mebibytes(status: &str, field: &str) -> f64 {
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap_or_default();
    let kibibytes = line.split_whitespace().next().and_then(|number| number.parse::<f64>().ok());
    kibibytes.unwrap_or(0.0) / 1024.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read() {
        let status = "VmPeak:\t  9000 kB\nVmHWM:\t    3072 kB\nVmRSS:\t    2048 kB\n";
        assert_eq!(mebibytes(status, "VmRSS:"), 2.0);
        assert_eq!(mebibytes(status, "VmHWM:"), 3.0);
        assert_eq!(mebibytes("", "VmHWM:"), 0.0);
    }
}
