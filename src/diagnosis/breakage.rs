//! A data connection that came about and broke: how it stood, who left, how far it got.

use std::time::Duration;

use super::{Case, Confidence, Finding, phrase};
use crate::capture::Moment;
use crate::ftp::{Channel, DataConnection, Direction, Mode, Reply, Transfer};
use crate::tcp::{Connection, Half, Side, Waits};

/// So often must data be repeated in vain before it counts as lost for good.
const STUCK_TIMES: u32 = 2;

/// So often must a FIN be sent in vain before the other side counts as out of reach.
const FIN_TIMES: u8 = 3;

/// A failed channel whose connection had come about, with its transfer.
#[derive(Clone, Copy)]
pub(super) struct Breakage<'a> {
    case: &'a Case<'a>,
    pub(super) channel: &'a Channel,
    pub(super) connection: &'a DataConnection,
    pub(super) transfer: &'a Transfer,
}

impl<'a> Breakage<'a> {
    /// What broke, if the case is about such a channel.
    pub(super) fn of(case: &'a Case<'a>) -> Option<Self> {
        Self::about(case, case.unsuccessful()?)
    }

    /// The same for any channel, whatever its outcome.
    pub(super) fn about(case: &'a Case<'a>, channel: &'a Channel) -> Option<Self> {
        let connection = channel.connection.as_ref().filter(|one| one.established)?;
        let transfer = channel.transfer.as_ref()?;
        Some(Self {
            case,
            channel,
            connection,
            transfer,
        })
    }

