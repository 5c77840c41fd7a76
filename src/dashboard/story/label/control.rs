//! What is written on the rows of a control connection.

use std::borrow::Cow;

use super::channel::attempts;
use super::{Label, NO_REPLY, Picture, Stroke, Tone};
use crate::dashboard::story::{Row, Story, What};
use crate::dashboard::theme::Token;
use crate::escape;
use crate::ftp::{Anomaly, AnomalyKind, Exchange, Reply, SessionRecord, State, TlsKind};
use crate::output::secret;
use crate::output::text::number;
use crate::tcp::Side;
use crate::tls::Access;

/// Bytes of a line that are looked at for a label: more columns than any terminal has.
const MOST_BYTES: usize = 4096;

impl Story {
    /// `TLS 1.3 from here on, not decrypted`.
    pub(super) fn encrypted(&self, row: &Row) -> Label {
        let record = self
            .session_of(row.event)
            .and_then(|session| self.record(session));
        let tls = record.and_then(|record| record.tls.as_ref());
        let version = tls.and_then(|tls| tls.facts.version());
        let version = version.map_or_else(|| "TLS".to_owned(), |version| version.to_string());
        let from = match tls.map(|tls| tls.kind) {
            Some(TlsKind::Implicit) => "from the first byte",
            _ => "from here on",
        };
        let access = match tls.map(|tls| tls.facts.access) {
            Some(Access::Decrypted) => "decrypted",
            _ => "not decrypted",
        };
        let text = format!("{version} {from}, {access}");
        Label::new(Picture::Gap, Token::Tls, text)
    }

    /// `TCP connect 12 ms`, or how it failed.
    pub(super) fn connect(&self, row: &Row) -> Label {
        let session = self.session_of(row.event);
        let record = session.and_then(|session| self.record(session));
        let open = Picture::Arrow(Stroke::Tcp);
        let Some(record) = record else {
            return Label::new(open, Token::Server, "TCP connect");
        };
        let control = &record.control;
        if matches!(
            record.state,
            State::Refused | State::Unanswered | State::Unreachable
        ) {
            let text = format!("TCP {}", attempts(control.syns, control, None));
            return Label::new(Picture::Arrow(Stroke::Failed), Token::Fail, text);
        }
        let again = match control.syns {
            0 | 1 => String::new(),
            syns => format!("  ►► SYN ×{syns}"),
        };
        let text = match control.round_trip() {
            Some(time) => format!("TCP connect {}", number::span(time)),
            None => "TCP connect".to_owned(),
        };
        Label::new(open, Token::Server, text).with_tail(again)
    }
}

/// `RETR robots.txt`.
pub(super) fn command(exchange: &Exchange, tone: Tone) -> Label {
    let verb = exchange.verb.as_str();
    let text = if secret::is_secret(exchange) && !tone.secrets {
        format!("{verb} ****")
    } else if exchange.argument.is_empty() {
        verb.to_owned()
    } else {
        format!("{verb} {}", text(&exchange.argument))
    };
    let label = Label::new(Picture::Arrow(Stroke::Talk), Token::Client, text);
    if exchange.replies.is_empty() {
        label.with_tail(NO_REPLY)
    } else {
        label
    }
}

/// `226 Transfer complete.`
pub(super) fn reply(reply: &Reply, tone: Tone) -> Label {
    let (mut first, others) = folded(reply);
    if tone.unfolded {
        first = reply
            .text
            .split(|&byte| byte == b'\n')
            .next()
            .unwrap_or_default();
    }
    let separator = if others > 0 { '-' } else { ' ' };
    let first = text(first);
    let code = reply.code;
    let ink = match code {
        400.. => Token::Fail,
        _ => Token::Server,
    };
    let mut label = Label::new(
        Picture::Arrow(Stroke::Talk),
        ink,
        format!("{code:03}{separator}{first}").trim_end().to_owned(),
    );
    // What counts of an announcement is in the brackets.
    if matches!(code, 227..=229)
        && let Some(from) = first.find('(')
    {
        let until = first.rfind(')').map_or(first.len(), |at| at + 1).max(from);
        label.short = Some(format!("{code:03} {}", &first[from..until]));
    }
    if others > 0 && !tone.unfolded {
        label.tail = format!("  ▸ {}", number::count(others as u64, "line"));
    }
    label
}

/// The line of a reply that stands for it, and how many others there are: where the first is blank,
/// the first that says something.
pub(crate) fn folded(reply: &Reply) -> (&[u8], usize) {
    let lines = || reply.text.split(|&byte| byte == b'\n');
    let first = lines().find(|line| !line.trim_ascii().is_empty());
    (first.unwrap_or_default(), lines().count() - 1)
}

/// Escaped text of a bounded length.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    match bytes.get(..MOST_BYTES) {
        Some(head) if bytes.len() > MOST_BYTES => Cow::Owned(format!("{}…", escape::line(head))),
        _ => escape::line(bytes),
    }
}

/// What is odd on the control connection.
pub(super) fn anomaly(anomaly: &Anomaly) -> Label {
    let what = match anomaly.kind {
        AnomalyKind::Gap { side, bytes } => {
            let whose = match side {
                Side::Initiator => "client",
                Side::Responder => "server",
            };
            format!(
                "{} of the {whose} not in the capture",
                number::count(bytes, "byte")
            )
        }
        AnomalyKind::LongLine { bytes } => {
            let bytes = number::count(bytes, "byte");
            format!("a line of {bytes}; only its beginning was kept")
        }
        AnomalyKind::NotAReply => "a line of the server that is no reply".to_owned(),
        AnomalyKind::TooManyPending => {
            "too many commands wait for replies; the oldest was given up".to_owned()
        }
        AnomalyKind::TooManyChannels => {
            "too many data channels are unfinished; the oldest was given up".to_owned()
        }
    };
    Label::new(Picture::Gap, Token::Part, what)
}

/// How the control connection ends.
pub(super) fn end(what: What, record: &SessionRecord) -> Label {
    match what {
        What::End(_, true) => Label::new(Picture::Arrow(Stroke::Failed), Token::Abort, "RST"),
        What::End(_, false) => Label::new(Picture::Arrow(Stroke::Tcp), Token::Server, "FIN"),
        What::StillOpen => Label::new(
            Picture::Gap,
            Token::Open,
            "still open when the capture ends",
        ),
        What::Again => Label::note(Token::Abort, again(record)),
        _ => Label::note(Token::Dim, ""),
    }
}

/// `►► sent again: client 40 B, server 1.2 kB`.
fn again(record: &SessionRecord) -> String {
    let control = &record.control;
    let client = match control.initiator() == record.client {
        true => Side::Initiator,
        false => Side::Responder,
    };
    let of = |side: Side, name: &str| {
        let bytes = control.half(side).retransmitted();
        (bytes > 0).then(|| format!("{name} {}", number::bytes(bytes)))
    };
    let sides = [of(client, "client"), of(client.peer(), "server")];
    let sides: Vec<String> = sides.into_iter().flatten().collect();
    format!("►► control connection sent again: {}", sides.join(", "))
}
