//! A capture whose every text wants to do harm: to the terminal that shows it, to the spreadsheet,
//! the ticket or the diagram that it is pasted into. In no form of output does it come through.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

#[cfg(all(target_os = "linux", feature = "dashboard"))]
#[path = "support/screen.rs"]
mod screen;
#[path = "support/sniffer.rs"]
#[allow(dead_code, unreachable_pub)]
mod sniffer;
mod support;

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sniffer::{Sniffer, eventually};
use support::comments::comments;
use support::conversation::Conversation;
use support::packets::{Header, Link, Transport, write};
use support::pcapfile::{Pcap, Resolution};
use support::planned::{MILLI, SECOND};
use support::wire::{Connection, Side};

/// What a terminal, a spreadsheet or a viewer of Markdown or Mermaid would act on.
const HARMFUL: [&str; 36] = [
    // Terminals: colours, clearing, titles, the clipboard, links, reports, 8-bit controls.
    "\x1b[31mred\x1b[2J\x1b[H",
    "\x1b]0;title\x07",
    "\x1b]52;c;aGFja2Vk\x07",
    "\x1b]8;;http://evil.example/\x1b\\link\x1b]8;;\x1b\\",
    "\x1bP+q544e\x1b\\ \x1b[6n \x1b[c",
    "\u{9b}31m\u{9d}52;c;aGFja2Vk\u{9c} \u{85}\u{90}",
    "a\x08\x08\x08b\x0b\x0c\x0e\x0f\x7f\x18\x1a",
    // Text that is not what it looks like.
    "\u{202e}gpj.exe\u{202c} \u{2066}a\u{2069} \u{200f}\u{61c}",
    "zero\u{200b}width\u{200d}\u{2060}\u{feff}\u{ad}\u{e0041}",
    "line\u{2028}and\u{2029}paragraph\u{85}",
    // Spreadsheets.
    "=cmd|'/C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1+1",
    "＝1+1",
    "\",=1+1,\"",
    // Markdown and HTML.
    "<script>alert(1)</script>",
    "<img src=http://evil.example/x.png>",
    "![x](http://evil.example/x.png)",
    "[x](javascript:alert(1))",
    "http://evil.example/ www.evil.example ftp://evil.example",
    "```",
    "`` ` ```` end",
    "~~~",
    "# heading",
    "- [ ] item",
    "1. item",
    "| a | b |",
    "@everyone #1 <!-- ",
    "&lt;b&gt; &#60;b&#62;",
    "***bold*** __b__",
    // Mermaid.
    "end; click A \"javascript:alert(1)\"",
    "%%{init: {'theme':'x'}}%%",
    "x\\nL0->>L1: forged #59; #colon;",
    "'; DROP TABLE sessions; --",
];

