//! Lines for whoever watches, if anybody still does.
//!
//! The standard macros panic once nobody reads (`| head`), and a panic in the
//! middle of a start, or while servers are stopped, would leave these behind.

/// A line on standard output.
macro_rules! say {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($text)*);
    }};
}

/// A line on standard error.
macro_rules! note {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($text)*);
    }};
}
