//! What a file is that is no capture this module reads, and what can be done about it.

use std::fmt::Write;

/// Beginnings of files that are taken for captures, and what to say about them.
const KNOWN: [(&[u8], &str); 18] = [
    (b"BZh", "is compressed with bzip2: unpack it first"),
    (b"\xfd7zXZ\0", "is compressed with xz: unpack it first"),
    (b"PK\x03\x04", "is a zip archive: unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "is a 7-Zip archive: unpack it first"),
    (b"Rar!", "is a RAR archive: unpack it first"),
    (b"\x1f\x8b", "is compressed twice: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "is compressed twice: unpack it first"),
    (
        b"snoop\0\0\0",
        "is a snoop capture: convert it with `editcap -F pcap`",
    ),
    (
        b"btsnoop\0",
        "is a Bluetooth capture, which cannot hold FTP",
    ),
    (
        b"TRSNIFF data",
        "is a Sniffer capture: convert it with `editcap -F pcap`",
    ),
    (
        b"XCP\0",
        "is a NetXRay capture: convert it with `editcap -F pcap`",
    ),
    (
        b"GMBU",
        "is a Network Monitor capture: convert it with `editcap -F pcap`",
    ),
    (
        b"RTSS",
        "is a Network Monitor capture: convert it with `editcap -F pcap`",
    ),
    (
        b"iptrace",
        "is an iptrace capture: convert it with `editcap -F pcap`",
    ),
    (b"\x7fELF", "is a program, not a capture"),
    (b"\x89PNG", "is an image, not a capture"),
    (b"%PDF", "is a PDF document, not a capture"),
    (b"SQLite format 3", "is a database, not a capture"),
];

/// How many bytes of a file are enough for [`describe`].
pub(super) const ENOUGH: usize = 64;

/// What the file is that begins with `start`, continuing a sentence that began with its name.
pub(super) fn describe(start: &[u8]) -> String {
    if let Some((_, words)) = KNOWN.iter().find(|(magic, _)| start.starts_with(magic)) {
        return (*words).into();
    }
    let kind = if is_markup(start) {
        "HTML or XML: perhaps an error page that was saved in its place"
    } else if is_text(start) {
        "text: ftpscope reads the capture itself, not what a tool printed of it"
    } else {
        return format!(
            "is not a pcap or pcapng capture (begins with {})",
            hex(start)
        );
    };
    format!("is not a pcap or pcapng capture but {kind}")
}

fn is_markup(start: &[u8]) -> bool {
    is_text(start) && start.trim_ascii_start().starts_with(b"<")
}

fn is_text(start: &[u8]) -> bool {
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    start
        .iter()
        .all(|byte| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n'))
}

fn hex(start: &[u8]) -> String {
    let mut text = String::new();
    for byte in start.iter().take(4) {
        // Writing to a String cannot fail.
        let _ = write!(text, "{}{byte:02x}", if text.is_empty() { "" } else { " " });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_capture_is_called_what_it_is() {
        for (start, words) in [
            (&b"<!DOCTYPE html>"[..], "but HTML"),
            (b"12:00:01.5 IP 10.0.0.1 > 10.0.0.2", "but text"),
            (b"snoop\0\0\0\0\0\0\x02", "editcap"),
            (b"PK\x03\x04\x14", "zip archive"),
            (b"\x01\x02\xff\xfe\x05", "(begins with 01 02 ff fe)"),
            (b"\x01", "(begins with 01)"),
        ] {
            let described = describe(start);
            assert!(described.contains(words), "{described}");
        }
    }
}
