//! Traces the commands that redis sends.
#![forbid(unsafe_code)]