/// What no terminal may ever get from the wire.
fn is_harmful(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// All texts, and bytes that are no text.
fn texts() -> Vec<Vec<u8>> {
    let controls = (0..=0xff_u8).filter(|byte| !matches!(byte, b' '..=b'~' | b'\n' | b'\r'));
    let mut texts: Vec<Vec<u8>> = HARMFUL.map(|text| text.as_bytes().to_vec()).into();
    // Each byte that is not printable; Telnet takes the highest for its own.
    texts.extend(
        controls
            .filter(|byte| *byte < 0xf0)
            .map(|byte| vec![b'a', byte, b'b']),
    );
    texts.push(b"\xf0\x28\x8c\x28 \xc3( \xed\xa0\x80 \xf4\x90\x80\x80".to_vec());
    texts
}

/// A session in which all that can be said says `text`.
fn session(number: u16, text: &[u8]) -> Conversation {
    let client = format!("192.0.2.{}:{}", 1 + number % 200, 40_000 + number);
    let start = 1_700_000_000 * SECOND + u64::from(number) * 10 * SECOND;
    let mut ftp = Conversation::new(
        client.parse().unwrap(),
        "198.51.100.1:21".parse().unwrap(),
        start,
    );
    let with = |head: &str| [head.as_bytes(), text, b"\r\n"].concat();
    ftp.control.open(&mut ftp.plan);
    ftp.send(Side::Listener, &with("220 "));
    for (command, reply) in [
        ("HOST ", "220 "),
        ("USER ", "331 "),
        ("PASS ", "230 "),
        ("", "500 "),
        ("CLNT ", "200 "),
        ("MKD ", "257 "),
        ("CWD ", "250 "),
        ("DELE ", "550 "),
        ("RNFR ", "350 "),
        ("RNTO ", "250 "),
        ("SITE ", "214-"),
    ] {
        ftp.send(Side::Opener, &with(command));
        ftp.send(Side::Listener, &with(reply));
        ftp.plan.wait(MILLI);
    }
    ftp.send(
        Side::Listener,
        &[&with(" "), text, b"\r\n214 ", text, b"\r\n"].concat(),
    );
    // A transfer that works, and one that does not.
    for port in [200, 201] {
        ftp.send(Side::Opener, b"PASV\r\n");
        ftp.reply(&format!(
            "227 Entering Passive Mode (198,51,100,1,{port},9)."
        ));
        let from = (ftp.client(), 30_000 + port).into();
        let to = (ftp.server(), port << 8 | 9).into();
        let mut data = Connection::new(from, to, 7);
        if port == 201 {
            data.refused(&mut ftp.plan);
        } else {
            data.open(&mut ftp.plan);
        }
        ftp.send(Side::Opener, &with("RETR "));
        if port == 201 {
            ftp.send(Side::Listener, &with("425 "));
        } else {
            ftp.send(Side::Listener, &with("150 "));
            data.send(&mut ftp.plan, Side::Listener, b"content");
            data.close(&mut ftp.plan, Side::Listener);
            ftp.send(Side::Listener, &with("226 "));
        }
    }
    ftp.send(Side::Opener, b"QUIT\r\n");
    ftp.send(Side::Listener, &with("221 "));
    ftp.control.close(&mut ftp.plan, Side::Listener);
    ftp
}

/// An answer that gives an address these labels for its name (RFC 1035 §4).
fn named(labels: &[Vec<u8>], address: Ipv4Addr) -> Vec<u8> {
    let mut message = vec![0, 7, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0];
    for label in labels {
        message.push(u8::try_from(label.len()).unwrap());
        message.extend(label);
    }
    message.extend([0, 0, 1, 0, 1]);
    // The name of the question, an address, an hour.
    message.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0x0e, 0x10, 0, 4]);
    message.extend(address.octets());
    let header = Header {
        src: "192.0.2.53:53".parse().unwrap(),
        dst: "192.0.2.1:50000".parse().unwrap(),
        ttl: 64,
        ip_id: 1,
        transport: Transport::Udp,
    };
    let mut frame = Vec::new();
    write(&mut frame, Link::Ethernet, &header, &message);
    frame
}

/// A folder of its own, in which the capture lies under a harmful name.
struct Scene {
    folder: PathBuf,
    capture: PathBuf,
}

impl Scene {
    fn new(test: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("safety-{test}"));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let name = b"\x1b]52;c;aGFja2Vk\x07\xc2\x9b`<b>|\xe2\x80\xae[x](y)\n=.pcap";
        let capture = folder.join(OsStr::from_bytes(name));
        let link = Link::Ethernet;
        let file = File::create(&capture).unwrap();
        let mut pcap = Pcap::new(file, link.link_type(), Resolution::Micro).unwrap();
        let mut frame = Vec::new();
        for (number, text) in (0..).zip(texts()) {
            for packet in session(number, &text).finish() {
                packet.write(&mut frame, link);
                pcap.frame(packet.time, &frame).unwrap();
            }
        }
        pcap.finish().unwrap();
        Self { folder, capture }
    }

    /// What `analyze` prints with these arguments, standard output and standard error.
    fn analyze(&self, arguments: &[&str]) -> String {
        let mut command = program();
        command.arg("analyze").args(arguments).arg(&self.capture);
        said(&command.output().unwrap(), arguments)
    }

    /// What `sniff` prints of the capture as a pipe.
    fn sniff(&self, arguments: &[&str]) -> String {
        let mut command = program();
        command.args(["sniff", "-"]).args(arguments);
        let input = File::open(&self.capture).unwrap();
        said(&command.stdin(input).output().unwrap(), arguments)
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ftpscope"));
    command.env("LC_ALL", "C.UTF-8").env_remove("COLUMNS");
    command
}

fn said(output: &Output, arguments: &[&str]) -> String {
    assert_eq!(output.status.code(), Some(0), "{arguments:?} {output:?}");
    let all = [&output.stdout[..], &output.stderr].concat();
    let text = String::from_utf8(all).expect("text");
    assert!(text.len() > 500, "{arguments:?} {text}");
    text
}

