//! The codes of Redis' errors.

/// A code that Redis itself has. What a script or a module puts in its place can be anything, a
/// secret in capital letters among it, so that no other is taken for one.
pub(crate) fn known(code: &str) -> Option<&'static str> {
    CODES.iter().copied().find(|known| *known == code)
}

/// Of the server, its cluster, its replicas and its sentinels.
const CODES: &[&str] = &[
    "ERR",
    "WRONGTYPE",
    "NOAUTH",
    "WRONGPASS",
    "NOPERM",
    "NOPROTO",
    "DENIED",
    "OOM",
    "LOADING",
    "BUSY",
    "BUSYKEY",
    "BUSYGROUP",
    "NOGROUP",
    "UNBLOCKED",
    "EXECABORT",
    "NOSCRIPT",
    "NOTBUSY",
    "UNKILLABLE",
    "NOSUB",
    "MISCONF",
    "READONLY",
    "MASTERDOWN",
    "NOMASTERLINK",
    "NOREPLICAS",
    "REDIRECT",
    "MOVED",
    "ASK",
    "TRYAGAIN",
    "CROSSSLOT",
    "CLUSTERDOWN",
    "INPROG",
    "NOGOODSLAVE",
    "NOQUORUM",
    "INVALIDOBJ",
    "IDONTKNOW",
    "IOERR",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_they_are() {
        for code in ["ERR", "WRONGTYPE", "NOAUTH", "BUSYGROUP", "CROSSSLOT", "INPROG"] {
            assert_eq!(known(code), Some(code));
        }
        for code in ["", "err", "ERR:", "HUNTER2SECRET", "4A2267357833227D", "MFRGGZDF", "X_1"] {
            assert_eq!(known(code), None, "{code}");
        }
    }

    #[test]
    fn each_is_there_once() {
        for (at, code) in CODES.iter().enumerate() {
            assert_eq!(CODES.iter().position(|other| other == code), Some(at), "{code}");
        }
    }
}
