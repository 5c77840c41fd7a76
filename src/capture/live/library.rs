//! Which libpcap packets are captured through.

use std::ffi::{CStr, c_char};

/// What the library that is in use says of itself, as "libpcap version 1.10.3 (with TPACKET_V3)".
///
/// The `pcap` crate does not hand this on, and a report of a fault is worth little without it.
#[allow(
    unsafe_code,
    reason = "the only one: a foreign function, which no safe code can call"
)]
pub fn library() -> String {
    unsafe extern "C" {
        /// `const char *pcap_lib_version(void)`, since libpcap 0.8.
        safe fn pcap_lib_version() -> *const c_char;
    }
    let text = pcap_lib_version();
    if text.is_null() {
        return String::new();
    }
    // SAFETY: pcap_lib_version(3PCAP): a string that ends with a zero byte and is never freed or
    // changed. It is copied at once.
    let text = unsafe { CStr::from_ptr(text) };
    text.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_library_names_itself() {
        assert!(super::library().starts_with("libpcap version "));
    }
}