/// Nothing but line ends, and what the form itself is made of, is a control character.
fn assert_harmless(text: &str, own: &[char], what: &[&str]) {
    for line in text.split('\n') {
        let found = line
            .chars()
            .find(|one| is_harmful(*one) && !own.contains(one));
        assert_eq!(found, None, "{what:?}: {line:?}");
    }
}

/// Without the colours that the program gives: SGR sequences, of digits and semicolons alone.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let mut plain = parts.next().unwrap().to_owned();
    for part in parts {
        let end = part.find(|one: char| !one.is_ascii_digit() && one != ';');
        let end = end.expect("an end");
        assert_eq!(part.as_bytes()[end], b'm', "{part:?}");
        plain += &part[end + 1..];
    }
    plain
}

#[test]
fn reports_and_lines_are_harmless_on_a_terminal() {
    let scene = Scene::new("terminal");
    for arguments in [
        &["--all", "--show-passwords"][..],
        &["--summary"],
        &["--wireshark"],
        &["--ascii", "--all"],
        &["--format", "json", "--show-passwords"],
        &["--format", "markdown", "--all", "--show-passwords"],
    ] {
        assert_harmless(&scene.analyze(arguments), &[], arguments);
    }
    let log = ["--format", "log"];
    assert_harmless(&scene.analyze(&log), &['\t'], &log);
    let csv = ["--format", "csv"];
    assert_harmless(&scene.analyze(&csv), &['\r'], &csv);
    let colour = ["--color", "always", "--all"];
    assert_harmless(&without_colours(&scene.analyze(&colour)), &[], &colour);
    for form in ["text", "json"] {
        let arguments = ["--format", form, "--show-passwords", "--status", "1"];
        assert_harmless(&scene.sniff(&arguments), &[], &arguments);
    }
    let arguments = ["--color", "always"];
    assert_harmless(&without_colours(&scene.sniff(&arguments)), &[], &arguments);
}

#[test]
fn names_of_dns_are_names_or_not_told() {
    let scene = Scene::new("names");
    let long = [
        b"LONG_label-0123456789".repeat(3),
        vec![b'x'; 63],
        vec![b'y'; 63],
    ];
    let shown = String::from_utf8(long.join(&b'.')).unwrap().to_lowercase();
    let mut names = vec![
        (long.to_vec(), Some(shown)),
        (
            vec![b"xn--bcher-kva".to_vec()],
            Some("xn--bcher-kva".into()),
        ),
    ];
    for text in texts() {
        let label = text[..text.len().min(63)].to_vec();
        names.push((vec![label.clone(), b"example".to_vec()], None));
        names.push((vec![b"example".to_vec(), label], None));
    }
    // A server of its own for each.
    let mut pcap = Pcap::new(File::create(&scene.capture).unwrap(), 1, Resolution::Micro).unwrap();
    let (mut frame, mut time) = (Vec::new(), 1_700_000_000 * SECOND);
    let server = |number: usize| Ipv4Addr::from_bits(0xc633_6400 + number as u32);
    for (number, (labels, _)) in names.iter().enumerate() {
        let end = (server(number), 21).into();
        let mut ftp = Conversation::new("192.0.2.1:40000".parse().unwrap(), end, time);
        ftp.login("anna", "secret");
        ftp.exchange("DELE x", "250 gone");
        ftp.quit();
        pcap.frame(time, &named(labels, server(number))).unwrap();
        for packet in ftp.finish() {
            packet.write(&mut frame, Link::Ethernet);
            pcap.frame(packet.time, &frame).unwrap();
        }
        time += SECOND;
    }
    pcap.finish().unwrap();
    let told = scene.analyze(&["--format", "json"]);
    assert_harmless(&told, &[], &["json"]);
    let sessions: Vec<_> = told
        .lines()
        .filter(|it| it.contains("\"server_name\""))
        .collect();
    assert_eq!(sessions.len(), names.len());
    for (session, (labels, name)) in sessions.iter().zip(&names) {
        let name = name
            .as_ref()
            .map_or("null".into(), |name| format!("{name:?}"));
        let wanted = format!("\"server_name\":{name}");
        assert!(session.contains(&wanted), "{labels:?}: {session}");
    }
    for form in ["text", "markdown", "log", "csv"] {
        let arguments = ["--format", form];
        let told = scene.analyze(&arguments);
        assert_harmless(&told, &['\r', '\t'], &arguments);
    }
}

