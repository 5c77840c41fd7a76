use std::fs;

use super::*;
use crate::capture::formats::{Compression, LITTLE, Variant, compress, pcap, sample};

/// All that a source tells with each packet, and at the end.
fn all(paths: &[PathBuf], most_ahead: usize) -> (Vec<String>, usize) {
    let mut files = open_with(paths, most_ahead).unwrap();
    let (mut told, mut ahead) = (Vec::new(), 0);
    loop {
        let next = format!("{:?}", files.next());
        let is_end = next == "End";
        told.push(format!(
            "{next} {:?} {:?}",
            files.inputs(),
            files.precision()
        ));
        ahead = ahead.max(files.ahead);
        if is_end {
            assert_eq!(files.ahead, 0, "every thread is counted off");
            return (told, ahead);
        }
    }
}

#[test]
fn files_read_ahead_give_the_same_packets_and_words_in_the_same_order() {
    let folder = std::env::temp_dir().join(format!("ftpscope-ahead-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let file = |name: &str, bytes: Vec<u8>| {
        fs::write(folder.join(name), bytes).unwrap();
        folder.join(name)
    };
    let many = |step: u64| -> Vec<_> { (1..400).map(|n| sample(n * step, 3000)).collect() };
    let whole = pcap(&many(1_000_000), LITTLE, Variant::Micro);
    let mut damaged = pcap(&many(3_000_000), LITTLE, Variant::Nano);
    let at = 24 + 3016 * 300;
    damaged[at + 8..at + 12].fill(0xff);
    let cut = whole[..whole.len() - 7].to_vec();
    let gzip = compress(
        &pcap(&many(5_000_000), LITTLE, Variant::Micro),
        Compression::Gzip,
    );
    let paths = [
        file("whole", whole),
        file("damaged", damaged),
        file("nothing", Vec::new()),
        file("cut", cut),
        file("gzip", gzip),
        folder.join("missing"),
    ];
    let (here, none) = all(&paths, 0);
    for most_ahead in [1, 2, MOST_AHEAD] {
        let (told, ahead) = all(&paths, most_ahead);
        assert_eq!(told, here);
        assert_eq!((none, ahead), (0, most_ahead.min(3)));
    }
    for path in &paths {
        let alone = [path.clone()];
        assert_eq!(all(&alone, 1).0, all(&alone, 0).0);
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn so_many_files_are_read_ahead_and_the_others_in_their_turn() {
    let folder = std::env::temp_dir().join(format!("ftpscope-many-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let many: Vec<_> = (1..=9).map(|time| sample(time, 60_000)).collect();
    let file = pcap(&many, LITTLE, Variant::Nano);
    assert!(file.len() as u64 > SHORT);
    // All of the same time, so that all are open at once.
    let paths: Vec<_> = (0..=MOST_AHEAD + 1)
        .map(|number| folder.join(number.to_string()))
        .collect();
    paths
        .iter()
        .for_each(|path| fs::write(path, &file).unwrap());
    let mut files = open_with(&paths, MOST_AHEAD).unwrap();
    let (mut ahead, mut packets) = (0, Vec::new());
    while let Next::Packet(packet) = files.next() {
        packets.push((packet.time, packet.frame.file(), packet.data.len()));
        ahead = ahead.max(files.ahead);
    }
    assert_eq!(
        (ahead, packets.len()),
        (MOST_AHEAD, many.len() * paths.len())
    );
    assert!(packets.is_sorted());
    fs::remove_dir_all(folder).unwrap();
}
