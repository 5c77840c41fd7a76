//! What is written on a row.

use std::borrow::Cow;

use super::channel::{sender, sending};
use super::{Row, Story, What};
use crate::analyzer::Event;
use crate::dashboard::theme::Token;
use crate::diagnosis::{Finding, Severity, address, phrase};
use crate::escape;
use crate::ftp::{
    Anomaly, AnomalyKind, Channel, ClosedBy, DataConnection, Exchange, Method, Outcome, Reply,
    SessionEvent, SessionRecord, State, TlsKind,
};
use crate::output::secret;

use crate::output::text::{number, wording};
use crate::tcp::{Connection, Half, Side};
use crate::tls::Access;

/// Bytes of a line that are looked at for a label: more columns than any terminal has.
const MOST_BYTES: usize = 4096;

/// What is said of a command without a reply, and of a channel without an outcome, at the end.
const NO_REPLY: &str = "  ◌ no reply";
const AT_THE_END: &str = "still under way when the capture ends";

/// How the events of a row are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Picture {
    /// An arrow from one lane to another.
    Arrow(Stroke),
    /// A note below the row above.
    Note,
    /// A mark across the lanes: time or bytes are missing here.
    Gap,
}

/// The line of an arrow: it says what passes, without colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stroke {
    /// `───►` a command or a reply.
    Talk,
    /// `┄┄┄►` TCP opens or closes.
    Tcp,
    /// `════►` data.
    Data,
    /// `╌╌╌╳` an attempt that failed, or a reset.
    Failed,
}

/// What is written on a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Label {
    /// The text, shortened where there is no room for it.
    pub(crate) text: String,
    /// A shorter form that loses less than a cut would.
    pub(crate) short: Option<String>,
    /// What follows the text and is never cut.
    pub(crate) tail: String,
    /// What the text means.
    pub(crate) ink: Token,
    /// How it is drawn.
    pub(crate) picture: Picture,
}

/// How labels are written.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tone {
    /// Passwords are shown.
    pub(crate) secrets: bool,
    /// Replies are told in full, all their lines.
    pub(crate) unfolded: bool,
}

impl Label {
    fn new(picture: Picture, ink: Token, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            short: None,
            tail: String::new(),
            ink,
            picture,
        }
    }

    fn note(ink: Token, text: impl Into<String>) -> Self {
        Self::new(Picture::Note, ink, text)
    }

    fn with_tail(mut self, tail: impl Into<String>) -> Self {
        self.tail = tail.into();
        self
    }

    /// Text and tail in full.
    pub(crate) fn whole(&self) -> String {
        format!("{}{}", self.text, self.tail).replace(number::GLUE, " ")
    }
}

impl Story {
    /// What is written on a row.
    pub(crate) fn label(&self, row: &Row, tone: Tone) -> Label {
        let Some(event) = self.event(row.event) else {
            return Label::note(Token::Dim, "");
        };
        let label = match (row.what, event) {
            (What::Silence { span, open }, _) => Some(self.silence(row, span, open)),
            (What::Tls, _) => Some(self.encrypted(row)),
            (What::Connect, _) => Some(self.connect(row)),
            (_, Event::Finding(finding)) => Some(found(finding)),
            (_, Event::Session(event)) => self.told(row, event, tone),
        };
        let mut label = label.unwrap_or_else(|| Label::note(Token::Dim, ""));
        if self.is_under_way(row.event) {
            label.tail = label.tail.replace(NO_REPLY, "  ◌ waits");
            if row.what == What::DataBytes {
                label.tail += "  ◌ runs";
            }
            label.text = label.text.replace(AT_THE_END, "under way");
        }
        label
    }

    fn told(&self, row: &Row, event: &SessionEvent, tone: Tone) -> Option<Label> {
        match (row.what, event) {
            (What::Command, SessionEvent::Exchange(exchange)) => Some(command(exchange, tone)),
            (What::Reply(_), _) => self.reply(row).map(|told| reply(told, tone)),
            (_, SessionEvent::Channel(channel)) => channel_row(row.what, channel),
            (_, SessionEvent::Anomaly(told)) => Some(anomaly(told)),
            (_, SessionEvent::Ended(record)) => Some(end(row.what, record)),
            _ => None,
        }
    }

