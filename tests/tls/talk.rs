//! Recorded conversations, played to a stream.

use std::fs;
use std::path::Path;

use ftpscope::capture::Moment;
use ftpscope::tcp::Side;
use ftpscope::tls::{Secrets, Stream, Told, What};

/// A recorded conversation.
#[derive(Default)]
pub struct Talk {
    pub name: String,
    pub keys: String,
    /// In the order in which it was sent.
    pub wire: Vec<(Side, Vec<u8>)>,
    /// What each side said inside.
    pub said: [Vec<u8>; 2],
}

/// What came of a conversation.
#[derive(Debug, Default, PartialEq)]
pub struct Heard {
    pub said: [Vec<u8>; 2],
    pub clear: [Vec<u8>; 2],
    pub lost: [u64; 2],
    pub records: u64,
}

/// What both sides say that cannot be heard.
pub const NOTHING: [Vec<u8>; 2] = [Vec::new(), Vec::new()];

pub const SIDES: [Side; 2] = [Side::Initiator, Side::Responder];

pub fn index(side: Side) -> usize {
    usize::from(side == Side::Responder)
}

impl Talk {
    pub fn read(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/tls");
        let text = fs::read_to_string(folder.join(format!("{name}.txt"))).unwrap();
        let mut talk = Self {
            name: name.to_owned(),
            ..Self::default()
        };
        for (word, rest) in text.lines().filter_map(|line| line.split_once(' ')) {
            match word {
                "key" => talk.keys += &format!("{rest}\n"),
                ">" => talk.wire.push((Side::Initiator, bytes(rest))),
                "<" => talk.wire.push((Side::Responder, bytes(rest))),
                "says>" => talk.said[0] = bytes(rest),
                "says<" => talk.said[1] = bytes(rest),
                _ => {}
            }
        }
        talk
    }

    pub fn all() -> Vec<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/tls");
        let files = fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().path());
        let mut talks: Vec<_> = files
            .filter(|path| path.extension().is_some_and(|it| it == "txt"))
            .map(|path| Self::read(path.file_stem().unwrap().to_str().unwrap()))
            .collect();
        talks.sort_by(|one, other| one.name.cmp(&other.name));
        assert!(talks.len() > 20);
        talks
    }

    pub fn secrets(&self) -> Secrets {
        let mut secrets = Secrets::default();
        secrets.add(self.keys.as_bytes());
        secrets
    }

    pub fn play(&self, secrets: &mut Secrets, piece: usize) -> (Heard, Stream) {
        let (mut heard, mut stream) = (Heard::default(), Stream::default());
        for (side, bytes) in &self.wire {
            for bytes in bytes.chunks(piece) {
                stream.push((*side, bytes, Moment::default()), secrets, &mut |told| {
                    heard.hear(told);
                });
            }
        }
        (heard, stream)
    }
}

impl Heard {
    pub fn hear(&mut self, told: Told<'_>) {
        let who = index(told.side);
        match told.what {
            What::Record(_) => self.records += 1,
            What::Clear(text) => self.clear[who].extend(text),
            What::Plain(text) => self.said[who].extend(text),
            What::Lost(bytes) => self.lost[who] += bytes,
        }
    }
}

fn bytes(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    pairs.map(byte).collect()
}

/// Sessions whose keys are those of the session that they resume.
pub fn is_resumed_by_tls12(talk: &Talk) -> bool {
    talk.name.starts_with("tls12-resumed-by-")
}
