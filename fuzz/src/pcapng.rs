//! A pcapng file. The first byte of the input says where it is cut and how it is compressed.

pub fn run(data: &[u8]) {
    super::files::check(data);
}
