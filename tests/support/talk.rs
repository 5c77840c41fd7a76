//! A small FTP conversation as a pcap file, written byte by byte: client 10.0.0.1, server
//! 10.0.0.2:21, one packet a millisecond.

/// Who sends a packet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// 10.0.0.1
    Client,
    /// 10.0.0.2
    Server,
}

/// A capture that is being written.
pub struct Talk {
    bytes: Vec<u8>,
    millis: u32,
}

/// One TCP connection within a capture.
pub struct Link {
    client_port: u16,
    server_port: u16,
    next: [u32; 2],
}

const SYN: u8 = 2;
const ACK: u8 = 16;
const PUSH: u8 = 24;
const FIN: u8 = 17;

impl Talk {
    /// An empty capture.
    pub fn new() -> Self {
        let mut bytes = Vec::new();
        for word in [0xa1b2_c3d4u32, 0x0004_0002, 0, 0, 65_535, 1] {
            bytes.extend(word.to_le_bytes());
        }
        Self { bytes, millis: 0 }
    }

    /// The file.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// A connection with its handshake.
    pub fn connect(&mut self, client_port: u16, server_port: u16) -> Link {
        let mut link = Link {
            client_port,
            server_port,
            next: [1000, 5000],
        };
        self.segment(&link, Who::Client, SYN, b"");
        link.next[0] += 1;
        self.segment(&link, Who::Server, SYN | ACK, b"");
        link.next[1] += 1;
        self.segment(&link, Who::Client, ACK, b"");
        link
    }

    /// A SYN that nobody answers.
    pub fn knock(&mut self, client_port: u16, server_port: u16) {
        let link = Link {
            client_port,
            server_port,
            next: [1000, 5000],
        };
        self.segment(&link, Who::Client, SYN, b"");
    }

    /// Bytes from one side, acknowledged by the other.
    pub fn say(&mut self, link: &mut Link, who: Who, text: &[u8]) {
        self.segment(link, who, PUSH, text);
        link.next[who as usize] += text.len() as u32;
        self.segment(link, who.peer(), ACK, b"");
    }

    /// Both sides close, `who` first.
    pub fn close(&mut self, link: &mut Link, who: Who) {
        for who in [who, who.peer()] {
            self.segment(link, who, FIN, b"");
            link.next[who as usize] += 1;
        }
        self.segment(link, who, ACK, b"");
    }

    /// Time passes.
    pub fn wait(&mut self, millis: u32) {
        self.millis += millis;
    }

    fn segment(&mut self, link: &Link, who: Who, flags: u8, payload: &[u8]) {
        let mut frame = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0];
        let length = 40 + payload.len() as u16;
        frame.extend([0x45, 0]);
        frame.extend(length.to_be_bytes());
        frame.extend((self.millis as u16).to_be_bytes());
        frame.extend([0x40, 0, 64, 6, 0, 0]);
        let (from, to) = if who == Who::Client { (1, 2) } else { (2, 1) };
        frame.extend([10, 0, 0, from, 10, 0, 0, to]);
        let ports = [link.client_port, link.server_port];
        frame.extend(ports[who as usize].to_be_bytes());
        frame.extend(ports[who.peer() as usize].to_be_bytes());
        frame.extend(link.next[who as usize].to_be_bytes());
        frame.extend(link.next[who.peer() as usize].to_be_bytes());
        frame.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
        frame.extend(payload);
        self.record(&frame);
    }

    fn record(&mut self, frame: &[u8]) {
        let length = frame.len() as u32;
        let (seconds, micros) = (
            1_700_000_000 + self.millis / 1000,
            self.millis % 1000 * 1000,
        );
        for word in [seconds, micros, length, length] {
            self.bytes.extend(word.to_le_bytes());
        }
        self.bytes.extend(frame);
        self.millis += 1;
    }
}

impl Who {
    /// The other side.
    fn peer(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

/// A login, a listing that arrives and, when `fails`, one whose data connection is never answered.
pub fn session(fails: bool) -> Vec<u8> {
    let mut talk = Talk::new();
    let mut control = talk.connect(40_000, 21);
    let lines: [(Who, &[u8]); 6] = [
        (Who::Server, b"220 (vsFTPd 3.0.5)\r\n"),
        (Who::Client, b"USER anna\r\n"),
        (Who::Server, b"331 Please specify the password.\r\n"),
        (Who::Client, b"PASS hunter2\r\n"),
        (
            Who::Server,
            b"230-Bient\xf4t\r\n\x1b[31m\r\n230 Login successful.\r\n",
        ),
        (Who::Client, b"PASV\r\n"),
    ];
    lines
        .into_iter()
        .for_each(|(who, line)| talk.say(&mut control, who, line));
    talk.say(
        &mut control,
        Who::Server,
        b"227 Entering Passive Mode (10,0,0,2,195,80).\r\n",
    );
    let mut data = talk.connect(40_001, 50_000);
    talk.say(&mut control, Who::Client, b"RETR =notes.txt\r\n");
    talk.say(&mut control, Who::Server, b"150 Here it comes.\r\n");
    talk.say(&mut data, Who::Server, b"some bytes\r\n");
    talk.close(&mut data, Who::Server);
    talk.say(&mut control, Who::Server, b"226 Transfer complete.\r\n");
    if fails {
        talk.say(&mut control, Who::Client, b"PASV\r\n");
        talk.say(
            &mut control,
            Who::Server,
            b"227 Entering Passive Mode (10,0,0,2,195,81).\r\n",
        );
        for pause in [1000, 2000, 4000] {
            talk.knock(40_002, 50_001);
            talk.wait(pause);
        }
        talk.say(&mut control, Who::Client, b"LIST\r\n");
        talk.wait(30_000);
        talk.say(
            &mut control,
            Who::Server,
            b"425 Failed to establish connection.\r\n",
        );
    }
    talk.say(&mut control, Who::Client, b"QUIT\r\n");
    talk.say(&mut control, Who::Server, b"221 Goodbye.\r\n");
    talk.close(&mut control, Who::Server);
    talk.into_bytes()
}
