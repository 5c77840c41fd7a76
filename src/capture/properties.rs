//! What holds for any bytes and any packets.

use proptest::collection::vec;
use proptest::prelude::*;

use super::Fault;
use super::formats::{
    BIG, Compression, Drip, LITTLE, Sample, Variant, block, compress, interface, pcap, pcapng,
    samples, section,
};
use super::reader::Reader;
use super::stored::stored;

/// What was read of a file: its packets, and the fault that ended it.
type Outcome = (Vec<Sample>, Option<Fault>);

/// Reads a file, which gives the same on a thread of its own.
fn read(file: Vec<u8>) -> Outcome {
    let here = Reading::new(file.clone(), |reader| reader);
    let ahead = Reading::new(file, Reader::ahead);
    assert_eq!(here, ahead);
    (here.samples, here.fault)
}

/// All that a reader tells.
#[derive(Debug, Default, PartialEq)]
struct Reading {
    samples: Vec<Sample>,
    /// Frames and bytes that were read, and the key logs so far, at each of the packets and at the
    /// end.
    told: Vec<(u64, u64, Vec<u8>)>,
    fault: Option<Fault>,
}

impl Reading {
    fn new(file: Vec<u8>, begun: impl Fn(Reader) -> Reader) -> Self {
        let mut reading = Self::default();
        reading.fault = reading.read(file, begun).err();
        reading
    }

    fn read(&mut self, file: Vec<u8>, begun: impl Fn(Reader) -> Reader) -> Result<(), Fault> {
        let len = file.len() as u64;
        let stored = stored(Drip(std::io::Cursor::new(file)));
        let mut reader = begun(Reader::new(stored, 64)?);
        loop {
            let next = reader.next();
            let mut secrets = Vec::new();
            reader.move_secrets(&mut secrets);
            self.told
                .push((reader.frames(), reader.bytes_read(), secrets));
            let Some(record) = next? else {
                break;
            };
            self.samples.push(Sample {
                time: record.time.as_nanos(),
                wire_len: record.wire_len,
                data: reader.data(&record).to_vec(),
            });
            assert_eq!(reader.data(&record).len(), record.len as usize);
            assert!(reader.frames() >= self.samples.len() as u64);
            assert!(reader.bytes_read() <= len);
        }
        assert_eq!(reader.bytes_read(), len);
        Ok(())
    }
}

/// Every format, byte order and clock, before compression.
fn formats(samples: &[Sample]) -> Vec<Vec<u8>> {
    let variants = [Variant::Micro, Variant::Nano, Variant::Modified];
    let mut files = vec![pcapng(samples, LITTLE), pcapng(samples, BIG)];
    for order in [LITTLE, BIG] {
        files.extend(variants.map(|variant| pcap(samples, order, variant)));
    }
    files
}

fn any_sample() -> impl Strategy<Value = Sample> {
    // Whole microseconds, so that every clock can tell the time.
    let time = (0..u64::from(u32::MAX) * 1_000_000).prop_map(|micros| micros * 1_000);
    (time, vec(any::<u8>(), 0..200), 0..2000_u32).prop_map(|(time, data, cut)| {
        let wire_len = data.len() as u32 + cut;
        Sample {
            time,
            wire_len,
            data,
        }
    })
}

fn any_compression() -> impl Strategy<Value = Compression> {
    proptest::sample::select(Compression::ALL.to_vec())
}

/// The beginnings that lead any bytes deep into the code.
fn any_beginning() -> impl Strategy<Value = Vec<u8>> {
    let pcapng = [section(BIG), interface(1, 0, None, BIG)].concat();
    proptest::sample::select(vec![
        vec![],
        vec![0x1f, 0x8b, 8, 0],
        vec![0x28, 0xb5, 0x2f, 0xfd],
        vec![0x04, 0x22, 0x4d, 0x18],
        vec![0x02, 0x21, 0x4c, 0x18],
        vec![0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0],
        pcap(&[], LITTLE, Variant::Nano),
        section(LITTLE),
        pcapng,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_same_packets_come_out_of_every_format(
        samples in vec(any_sample(), 0..20),
        compression in any_compression(),
    ) {
        for file in formats(&samples) {
            prop_assert_eq!(read(compress(&file, compression)), (samples.clone(), None));
        }
    }

    #[test]
    fn a_file_cut_anywhere_gives_the_packets_before_the_cut(
        samples in vec(any_sample(), 1..8),
        compression in any_compression(),
        cut in any::<proptest::sample::Index>(),
    ) {
        for mut file in formats(&samples) {
            file = compress(&file, compression);
            file.truncate(cut.index(file.len()));
            let (read, fault) = read(file);
            prop_assert!(samples.starts_with(&read));
            prop_assert!(!matches!(fault, Some(Fault::Damaged { .. })), "{:?}", fault);
        }
    }

    #[test]
    fn any_bytes_are_read_to_an_end(
        beginning in any_beginning(),
        rest in vec(any::<u8>(), 0..400),
    ) {
        read([beginning, rest].concat());
    }

    #[test]
    fn any_blocks_are_read_to_an_end(
        blocks in vec((0..12_u32, vec(prop_oneof![Just(0), Just(1), any::<u8>()], 0..60)), 0..20),
    ) {
        let mut file = [section(LITTLE), interface(1, 0, None, LITTLE)].concat();
        for (kind, body) in blocks {
            file.extend(block(kind, &body, LITTLE));
        }
        read(file);
    }

    #[test]
    fn a_file_with_a_changed_byte_is_read_to_an_end(
        compression in any_compression(),
        at in any::<proptest::sample::Index>(),
        byte in any::<u8>(),
    ) {
        for file in formats(&samples(30)) {
            let mut file = compress(&file, compression);
            let at = at.index(file.len());
            file[at] = byte;
            read(file);
        }
    }
}
