//! One announcement of a data connection. The first byte of the input says which, the rest is the
//! argument of the command or the text of the reply.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use ftpscope::analyzer::Event;
use ftpscope::ftp::{Method, SessionEvent};

use super::engine;
use super::scene::{START, Step};
use super::support::conversation::Conversation;
use super::support::wire::Side;

/// How it is announced, and how that begins on the wire.
pub const FORMS: [(Method, Option<&str>, &str); 7] = [
    (Method::Port, None, "PORT "),
    (Method::Eprt, None, "EPRT "),
    (Method::Lprt, None, "LPRT "),
    (Method::Pasv, Some("PASV"), "227 "),
    (Method::Lpsv, Some("LPSV"), "228 "),
    (Method::Epsv, Some("EPSV"), "229 "),
    (Method::Spsv, Some("SPSV"), "227 "),
];

const SERVER: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 1);

pub fn run(data: &[u8]) {
    let Some((&form, text)) = data.split_first() else {
        return;
    };
    let (method, command, begins) = FORMS[usize::from(form) % FORMS.len()];
    // One line, and no command of TELNET in it.
    let text: Vec<u8> = text
        .iter()
        .copied()
        .filter(|byte| !b"\r\n\0\xff".contains(byte))
        .collect();
    let line = [begins.as_bytes(), &text, b"\r\n"].concat();
    let mut ftp = Conversation::new(([192, 0, 2, 9], 40_000).into(), (SERVER, 21).into(), START);
    ftp.login("alice", "secret");
    match command {
        Some(command) => {
            ftp.command(command);
            ftp.send(Side::Listener, &line);
        }
        None => {
            ftp.send(Side::Opener, &line);
            ftp.reply("200 OK");
        }
    }
    ftp.quit();
    let packets = ftp.finish();
    let steps: Vec<Step<'_>> = packets.iter().map(Step::from).collect();
    let told = engine::check(&steps);
    let channels: Vec<_> = told
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Session(SessionEvent::Channel(channel)) => Some(channel),
            _ => None,
        })
        .collect();
    let [channel] = channels[..] else {
        panic!("{} channels", channels.len());
    };
    assert_eq!(channel.method, method);
    assert_ne!(channel.announced.map(|end| end.port()), Some(0));
    if let Some(plain) = plain(method, &text) {
        assert_eq!(channel.announced, Some(plain), "{}", text.escape_ascii());
    }
}

/// The endpoint where it is written as the RFCs have it, read in another way than the engine does.
fn plain(method: Method, text: &[u8]) -> Option<SocketAddr> {
    let text = std::str::from_utf8(text).ok()?;
    let inner = match method {
        Method::Port | Method::Eprt | Method::Lprt => text,
        _ => text.strip_suffix(')')?.split_once('(')?.1,
    };
    let end = match method {
        Method::Eprt | Method::Epsv => {
            let ["", family, host, port, rest] = *inner.split('|').collect::<Vec<_>>() else {
                return None;
            };
            let host: IpAddr = match (method, family, host) {
                (Method::Epsv, "", "") => SERVER.into(),
                (Method::Eprt, _, host) => host.parse().ok()?,
                _ => return None,
            };
            let agrees = method == Method::Epsv || family == if host.is_ipv4() { "1" } else { "2" };
            let port = port
                .bytes()
                .all(|byte| byte.is_ascii_digit())
                .then_some(port)?;
            (agrees && rest.is_empty()).then_some((host, port.parse().ok()?))?
        }
        _ => {
            let digits = |field: &str| field.bytes().all(|byte| byte.is_ascii_digit());
            let numbers = inner
                .split(',')
                .map(|field| field.parse::<u8>().ok().filter(|_| digits(field)));
            let numbers: Vec<u8> = numbers.collect::<Option<_>>()?;
            match (method, &numbers[..]) {
                (Method::Port | Method::Pasv | Method::Spsv, &[a, b, c, d, high, low])
                | (Method::Lprt | Method::Lpsv, &[4, 4, a, b, c, d, 2, high, low]) => {
                    ([a, b, c, d].into(), u16::from_be_bytes([high, low]))
                }
                _ => return None,
            }
        }
    };
    (end.1 != 0).then_some(end.into())
}