    fn silence(&self, row: &Row, span: std::time::Duration, open: bool) -> Label {
        let during = match self.channel(row) {
            Some(channel) if open => {
                format!(", data {} open", channel.number)
            }
            _ => String::new(),
        };
        let text = format!("· · ·  {}{during}  · · ·", precise(span));
        Label::new(Picture::Gap, Token::Dim, text)
    }

    /// `TLS 1.3 from here on, not decrypted`.
    fn encrypted(&self, row: &Row) -> Label {
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

    fn connect(&self, row: &Row) -> Label {
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

/// `30.003 s`: seconds with their thousandths, for as long as a person counts in them.
fn precise(span: std::time::Duration) -> String {
    match span.as_secs() {
        0..600 => format!("{:.3} s", span.as_secs_f64()),
        _ => number::span(span),
    }
}

fn command(exchange: &Exchange, tone: Tone) -> Label {
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

fn reply(reply: &Reply, tone: Tone) -> Label {
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

/// `data 1`, `data ~1` where the announcement was not seen.
pub(crate) fn data(channel: &Channel) -> String {
    match channel.method {
        Method::Inferred => format!("data ~{}", channel.number),
        _ => format!("data {}", channel.number),
    }
}

fn channel_row(what: What, channel: &Channel) -> Option<Label> {
    let name = data(channel);
    match what {
        What::Announced => return announced(channel),
        What::DataNote => return Some(note(channel)),
        _ => {}
    }
    let connection = channel.connection.as_ref()?;
    Some(match what {
        What::Attempt => {
            let text = format!("{name}: {}", attempt(connection));
            let ink = match channel.outcome {
                Outcome::Failed => Token::Fail,
                _ => Token::Abort,
            };
            Label::new(Picture::Arrow(Stroke::Failed), ink, text)
        }
        What::DataOpen => opened(&name, connection),
        What::DataBytes => bytes(&name, channel, connection),
        What::DataClose => closed(&name, channel, connection),
        _ => return None,
    })
}

fn announced(channel: &Channel) -> Option<Label> {
    let endpoint = channel.announced?;
    let text = format!("└ {} expects {endpoint}", data(channel));
    let mut tail = match address::local_kind(endpoint.ip()) {
        Some(kind) if !is_at_home(channel) => format!("  ! {kind}"),
        _ => String::new(),
    };
    if channel.relayed {
        tail += "  FXP";
    }
    if channel.outcome == Outcome::Unused {
        tail += "  (not used)";
    }
    Some(Label::note(Token::Data, text).with_tail(tail))
}

/// A private address that was reached is nothing to warn of.
fn is_at_home(channel: &Channel) -> bool {
    let connection = channel.connection.as_ref();
    connection.is_some_and(|connection| connection.established)
}

fn opened(name: &str, connection: &DataConnection) -> Label {
    let time = match connection.facts.round_trip() {
        Some(time) => format!("  {}", number::span(time)),
        None => String::new(),
    };
    let again = match connection.facts.syns {
        0 | 1 => String::new(),
        syns => format!("  ►► SYN ×{syns}"),
    };
    let mut label = Label::new(
        Picture::Arrow(Stroke::Tcp),
        Token::Data,
        format!("{name}: open {}{time}", connection.to),
    );
    label.short = Some(format!("{name}: open :{}", connection.to.port()));
    label.with_tail(again)
}

/// How many bytes there are, of how many, in what time.
fn bytes(name: &str, channel: &Channel, connection: &DataConnection) -> Label {
    let transfer = channel.transfer.as_ref();
    let on_the_wire = connection.facts.half(sender(channel, connection)).bytes;
    // Under TLS the content is less than what passed, where it could be decrypted.
    let content = transfer.map(|transfer| transfer.bytes);
    let seen = content.filter(|bytes| *bytes > 0).unwrap_or(on_the_wire);
    let span = sending(channel, connection)
        .and_then(|half| Some(half.last_data?.time.since(half.first_data?.time)));
    let mut text = format!("{name}: {}", number::bytes(seen));
    if let Some(told) = transfer.and_then(|transfer| transfer.announced) {
        let offset = transfer.map_or(0, |transfer| transfer.restart_offset);
        let due = told.bytes.saturating_sub(offset);
        if due != seen {
            text += &format!(" of {}", number::bytes(due));
            if due > 0 && seen < due {
                text += &format!(" ({} %)", seen.saturating_mul(100) / due);
            }
        }
    }
    let short = text.clone();
    if let Some(span) = span.filter(|span| !span.is_zero()) {
        text += &format!(" in {}", number::span(span));
    }
    let mut tail = String::new();
    if let Some(transfer) = transfer {
        if transfer.retransmitted_bytes > 0 {
            tail += &format!("  ►► {}", number::bytes(transfer.retransmitted_bytes));
        }
        if transfer.missing_bytes > 0 {
            tail += &format!("  ▒ {}", number::bytes(transfer.missing_bytes));
        }
    }
    // Bytes that were lost on the way to the capture and came again after later ones.
    let late = sending(channel, connection).map_or(0, Half::late);
    if late > 0 {
        tail += &format!("  ►► {} late", number::bytes(late));
    }
    let mut label = Label::new(Picture::Arrow(Stroke::Data), Token::Data, text).with_tail(tail);
    label.short = Some(short);
    label
}

fn closed(name: &str, channel: &Channel, connection: &DataConnection) -> Label {
    let reset = matches!(
        connection.closed_by,
        Some(ClosedBy::ResetByClient | ClosedBy::ResetByServer)
    );
    let (stroke, word) = match reset {
        true => (Stroke::Failed, "RST"),
        false => (Stroke::Tcp, "FIN"),
    };
    let empty = connection.facts.halves.iter().all(|half| half.bytes == 0);
    let after = if empty { ", no byte sent" } else { "" };
    let ink = match channel.outcome {
        Outcome::Failed => Token::Fail,
        Outcome::Aborted => Token::Abort,
        _ => Token::Data,
    };
    Label::new(
        Picture::Arrow(stroke),
        ink,
        format!("{name}: {word}{after}"),
    )
}

/// What is known of a channel without a packet that shows it.
fn note(channel: &Channel) -> Label {
    let (ink, what) = match channel.outcome {
        Outcome::Unseen | Outcome::Completed => (Token::Part, "its packets are not in the capture"),
        Outcome::Failed => {
            let text = format!("└ {}: {}", data(channel), wording::on_the_wire(channel));
            return Label::note(Token::Fail, text);
        }
        Outcome::Incomplete => (Token::Open, AT_THE_END),
        Outcome::Aborted => (Token::Abort, "aborted"),
        Outcome::Rejected => (Token::Dim, "not used: the command was refused"),
        Outcome::Refused => (Token::Dim, "refused"),
        Outcome::Unused => (Token::Dim, "not used"),
    };
    Label::note(ink, format!("└ {}: {what}", data(channel)))
}

fn attempt(connection: &DataConnection) -> String {
    // Where the channel came about in the end, only the attempts before that failed.
    if connection.established {
        let failed = || connection.others.iter().filter(|one| !one.established);
        let syns = failed().map(|one| one.syns).sum();
        let facts = failed().next_back();
        return facts.map_or_else(String::new, |facts| attempts(syns, facts, None));
    }
    attempts(connection.syns, &connection.facts, connection.closed_by)
}

/// `SYN ×4 unanswered`.
fn attempts(syns: u32, facts: &Connection, closed_by: Option<ClosedBy>) -> String {
    let tries = match syns {
        0 => "no SYN".to_owned(),
        1 => "SYN".to_owned(),
        syns => format!("SYN ×{syns}"),
    };
    let reset = facts.half(Side::Responder).rst().is_some()
        || matches!(
            closed_by,
            Some(ClosedBy::ResetByClient | ClosedBy::ResetByServer)
        );
    if let Some(error) = &facts.icmp {
        return format!("{tries}, {}", phrase::icmp(error));
    }
    if reset {
        return format!("{tries} refused (RST)");
    }
    match facts.syn_acks {
        0 => format!("{tries} unanswered"),
        1 => format!("{tries}, SYN/ACK not acknowledged"),
        answers => format!("{tries}, SYN/ACK ×{answers} not acknowledged"),
    }
}

fn anomaly(anomaly: &Anomaly) -> Label {
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

fn end(what: What, record: &SessionRecord) -> Label {
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
    let client = match control.initiator == record.client {
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

fn found(finding: &Finding) -> Label {
    let (glyph, ink) = finding_mark(finding.severity);
    Label::note(ink, format!("{glyph} {}", finding.cause))
}

/// The mark of a finding.
pub(crate) fn finding_mark(severity: Severity) -> (char, Token) {
    match severity {
        Severity::Error => ('✗', Token::Fail),
        Severity::Warning => ('!', Token::Auth),
        Severity::Notice => ('·', Token::Dim),
    }
}
