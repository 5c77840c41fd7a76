//! The comments in a pcapng file.

/// The comments of each packet of a file that was written in this machine's byte order.
pub fn comments(file: &[u8]) -> Vec<Vec<String>> {
    let word = |at: usize| {
        let word = file[at..at + 4].try_into().expect("four bytes");
        u32::from_ne_bytes(word) as usize
    };
    let (mut at, mut packets) = (0, Vec::new());
    while at < file.len() {
        let length = word(at + 4);
        // An enhanced packet: its options are behind its bytes.
        if word(at) == 6 {
            let options = at + 28 + word(at + 20).next_multiple_of(4);
            packets.push(of_options(&file[options..at + length - 4]));
        }
        at += length;
    }
    packets
}

fn of_options(mut options: &[u8]) -> Vec<String> {
    let half = |bytes: &[u8]| u16::from_ne_bytes([bytes[0], bytes[1]]);
    let mut comments = Vec::new();
    while options.len() > 4 && half(options) != 0 {
        let (kind, size) = (half(options), usize::from(half(&options[2..])));
        if kind == 1 {
            let comment = options[4..4 + size].to_vec();
            comments.push(String::from_utf8(comment).expect("text"));
        }
        options = &options[4 + size.next_multiple_of(4)..];
    }
    comments
}
