//! What FTP clients do, and how often.

use super::conversation::Announce;
use super::random::Random;

/// How the sessions of a capture behave.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// Mean time a client waits between commands.
    pub think: u64,
    /// Bytes of the one download of each session; `None` for the usual mix of small transfers,
    /// failures and sessions that end as they like.
    pub download: Option<u64>,
    /// Whether the capture misses, repeats and reorders control packets.
    pub lossy: bool,
}

/// A command without a data connection.
pub struct Look {
    /// Of a thousand sessions so many use it.
    share: u64,
    /// Whether the sessions with one large download use it.
    plain: bool,
    /// The command.
    pub command: &'static str,
    /// The reply.
    pub reply: &'static str,
}

/// What a client may do before its first transfer, in this order.
pub const LOOKS: [Look; 5] = [
    Look {
        share: 500,
        plain: true,
        command: "SYST",
        reply: "215 UNIX Type: L8",
    },
    Look {
        share: 94,
        plain: false,
        command: "FEAT",
        reply: FEATURES,
    },
    Look {
        share: 310,
        plain: false,
        command: "PWD",
        reply: "257 \"/\" is the current directory",
    },
    Look {
        share: 350,
        plain: false,
        command: "CWD /pub/data",
        reply: "250 Directory changed",
    },
    Look {
        share: 610,
        plain: true,
        command: "TYPE I",
        reply: "200 Switching to Binary mode",
    },
];

const FEATURES: &str =
    "211-Features:\r\n EPRT\r\n EPSV\r\n MDTM\r\n REST STREAM\r\n SIZE\r\n UTF8\r\n211 End";

/// What a client wants of a data connection.
pub struct Task {
    /// The command.
    pub command: String,
    /// Whether the client sends.
    pub upload: bool,
    /// Bytes to move.
    pub size: u64,
}

impl Manner {
    /// Whether a client gives a command.
    pub fn wants(&self, look: &Look, random: &mut Random) -> bool {
        match self.download {
            Some(_) => look.plain,
            None => random.chance(look.share),
        }
    }

    /// How a client asks for a data connection.
    pub fn announcement(&self, random: &mut Random) -> Announce {
        match random.within(0..100) {
            _ if self.download.is_some() => Announce::Pasv,
            0..64 => Announce::Pasv,
            64..80 => Announce::Epsv,
            80..96 => Announce::Port,
            _ => Announce::Eprt,
        }
    }

    /// What it does with it.
    pub fn task(&self, random: &mut Random) -> Task {
        let name = random.within(0..1000);
        let (command, upload, size) = match (self.download, random.within(0..10)) {
            (Some(size), _) => (format!("RETR image-{name}.iso"), false, size),
            (None, 0..6) => ("LIST".into(), false, random.around(700)),
            (None, 6..9) => (
                format!("RETR report-{name}.txt"),
                false,
                random.around(4000),
            ),
            (None, _) => (format!("STOR upload-{name}.dat"), true, random.around(4000)),
        };
        Task {
            command,
            upload,
            size,
        }
    }
}
