//! What is written on a row.

mod channel;
mod control;

use std::time::Duration;

use super::{Row, Story, What};
use crate::analyzer::Event;
use crate::dashboard::theme::Token;
use crate::diagnosis::{Finding, Severity};
use crate::ftp::SessionEvent;
use crate::output::text::number;

pub(crate) use channel::data;
pub(crate) use control::folded;

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
            (What::Command, SessionEvent::Exchange(exchange)) => {
                Some(control::command(exchange, tone))
            }
            (What::Reply(_), _) => self.reply(row).map(|told| control::reply(told, tone)),
            (_, SessionEvent::Channel(channel)) => channel::row(row.what, channel),
            (_, SessionEvent::Anomaly(told)) => Some(control::anomaly(told)),
            (_, SessionEvent::Ended(record)) => Some(control::end(row.what, record)),
            _ => None,
        }
    }

    fn silence(&self, row: &Row, span: Duration, open: bool) -> Label {
        let during = match self.channel(row) {
            Some(channel) if open => {
                format!(", data {} open", channel.number)
            }
            _ => String::new(),
        };
        let text = format!("· · ·  {}{during}  · · ·", precise(span));
        Label::new(Picture::Gap, Token::Dim, text)
    }
}

/// `30.003 s`: seconds with their thousandths, for as long as a person counts in them.
fn precise(span: Duration) -> String {
    match span.as_secs() {
        0..600 => format!("{:.3} s", span.as_secs_f64()),
        _ => number::span(span),
    }
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