/// A line of the text format of Prometheus that is no comment: a name, labels whose values are words,
/// a whole number.
fn is_sample(line: &str) -> bool {
    let is_word = |text: &str, more: &str| {
        let fits = |one: char| one.is_ascii_alphanumeric() || more.contains(one);
        !text.is_empty() && text.chars().all(fits)
    };
    let Some((head, value)) = line.rsplit_once(' ') else {
        return false;
    };
    let (name, labels) = match head.split_once('{') {
        Some((name, labels)) => (name, labels.strip_suffix('}')),
        None => (head, Some("")),
    };
    let is_label = |label: &str| {
        let value = label.split_once("=\"").filter(|(key, _)| is_word(key, "_"));
        let value = value.and_then(|(_, value)| value.strip_suffix('"'));
        value.is_some_and(|value| is_word(value, "-."))
    };
    let labels = labels.map(|it| it.is_empty() || it.split(',').all(is_label));
    is_word(name, "_") && labels == Some(true) && value.parse::<u64>().is_ok()
}

#[test]
fn nothing_of_the_wire_or_of_a_name_is_in_the_metrics() {
    let scene = Scene::new("metrics");
    let out = scene.folder.join("\u{1b}[2J\"\\\n\u{202e}out");
    let out = out.to_str().unwrap();
    let mut sniffer = Sniffer::start(&["-", "--metrics", "0", "-o", out, "--format", "json"]);
    let line = sniffer.wait_for_word("metrics at http://127.0.0.1:");
    let address: SocketAddr = line
        .split(['/', ' '])
        .find_map(|part| part.parse().ok())
        .unwrap();
    sniffer.feed(&fs::read(&scene.capture).unwrap());
    let sessions = format!("ftpscope_sessions_total {}", texts().len());
    let page = eventually("all sessions in the metrics", || {
        let mut stream = TcpStream::connect(address).unwrap();
        let ask = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
        stream.write_all(ask).unwrap();
        let mut page = String::new();
        stream.read_to_string(&mut page).unwrap();
        page.contains(&sessions).then_some(page)
    });
    sniffer.signal("TERM");
    assert_eq!(sniffer.end().code, Some(0));
    let (_, page) = page.split_once("\r\n\r\n").unwrap();
    assert_harmless(page, &[], &["metrics"]);
    let (comments, samples): (Vec<_>, Vec<_>) =
        page.lines().partition(|line| line.starts_with('#'));
    assert!(samples.len() > 25, "{page}");
    for line in samples {
        assert!(is_sample(line), "{line}");
    }
    for line in comments {
        let is_kind = [
            "# HELP ftpscope_",
            "# TYPE ftpscope_",
            "# HELP process_",
            "# TYPE process_",
        ]
        .iter()
        .any(|start| line.starts_with(start));
        assert!(is_kind && !line.contains('\\'), "{line}");
    }
}

#[test]
fn what_is_written_under_a_harmful_name_is_told_harmlessly() {
    let scene = Scene::new("written");
    let name = |name: &str| {
        let name = format!("{name}\u{1b}]52;c;aGFja2Vk\u{7}\u{9b}\u{202e}\n.pcapng");
        scene.folder.join(name).to_str().unwrap().to_owned()
    };
    let (one, other, out) = (name("one"), name("other"), name("out"));
    for form in ["text", "json", "markdown"] {
        let arguments = ["--format", form, "--write", &one, "--force"];
        assert_harmless(&scene.analyze(&arguments), &[], &arguments);
    }
    let written = scene.sniff(&["--write-sessions", "--write", &other, "--status", "1"]);
    assert_harmless(&written, &[], &["sniff"]);
    assert!(fs::metadata(&one).unwrap().len() > 10_000);
    let mut command = program();
    command.args(["analyze", "-o", &out]).arg(&one);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_harmless(&String::from_utf8(output.stderr).unwrap(), &[], &["-o"]);
    assert_harmless(&fs::read_to_string(&out).unwrap(), &[], &["-o"]);
}

