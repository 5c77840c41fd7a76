//! What the man pages tell beyond the options: each command in a few words, the environment, files.

/// What one page tells.
#[derive(Debug)]
pub(crate) struct Text {
    /// Paragraphs, with an empty line between them.
    pub(crate) description: &'static str,
    /// Variables and what they do.
    pub(crate) environment: Vec<(&'static str, &'static str)>,
    /// Files and what they hold.
    pub(crate) files: Vec<(&'static str, &'static str)>,
    /// Further pages, of other programs: name and section.
    pub(crate) see_also: &'static [(&'static str, &'static str)],
}

/// The pages there are.
pub(crate) const NAMES: [&str; 7] = [
    "ftpscope",
    "ftpscope-analyze",
    "ftpscope-explain",
    "ftpscope-interfaces",
    "ftpscope-schema",
    "ftpscope-sniff",
    "ftpscope-watch",
];

/// The text of a page.
pub(crate) fn of(name: &str) -> Option<Text> {
    let text = match name {
        "ftpscope" => program(),
        "ftpscope-analyze" => analyze(),
        "ftpscope-explain" => explain(),
        "ftpscope-interfaces" => interfaces(),
        "ftpscope-schema" => schema(),
        "ftpscope-sniff" => sniff(),
        "ftpscope-watch" => watch(),
        _ => return None,
    };
    Some(text)
}

const KEYS: (&str, &str) = (
    "SSLKEYLOGFILE",
    "The key log that is read when there is no --keylog and the file is there.",
);

const BACKTRACE: (&str, &str) = (
    "RUST_BACKTRACE",
    "When set, a fault of the program is told at length, and may quote what it was about.",
);

const CONFIGURATION: (&str, &str) = (
    "$XDG_CONFIG_HOME/ftpscope/config.toml, ~/.config/ftpscope/config.toml",
    "The configuration of the dashboard: theme, columns, keys.",
);

const UNIT: (&str, &str) = (
    "/lib/systemd/system/ftpscope.service",
    "A service that captures on all interfaces. It is not enabled by installing it; \
     `systemctl edit ftpscope` adapts it.",
);

const LOGS: (&str, &str) = ("/var/log/ftpscope/ftp.json", "What that service writes.");

const GUIDES: (&str, &str) = (
    "/usr/share/doc/ftpscope/",
    "The guides: sniff.md (run it for days), filter.md, save.md, ftps.md, dashboard.md, limits.md, \
     timing.md.",
);

/// What decides how a text looks.
fn looks() -> Vec<(&'static str, &'static str)> {
    vec![
        (
            "NO_COLOR",
            "When set to anything, no colours, unless with --color always.",
        ),
        ("TERM", "No colours when it is `dumb`."),
        (
            "COLUMNS",
            "Columns of a line where standard output is no terminal.",
        ),
        (
            "LC_ALL, LC_CTYPE, LANG",
            "Only ASCII characters are written where the first of them that is set names no UTF-8.",
        ),
    ]
}

fn program() -> Text {
    Text {
        description: "\
ftpscope reads packet captures, or captures on an interface, and tells the story of every FTP session: \
commands and replies, each data channel in its place, each transfer to the byte. It follows every \
announced data channel from PORT, PASV, EPRT or EPSV to its last packet. When one fails it names the \
cause, the frames that prove it, how sure that is, and what to do.

Captures may be pcap or pcapng, compressed or not. FTP is recognised on any port. FTP over TLS is followed \
as far as it shows, and read where a key log gives its keys.

Passwords are hidden unless --show-passwords is given. Control characters of the wire are escaped wherever \
text is written.",
        environment: [looks(), vec![KEYS, BACKTRACE]].concat(),
        files: vec![CONFIGURATION, UNIT, LOGS, GUIDES],
        see_also: &[("tcpdump", "8"), ("wireshark", "1"), ("pcap-filter", "7")],
    }
}

fn analyze() -> Text {
    Text {
        description: "\
Reads captures to their end and reports what was in them: what was read, what went wrong with cause, \
evidence and remedy, then each session as a transcript. When there are very many sessions, a table of them \
and those that failed.

Several files are one capture in time order, as the files of a ring buffer are; --separate analyses each on \
its own. A file that is cut off or damaged is analysed up to there, and the report says so.

With --format json, log or csv the same is written for programs. In CSV, a text that a spreadsheet would \
take for a formula begins with an apostrophe.",
        environment: [looks(), vec![KEYS]].concat(),
        files: vec![GUIDES],
        see_also: &[("tcpdump", "8"), ("wireshark", "1")],
    }
}

fn sniff() -> Text {
    Text {
        description: "\
Listens on an interface, or reads a pipe, and writes a line for every session, login, transfer and failure \
as it happens. Made to run for days: its memory is bounded, packets that are lost are counted and told, its \
files rotate.

To open an interface takes CAP_NET_RAW. All rights are given up once it is open: another user, no \
capabilities, and a sandbox without files, programs and connections.",
        environment: [
            looks(),
            vec![
                KEYS,
                (
                    "SUDO_UID, SUDO_GID, SUDO_USER",
                    "Whom to become when started as root without --user.",
                ),
            ],
        ]
        .concat(),
        files: vec![UNIT, LOGS, GUIDES],
        see_also: &[("tcpdump", "8"), ("pcap-filter", "7"), ("capabilities", "7")],
    }
}

fn watch() -> Text {
    let mut environment = looks();
    environment.retain(|(name, _)| *name != "COLUMNS");
    environment.push(("XDG_CONFIG_HOME, HOME", "Where the configuration is."));
    environment.push(KEYS);
    Text {
        description: "\
Shows captures, an interface or a pipe in the terminal: sessions in a table, what went wrong in the selected \
one, and its commands, replies and data channels as a ladder, a transcript or packets. A capture can be \
used while it loads.",
        environment,
        files: vec![CONFIGURATION, GUIDES],
        see_also: &[("sngrep", "8"), ("termshark", "1"), ("pcap-filter", "7")],
    }
}

fn explain() -> Text {
    Text {
        description: "\
Tells what a reply code of FTP means, and what causes it usually has; or what a cause of failure is, how it \
looks on the wire, how to make sure of it, and how to mend it; or the filter language of --where. Without an \
argument it lists all codes and causes.",
        environment: looks(),
        files: vec![GUIDES],
        see_also: &[],
    }
}

fn interfaces() -> Text {
    Text {
        description: "\
Lists the interfaces of this machine, those with the most packets first, with their addresses and link \
types. It needs no rights.",
        environment: Vec::new(),
        files: Vec::new(),
        see_also: &[("ip-link", "8")],
    }
}

fn schema() -> Text {
    Text {
        description: "\
Prints the JSON Schema of the objects that --format json writes, one a line: session, command, reply, \
data_channel, finding, summary. Fields keep their names and meaning.",
        environment: Vec::new(),
        files: Vec::new(),
        see_also: &[("jq", "1")],
    }
}
