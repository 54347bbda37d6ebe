//! All formats in one message of headers, read and unread.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    fuzz::check(&fuzz::composite(), data);
    fuzz::check_unread(data);
});