    /// All that is known of the connection.
    pub(super) fn facts(&self) -> &'a Connection {
        &self.connection.facts
    }

    /// The end on which the FTP server is.
    pub(super) fn server(&self) -> Side {
        match self.channel.mode {
            Mode::Passive => Side::Responder,
            Mode::Active => Side::Initiator,
        }
    }

    /// The end that sends the file or listing.
    pub(super) fn sender(&self) -> Side {
        match self.transfer.direction {
            Direction::Upload => self.server().peer(),
            Direction::Download | Direction::Listing => self.server(),
        }
    }

    /// What the sender did.
    pub(super) fn sent(&self) -> &'a Half {
        self.facts().half(self.sender())
    }

    /// What the receiver did.
    pub(super) fn received(&self) -> &'a Half {
        self.facts().half(self.sender().peer())
    }

    /// One end in words.
    pub(super) fn name(&self, side: Side) -> &'static str {
        if side == self.server() {
            "the server"
        } else {
            "the client"
        }
    }

    /// What the connection waited for when it began to end, or waits for now.
    pub(super) fn waits(&self) -> Waits {
        self.facts()
            .end()
            .map_or_else(|| self.facts().waits(), |end| end.waits)
    }

    /// The latest new data before the connection began to end.
    pub(super) fn quiet_since(&self) -> Moment {
        self.facts()
            .end()
            .map_or_else(|| self.facts().last_data(), |end| end.quiet_since)
    }

    /// For how long nothing new had come when the first of the two gave up.
    pub(super) fn quiet(&self) -> Duration {
        let end = self.facts().end().map(|end| end.at);
        let reply = self.transfer.reply.as_ref().map(|reply| reply.at);
        let until = end.or(reply).unwrap_or(self.case.scene.now());
        until.time.since(self.quiet_since().time)
    }

    /// For how long nothing new had come when the receiver gave up, which may be after the
    /// sender's own end.
    pub(super) fn waited(&self) -> Duration {
        let received = self.received();
        let left = received.fin.or(received.rst());
        let last = self.sent().last_data.unwrap_or(self.connection.first);
        left.map_or(Duration::ZERO, |left| left.time.since(last.time))
            .max(self.quiet())
    }

    /// When the first of the two gave up: the server with its reply, or one of them by ending the
    /// session or the data connection.
    pub(super) fn given_up(&self) -> Moment {
        let control = self.case.scene.control().and_then(|control| control.end());
        let ends = [control, self.facts().end()].into_iter().flatten();
        let reply = self.transfer.reply.as_ref().map(|reply| reply.at);
        let first = ends.map(|end| end.at).chain(reply).min();
        first.unwrap_or(self.case.scene.now())
    }

    /// One of the two gave up; otherwise the capture ends first.
    pub(super) fn is_given_up(&self) -> bool {
        self.transfer.reply.is_some()
            || self.facts().end().is_some()
            || self.case.scene.closed_by_anyone()
    }

    /// Since when the receiver had no room when the first of the two gave up.
    pub(super) fn starved_since(&self) -> Option<Moment> {
        let half = self.received();
        let until = self.given_up();
        let past = half
            .starvation()
            .filter(|(from, to)| *from <= until && until <= *to);
        past.map(|(from, _)| from)
            .or(half.zero_window().filter(|since| *since <= until))
    }

    /// Data is repeated in vain until the end.
    pub(super) fn is_stuck(&self) -> bool {
        self.sent()
            .stuck()
            .is_some_and(|stuck| stuck.times >= STUCK_TIMES)
    }

    /// The receiver's FIN never reached the sender.
    pub(super) fn is_fin_lost(&self) -> bool {
        is_fin_lost(self.received())
    }

    /// Packets of the control connection die on the way as well.
    pub(super) fn is_control_dead(&self) -> bool {
        self.case.scene.control().is_some_and(is_dead)
    }

    /// `20,008 of 60,000 bytes`.
    pub(super) fn progress(&self) -> String {
        let bytes = self.transfer.bytes;
        match self.transfer.announced {
            Some(size) if size.bytes > bytes => format!("{bytes} of {} bytes", size.bytes),
            _ => format!("{bytes} bytes"),
        }
    }

    /// `RETR /pub/b.bin`.
    pub(super) fn command(&self) -> String {
        let verb = self.transfer.verb.as_str();
        match &self.transfer.path {
            Some(path) => format!("{verb} {}", path.escape_ascii()),
            None => verb.to_owned(),
        }
    }

    /// Puts down what led to the break: command, preliminary reply, final reply.
    pub(super) fn story(&self, finding: Finding) -> Finding {
        let finding = finding.because(self.transfer.at, self.transfer.verb.word());
        let said = |finding: Finding, reply: &Option<Reply>| match reply {
            Some(reply) => finding.because(reply.at, told(reply)),
            None => finding,
        };
        let finding = said(finding, &self.transfer.begun);
        said(finding, &self.transfer.reply)
    }

    /// The most that may be said when packets of the data connection are not in the capture.
    pub(super) fn cap(&self, confidence: Confidence) -> Confidence {
        let seen = |side: Side| self.facts().half(side).segments > 0;
        if !seen(Side::Initiator) || !seen(Side::Responder) {
            confidence.min(Confidence::Possible)
        } else if self.facts().missing() > 0 || self.facts().midstream {
            confidence.min(Confidence::Likely)
        } else {
            confidence
        }
    }
}

/// A reply as evidence shows it: code and first line.
pub(super) fn told(reply: &Reply) -> String {
    [
        &reply.code.to_string(),
        " ",
        phrase::first_line(reply).trim(),
    ]
    .concat()
}

/// A reply in a sentence, which has its own full stop.
pub(super) fn said(reply: &Reply) -> String {
    told(reply).trim_end_matches(['.', ' ']).to_owned()
}

/// Packets of a connection that had come about are repeated in vain until the end.
pub(super) fn is_dead(connection: &Connection) -> bool {
    let dead = |half: &Half| {
        let stuck = half.stuck().is_some_and(|stuck| stuck.times >= STUCK_TIMES);
        stuck || is_fin_lost(half)
    };
    connection.established && connection.halves.iter().any(dead)
}

/// The FIN was sent again and again without an answer.
fn is_fin_lost(half: &Half) -> bool {
    half.fins >= FIN_TIMES && !half.fin_acknowledged()
}

/// A time span for a sentence: `12 s`, `4.6 s`, `0.25 s`.
pub(super) fn span(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds >= 10.0 {
        format!("{seconds:.0} s")
    } else if seconds >= 1.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{seconds:.2} s")
    }
}
