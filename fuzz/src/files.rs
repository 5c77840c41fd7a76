//! A capture file of any bytes.

use std::cell::RefCell;
use std::fs::{self, File};
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};

use ftpscope::capture::{self, Fault, Next, Source};
use ftpscope::time::Precision;

use super::formats::{Compression, compress};

/// The longest record that is read (`docs/limits.md`).
const MOST: usize = 16 << 20;

/// What was read.
#[derive(Clone, Debug, Default, PartialEq)]
struct Read {
    /// Number, time, link type, length on the wire and bytes of each packet.
    packets: Vec<(u64, u64, u16, u32, Vec<u8>)>,
    secrets: Vec<u8>,
    precision: Precision,
    fault: Option<Fault>,
}

/// Two readings give the same; so does the file in any compression; and the beginning of a file
/// gives the beginning of its packets.
pub fn check(data: &[u8]) {
    let Some((&mode, file)) = data.split_first() else {
        return;
    };
    let whole = read(file);
    assert_eq!(read(file), whole);
    let is_compressed = [&b"\x1f\x8b"[..], b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18"]
        .iter()
        .any(|magic| file.starts_with(magic))
        || file.get(1..4) == Some(b"\x2a\x4d\x18");
    if is_compressed {
        return;
    }
    let cut = &file[..file.len() * usize::from(mode >> 2) / 64];
    is_beginning(&read(cut), &whole);
    let compression = Compression::ALL[usize::from(mode & 3)];
    let packed = read(&compress(file, compression));
    if compression != Compression::None && !matches!(whole.fault, Some(Fault::Unreadable(_))) {
        assert_eq!(packed.packets, whole.packets, "{compression:?}");
        assert_eq!(packed.secrets, whole.secrets, "{compression:?}");
    }
}

fn is_beginning(part: &Read, whole: &Read) {
    assert!(part.packets.len() <= whole.packets.len());
    assert_eq!(part.packets, whole.packets[..part.packets.len()]);
    assert!(whole.secrets.starts_with(&part.secrets));
}

fn read(file: &[u8]) -> Read {
    PLACE.with_borrow_mut(|place| place.write(file));
    let path = PLACE.with_borrow(|place| place.path.clone());
    let mut source = capture::open(&[path]).expect("one file is not too many");
    let mut read = Read::default();
    while let Next::Packet(packet) = source.next() {
        assert!(packet.data.len() <= MOST && packet.data.len() <= packet.wire_len as usize);
        let last = read.packets.last().map_or(0, |packet| packet.0);
        assert_eq!(
            (packet.frame.file(), packet.frame.number() > last),
            (0, true)
        );
        read.packets.push((
            packet.frame.number(),
            packet.time.as_nanos(),
            packet.link.0,
            packet.wire_len,
            packet.data.to_vec(),
        ));
    }
    assert!(matches!(source.next(), Next::End), "the end stays the end");
    read.secrets = source.take_secrets().unwrap_or_default();
    read.precision = source.precision();
    let input = &source.inputs()[0];
    assert!(input.bytes_read <= file.len() as u64);
    assert!(input.frames >= read.packets.len() as u64);
    read.fault.clone_from(&input.fault);
    read
}

thread_local! {
    static PLACE: RefCell<Place> = RefCell::new(Place::new());
}

/// The file that is written again and again: a source reads files.
struct Place {
    path: PathBuf,
    file: File,
}

impl Place {
    fn new() -> Self {
        let name = format!(
            "ftpscope-fuzz-{}-{:?}",
            std::process::id(),
            std::thread::current().id()
        );
        let memory = Path::new("/dev/shm");
        let folder = match memory.is_dir() {
            true => memory.to_path_buf(),
            false => std::env::temp_dir(),
        };
        let path = folder.join(name);
        let file = File::create(&path).expect("a file can be written");
        Self { path, file }
    }

    fn write(&mut self, bytes: &[u8]) {
        self.file.set_len(0).unwrap();
        self.file.rewind().unwrap();
        self.file.write_all(bytes).unwrap();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}