#[test]
fn what_is_wrong_with_a_file_is_told_harmlessly() {
    let scene = Scene::new("wrong");
    let missing = scene
        .folder
        .join(OsStr::from_bytes(b"no\x1b[2J\xc2\x9b\xe2\x80\xae.pcap"));
    let inside = missing.join("out");
    let paths = [
        missing.as_os_str(),
        inside.as_os_str(),
        scene.capture.as_os_str(),
    ];
    let [missing, inside, capture] = paths;
    let arguments: [&[&OsStr]; 6] = [
        &["analyze".as_ref(), missing],
        &["analyze".as_ref(), "-o".as_ref(), inside, capture],
        &["analyze".as_ref(), "-o".as_ref(), capture, capture],
        &["analyze".as_ref(), "--write".as_ref(), capture, capture],
        &["analyze".as_ref(), "--keylog".as_ref(), missing, capture],
        &["sniff".as_ref(), missing],
    ];
    for arguments in arguments {
        let output = program().args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?} {output:?}");
        let told = String::from_utf8(output.stderr).expect("text");
        assert!(told.contains(r"\x1b"), "{told}");
        assert_harmless(&told, &[], &[]);
    }
}

#[test]
fn no_cell_is_a_formula() {
    let scene = Scene::new("csv");
    for table in [
        scene.analyze(&["--format", "csv"]),
        scene.sniff(&["--format", "csv"]),
    ] {
        let mut guarded = 0;
        for line in table.split("\r\n").filter(|line| line.starts_with("20")) {
            let cells = cells(line);
            assert_eq!(cells.len(), 13, "{line}");
            for cell in cells {
                let first = cell.chars().next();
                assert!(
                    !first.is_some_and(|one| "=+-@\t\r＝＋－＠".contains(one)),
                    "{line}"
                );
                guarded += usize::from(first == Some('\''));
            }
        }
        assert!(guarded > 20, "{guarded}");
    }
}

/// The cells of one line of RFC 4180.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cells.last_mut().unwrap().push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            character => cells.last_mut().unwrap().push(character),
        }
    }
    cells
}

#[test]
fn every_line_of_the_log_has_its_columns() {
    let scene = Scene::new("log");
    for table in [
        scene.analyze(&["--format", "log"]),
        scene.sniff(&["--format", "log"]),
    ] {
        for line in table
            .lines()
            .filter(|line| line.starts_with("20") && line.contains('\t'))
        {
            assert_eq!(line.split('\t').count(), 9, "{line}");
        }
    }
}

#[test]
fn markdown_makes_nothing_of_the_wire() {
    let scene = Scene::new("markdown");
    let text = scene.analyze(&["--format", "markdown", "--all", "--show-passwords"]);
    let mut fence: Option<String> = None;
    let mut blocks = 0;
    for line in text.lines() {
        let indent = line.len() - line.trim_start_matches(' ').len();
        let ticks = line
            .trim_start_matches(' ')
            .chars()
            .take_while(|one| *one == '`')
            .count();
        match &fence {
            Some(open) => {
                // What closes a block: no fewer ticks, no deeper, and nothing behind them.
                if indent < 4 && ticks >= open.len() && line.trim().len() == ticks {
                    fence = None;
                }
            }
            None if indent < 4 && ticks >= 3 => {
                blocks += 1;
                assert_eq!(
                    &line.trim()[ticks..],
                    "text",
                    "a block begins as ours do: {line}"
                );
                fence = Some("`".repeat(ticks));
            }
            None => assert_no_markup(line),
        }
    }
    assert_eq!(fence, None);
    assert!(blocks > 20, "{blocks}");
}

/// No tag, link or picture, and no word that becomes a link by itself, outside code.
fn assert_no_markup(line: &str) {
    let line = without_code(line);
    let mut escaped = false;
    for (index, character) in line.char_indices() {
        let own = line[index..].starts_with("<details>")
            || line[index..].starts_with("</details>")
            || line[index..].starts_with("<summary>")
            || line[index..].starts_with("</summary>");
        let active = matches!(character, '<' | '`') || line[index..].starts_with("](");
        assert!(escaped || own || !active, "{line}");
        escaped = character == '\\' && !escaped;
    }
    for word in ["://", "www.", "@everyone"] {
        assert!(!line.contains(word), "{line}");
    }
}

