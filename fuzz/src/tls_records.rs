//! A session that says AUTH TLS, what both sides send after it, and a key log.
//!
//! The input begins with the length of the key log (two bytes) and the log. What follows are
//! pieces: a byte of flags, a length of two bytes, and the bytes.

use super::bytes::Bytes;
use super::engine;
use super::scene::{START, Step};
use super::support::conversation::{Channel, Conversation};
use super::support::planned::MILLI;
use super::support::wire::{Connection, Side};

/// The server sends the piece.
pub const SERVER: u8 = 1;
/// On a data connection, not on the control connection.
pub const DATA: u8 = 2;
/// Its last packet is lost.
const LOST: u8 = 4;
/// It is no piece but a further part of the key log, known to the engine from there on.
const KEYS: u8 = 8;
/// So much time passes before.
const WAIT: u8 = 16;

pub fn run(input: &[u8]) {
    let mut bytes = Bytes(input);
    let length = bytes.u16();
    let mut keys = vec![(0, bytes.take(length.into()))];
    let mut ftp = Conversation::new(
        ([192, 0, 2, 9], 40_000).into(),
        ([198, 51, 100, 1], 21).into(),
        START,
    );
    ftp.open("220 hello");
    ftp.exchange("AUTH TLS", "234 go");
    let mut data = None;
    while !bytes.is_empty() {
        let (flags, length) = (bytes.u8(), bytes.u16());
        let piece = bytes.take(length.into());
        if flags & WAIT != 0 {
            ftp.plan.wait(MILLI << (flags >> 5 << 1));
        }
        if flags & KEYS != 0 {
            keys.push((ftp.plan.packets.len(), piece));
            continue;
        }
        let side = if flags & SERVER == 0 {
            Side::Opener
        } else {
            Side::Listener
        };
        if flags & DATA == 0 {
            ftp.send(side, piece);
        } else {
            let data: &mut Connection = data.get_or_insert_with(|| connection(&mut ftp));
            data.send(&mut ftp.plan, side, piece);
        }
        if flags & LOST != 0 {
            ftp.plan.packets.pop_back();
        }
    }
    if let Some(mut data) = data {
        data.close(&mut ftp.plan, Side::Listener);
    }
    ftp.control.close(&mut ftp.plan, Side::Opener);
    engine::check(&steps(&ftp, &keys));
}

/// A data connection that nobody was seen to announce.
fn connection(ftp: &mut Conversation) -> Connection {
    let channel = Channel {
        from: (ftp.client(), 40_001).into(),
        to: (ftp.server(), 50_000).into(),
    };
    let mut data = channel.connection();
    data.open(&mut ftp.plan);
    data
}

fn steps<'a>(ftp: &Conversation, keys: &[(usize, &'a [u8])]) -> Vec<Step<'a>> {
    let mut keys = keys.iter().peekable();
    let mut steps = Vec::new();
    for (index, packet) in ftp.plan.packets.iter().enumerate() {
        while let Some((_, text)) = keys.next_if(|(before, _)| *before <= index) {
            steps.push(Step::Keys(text));
        }
        steps.push(packet.into());
    }
    steps.extend(keys.map(|(_, text)| Step::Keys(text)));
    steps
}

/// Writes one piece in the form that [`run`] reads.
pub fn write(out: &mut Vec<u8>, flags: u8, piece: &[u8]) {
    out.push(flags);
    out.extend((piece.len() as u16).to_le_bytes());
    out.extend(piece);
}