/// The line without its code spans: what is between two runs of as many backticks.
fn without_code(line: &str) -> String {
    let (mut rest, mut out) = (line, String::new());
    while let Some(begin) = rest.find('`') {
        if rest[..begin].ends_with('\\') {
            out += &rest[..=begin];
            rest = &rest[begin + 1..];
            continue;
        }
        let run = rest[begin..].chars().take_while(|one| *one == '`').count();
        let behind = &rest[begin + run..];
        let mut at = 0;
        let end = loop {
            let Some(next) = behind[at..].find('`').map(|next| at + next) else {
                break None;
            };
            let length = behind[next..].chars().take_while(|one| *one == '`').count();
            if length == run {
                break Some(next);
            }
            at = next + length;
        };
        out += &rest[..begin];
        match end {
            Some(end) => rest = &behind[end + run..],
            None => {
                out += &rest[begin..begin + run];
                rest = behind;
            }
        }
    }
    out + rest
}

#[test]
fn comments_of_a_saved_capture_are_harmless() {
    let scene = Scene::new("comments");
    let saved = scene.folder.join("saved.pcapng");
    scene.analyze(&["--write", saved.to_str().unwrap()]);
    let bytes = fs::read(&saved).unwrap();
    let comments = comments(&bytes).concat();
    assert!(comments.len() > 20, "{}", comments.len());
    for comment in comments {
        assert_harmless(&comment, &[], &["comment"]);
    }
}

#[test]
fn names_in_tls_are_harmless() {
    let scene = Scene::new("tls");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("captures");
    let recorded = fs::read(root.join("ftps-mlsd-pyftpdlib/capture.pcap"));
    let recorded = recorded.or_else(|_| fs::read(root.join("ftps-mlsd-pyftpdlib/capture.pcapng")));
    let recorded = recorded.unwrap();
    let name = b"ftp.example.net";
    // In the greeting of the client and in the certificate of the server; the checksums are those
    // of the name that was there, which nobody looks at.
    for harm in [
        &b"\x1b]52;c;aGFja2V"[..],
        b"\xc2\x9b31m\xe2\x80\xae=1+1`",
        b"<b>`|](x)\x00\x07\r\n=x",
    ] {
        let mut bytes = recorded.clone();
        let mut changed = 0;
        for at in 0..bytes.len() - name.len() {
            if bytes[at..].starts_with(name) {
                let length = harm.len().min(name.len());
                bytes[at..at + length].copy_from_slice(&harm[..length]);
                changed += 1;
            }
        }
        assert!(changed > 0);
        fs::write(&scene.capture, &bytes).unwrap();
        for arguments in [
            &["--all"][..],
            &["--format", "json"],
            &["--format", "markdown", "--all"],
        ] {
            assert_harmless(&scene.analyze(arguments), &[], arguments);
        }
        let told = scene.analyze(&["--format", "json"]);
        let begin = &harm[..2].escape_ascii().to_string().replace('\\', "\\\\");
        let said = told.lines().filter(|line| !line.contains("\"summary\""));
        assert!(
            said.into_iter().any(|line| line.contains(begin)),
            "{begin} {told}"
        );
    }
}

#[cfg(all(target_os = "linux", feature = "dashboard"))]
mod dashboard {
    use super::{Scene, is_harmful};

    use crate::screen::Screen;

    #[test]
    fn no_screen_sends_anything_of_it() {
        let scene = Scene::new("screen");
        let mut screen = Screen::open(&[scene.capture.to_str().unwrap()]);
        screen.wait_for("100%");
        for (keys, text) in [
            ("2", "channel"),
            ("3", "by cause"),
            ("4", "Capture health"),
            ("5", "Log  "),
            ("1", "Sessions"),
            ("\r", "Ladder"),
            ("v", "Transcript"),
            ("v", "Data"),
            ("v", "Raw"),
        ] {
            screen.press(keys);
            screen.wait_for(text);
        }
        for _ in 0..40 {
            screen.press("]");
        }
        screen.press("\x1b");
        // Pressed at once, the next key would be read as one with Alt.
        screen.wait("the list", |screen| !screen.contents().contains("Ladder|"));
        screen.press("q");
        assert_eq!(screen.end(), 0);
        let bytes = screen.output.0.lock().unwrap().bytes.clone();
        let text = String::from_utf8(bytes).expect("text");
        for part in ["\x1b]52", "\x1b]8;", "\x1bP", "\x1b[6n", "\x1b[c"] {
            assert!(!text.contains(part), "{part:?}");
        }
        // What it draws with.
        let own = ['\x1b', '\x07', '\r', '\n'];
        let found = text
            .chars()
            .find(|one| is_harmful(*one) && !own.contains(one));
        assert_eq!(found, None);
    }
}
